/** Whom a report of last access is about: a user, group, role or managed policy, and the principals behind it. */
import type { Policy } from '@stagedoor/policy';
import type { AccessCheck } from '../service.ts';
import { parseIamArn } from './arns.ts';
import { ownerById, userById, userOwner } from './entities.ts';
import type { Owner } from './entities.ts';
import { sourceOf } from './managed-sources.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { onPolicy, thePolicy } from './policies.ts';
import { onPolicySource, policiesOfSource, thePolicySource } from './policy-source-owner.ts';
import { attachments, global, memberships } from './records.ts';
import type { OwnerType } from './records.ts';

export interface Subject {
  readonly type: OwnerType | 'policy';
  /** Unique id; the ARN of a policy. */
  readonly id: string;
  readonly policies: readonly Policy[];
}

const isPolicy = (arn: string): boolean => parseIamArn(arn)?.type === 'policy';

/** Check of an operation on whichever kind of entity the ARN names. */
export const onSubject = (call: Needs, arn: string): Promise<AccessCheck> =>
  isPolicy(arn) ? onPolicy(call, arn) : onPolicySource(call, arn);

/** The entity and its permission policies; boundaries are not among them. */
export async function theSubject(call: Needs<'InvalidInput' | 'NoSuchEntity'>, arn: string): Promise<Subject> {
  if (isPolicy(arn)) {
    const { policy } = sourceOf(await thePolicy(call, arn));
    return { type: 'policy', id: arn, policies: [policy] };
  }
  const owner = await thePolicySource(call, arn);
  const { identity } = await policiesOfSource(call, owner);
  return { type: owner.type, id: owner.id, policies: identity.map(({ policy }) => policy) };
}

async function members(call: Needs, groupId: string): Promise<Owner[]> {
  const found: Owner[] = [];
  const scope = global(call.accountId);
  for (let after = `${groupId}/`; ;) {
    const page = await state(call).list(memberships, scope, { prefix: `${groupId}/`, after });
    const users = await Promise.all(page.map(({ value }) => userById(call, value.userId)));
    found.push(...users.filter((user) => user !== undefined).map((user) => userOwner(call, user)));
    const last = page.at(-1);
    if (last === undefined) return found;
    after = last.key;
  }
}

async function principalsOf(call: Needs, type: OwnerType, id: string): Promise<Owner[]> {
  if (type === 'group') return members(call, id);
  const owner = await ownerById(call, type, id);
  return owner === undefined ? [] : [owner];
}

/** The users and roles that could have used the permissions of the subject: themselves, members, or whom it is attached to. */
export async function principalsBehind(call: Needs, { type, id }: Pick<Subject, 'type' | 'id'>): Promise<Owner[]> {
  if (type !== 'policy') return principalsOf(call, type, id);
  const attached = await state(call).find(attachments, 'policy', id, global(call.accountId));
  const found = await Promise.all(attached.map(({ value }) => principalsOf(call, value.ownerType, value.ownerId)));
  return [...new Map(found.flat().map((owner) => [owner.id, owner])).values()];
}
