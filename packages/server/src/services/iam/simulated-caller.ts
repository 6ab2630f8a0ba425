/** Who a simulation takes for the caller, and the facts of the request that follow from it (spec/iam.md 6.16). */
import { callerOfArn } from '@stagedoor/policy';
import type { ContextValue, Principal } from '@stagedoor/policy';
import { parseIamArn } from './arns.ts';
import { findOwner } from './entities.ts';
import type { Owner } from './entities.ts';
import type { Needs } from './needs.ts';

type Refuses = Needs<'InvalidInput'>;
type Facts = readonly (readonly [string, ContextValue])[];

export interface SimulatedCaller {
  readonly principal: Principal;
  /** What AWS knows of such a caller by itself. */
  readonly facts: Facts;
}

/** What of a request bears on who makes it. */
export interface CallerInput {
  readonly CallerArn?: string | undefined;
  readonly ResourcePolicy?: string | undefined;
  readonly ResourceOwner?: string | undefined;
}

interface Entity {
  readonly type: 'user' | 'group' | 'role';
  readonly arn: string;
  readonly accountId: string;
  readonly name: string;
  /** When it exists in the account that asks. */
  readonly owner: Owner | undefined;
}

function principalOf({ type, arn, accountId, owner }: Entity): Principal {
  // A group makes no calls: it stands for one of its members.
  if (type === 'group') return { type: 'User', accountId };
  const known = callerOfArn(arn, type === 'user' ? 'User' : 'Role');
  return owner === undefined ? known : { ...known, uniqueId: owner.id };
}

function factsOf({ type, arn, accountId, name, owner }: Entity): Facts {
  const account = ['aws:PrincipalAccount', accountId] as const;
  if (type === 'group') return [account];
  const user = type === 'user';
  return [
    account,
    ['aws:PrincipalArn', arn],
    ['aws:PrincipalType', user ? 'User' : 'AssumedRole'],
    ['aws:PrincipalIsAWSService', 'false'],
    ...(user ? [['aws:username', owner?.name ?? name] as const] : []),
    ...(user && owner !== undefined ? [['aws:userid', owner.id] as const] : []),
    ...(owner?.tags ?? []).map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value] as const),
  ];
}

async function entityOf(call: Refuses, arn: string): Promise<Entity> {
  const parts = parseIamArn(arn);
  const type = parts?.type;
  if (parts === undefined || parts.account === 'aws' || (type !== 'user' && type !== 'group' && type !== 'role')) {
    return call.fail('InvalidInput', `CallerArn ${arn} is not the ARN of a user, group or role.`);
  }
  const owner = parts.account === call.accountId ? await findOwner(call, type, parts.name) : undefined;
  const same = owner?.arn === arn ? owner : undefined;
  return { type, arn, accountId: parts.account, name: parts.name, owner: same };
}

const ofOwner = (call: Needs, owner: Owner): Entity => ({
  type: owner.type,
  arn: owner.arn,
  accountId: call.accountId,
  name: owner.name,
  owner,
});

function ensureNamed(call: Refuses, { CallerArn, ResourcePolicy }: CallerInput, entity: Entity | undefined): void {
  if (ResourcePolicy === undefined) return;
  if (CallerArn === undefined && entity?.type !== 'user') {
    call.fail('InvalidInput', 'CallerArn is required with a ResourcePolicy.');
  }
  if (entity?.type === 'group') {
    call.fail('InvalidInput', 'CallerArn must not be a group with a ResourcePolicy: no policy can name a group.');
  }
}

/**
 * The named caller, else the entity whose policies are simulated, else some user: of no account in particular, so that
 * every resource is its own, unless the owner of the resources is given.
 */
export async function simulatedCaller(call: Refuses, input: CallerInput, source?: Owner): Promise<SimulatedCaller> {
  const named = input.CallerArn === undefined ? undefined : await entityOf(call, input.CallerArn);
  const entity = named ?? (source && ofOwner(call, source));
  ensureNamed(call, input, entity);
  if (entity === undefined) {
    const account = input.ResourceOwner === undefined ? {} : { accountId: call.accountId };
    return { principal: { type: 'User', ...account }, facts: [] };
  }
  // Given policies alone are simulated with the given facts alone.
  return { principal: principalOf(entity), facts: source === undefined ? [] : factsOf(entity) };
}
