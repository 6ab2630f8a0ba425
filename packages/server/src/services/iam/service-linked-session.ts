/** How a service comes to act as its role: the trust policy is asked, as for anyone, and names the service alone. */
import { createContext, decide } from '@stagedoor/policy';
import type { Reader } from '../../store/store.ts';
import type { Caller } from '../caller.ts';
import { tagRecord } from '../credentials.ts';
import type { Environment } from '../environment.ts';
import { trustPolicyOf } from '../trust-policy.ts';
import { iamArn } from './arns.ts';
import { global, nameKey, roles } from './records.ts';

export interface ServiceSession {
  readonly accountId: string;
  readonly roleName: string;
  /** Who asks, such as `ivs.amazonaws.com`. */
  readonly principal: string;
  readonly sessionName: string;
}

/** A session of the role for the service; `undefined` when there is no such role or it does not trust the service. */
export async function assumeAsService(
  { reader, env }: { readonly reader: Reader; readonly env: Environment },
  { accountId, roleName, principal, sessionName }: ServiceSession,
): Promise<Caller | undefined> {
  const role = await reader.get(roles, global(accountId), nameKey(roleName));
  if (role === undefined) return undefined;
  const resource = iamArn({ env, accountId }, 'role', role.path, role.roleName);
  const context = createContext([
    ['aws:PrincipalIsAWSService', 'true'],
    ['aws:PrincipalServiceName', principal],
    ['aws:SourceAccount', accountId],
    ['sts:RoleSessionName', sessionName],
  ]);
  const request = { principal: { type: 'Service', services: [principal] }, action: 'sts:AssumeRole' } as const;
  const { decision } = decide({ ...request, resource, context }, { trust: trustPolicyOf(role) });
  if (decision !== 'Allow') return undefined;
  return {
    kind: 'assumedRole',
    accountId,
    arn: `arn:${env.settings.partition}:sts::${accountId}:assumed-role/${role.roleName}/${sessionName}`,
    userId: `${role.roleId}:${sessionName}`,
    accessKeyId: '',
    principalId: role.roleId,
    roleArn: resource,
    tags: tagRecord(role.tags),
  };
}
