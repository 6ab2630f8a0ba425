/** The user, group or role whose policies are asked about (`PolicySourceArn`), and the policies themselves. */
import type { PolicySource } from '@stagedoor/policy';
import type { AccessCheck } from '../service.ts';
import { onOwner } from './access.ts';
import { parseIamArn } from './arns.ts';
import { findOwner } from './entities.ts';
import type { Owner } from './entities.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { loadGroupPolicies, loadPrincipalPolicies } from './principal-policies.ts';
import type { PrincipalPolicies } from './principal-policies.ts';
import type { OwnerType } from './records.ts';

const kinds: ReadonlyMap<string, OwnerType> = new Map([
  ['user', 'user'],
  ['group', 'group'],
  ['role', 'role'],
]);

interface Named {
  readonly type: OwnerType;
  readonly account: string;
  readonly name: string;
}

function namedBy(arn: string): Named | undefined {
  const parts = parseIamArn(arn);
  const type = kinds.get(parts?.type ?? '');
  return parts === undefined || type === undefined ? undefined : { type, account: parts.account, name: parts.name };
}

/** The entity of exactly this ARN in the caller's account. */
async function ownerOf(call: Needs, { type, account, name }: Named, arn: string): Promise<Owner | undefined> {
  const owner = account === call.accountId ? await findOwner(call, type, name) : undefined;
  return owner?.arn === arn ? owner : undefined;
}

/** Check of an operation that tells about the policies of an entity: on the ARN that was given. */
export async function onPolicySource(call: Needs, arn: string): Promise<AccessCheck> {
  const named = namedBy(arn);
  if (named === undefined) return { resource: arn };
  const owner = await ownerOf(call, named, arn);
  if (owner !== undefined) return onOwner(call, named.type, named.name);
  return { resource: arn, resourceText: `${named.type} ${named.name}` };
}

/** The entity, or InvalidInput for what names none and NoSuchEntity for one that is not there. */
export async function thePolicySource(call: Needs<'InvalidInput' | 'NoSuchEntity'>, arn: string): Promise<Owner> {
  const named = namedBy(arn) ?? call.fail('InvalidInput', `${arn} is not the ARN of a user, group or role.`);
  return (
    (await ownerOf(call, named, arn)) ??
    call.fail('NoSuchEntity', `The ${named.type} with name ${named.name} cannot be found.`)
  );
}

/** What an entity is allowed and denied by its own policies now; a user's include those of the groups. */
export function policiesOfSource(call: Needs, { type, id, name }: Owner): Promise<PrincipalPolicies> {
  const { now, env, accountId } = call;
  const delay = env.settings.propagationDelayMs;
  if (type === 'group') return loadGroupPolicies(state(call), { accountId, groupId: id, name }, now, delay);
  return loadPrincipalPolicies(state(call), { accountId, kind: type, principalId: id }, now, delay);
}

/** An inline or managed policy of an entity, taken apart from the name that decisions show it under. */
export type PolicyName =
  | { readonly kind: 'inline'; readonly type: OwnerType; readonly owner: string; readonly name: string }
  | { readonly kind: 'aws-managed' | 'user-managed'; readonly arn: string; readonly name: string };

export function policyNameOf({ id }: Pick<PolicySource, 'id'>): PolicyName {
  const inline = /^inline:(user|group|role)\/([^/]+)\/(.+)$/.exec(id);
  if (inline !== null) {
    const [, type = '', owner = '', name = ''] = inline;
    return { kind: 'inline', type: kinds.get(type) ?? 'user', owner, name };
  }
  const parts = parseIamArn(id);
  return { kind: parts?.account === 'aws' ? 'aws-managed' : 'user-managed', arn: id, name: parts?.name ?? id };
}
