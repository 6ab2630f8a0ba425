/** What IAM operations ask to be allowed: the entity's ARN with its real path, and its condition keys (spec/iam.md App. A). */
import type { AccessCheck } from '../service.ts';
import { iamArn, pathOf, rootArn } from './arns.ts';
import type { ArnType } from './arns.ts';
import { findOwner } from './entities.ts';
import type { Owner } from './entities.ts';
import type { Needs } from './needs.ts';
import type { OwnerType, Tag } from './records.ts';

export const tagMap = (tags: readonly Tag[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

/** Facts of one operation beyond its resource. */
interface Facts {
  /** `iam:PermissionsBoundary`: the boundary the target has now, or the one that is asked for. */
  readonly boundary?: 'current' | { readonly requested: string };
  readonly policyArn?: string;
  readonly requestTags?: readonly Tag[];
  readonly tagKeys?: readonly string[];
}

function factsOf(facts: Facts, owner: Owner | undefined): Partial<AccessCheck> {
  const { boundary, policyArn, requestTags, tagKeys } = facts;
  const arn = boundary === 'current' ? owner?.permissionsBoundary : boundary?.requested;
  const context = {
    ...(arn !== undefined && { 'iam:PermissionsBoundary': arn }),
    ...(policyArn !== undefined && { 'iam:PolicyARN': policyArn }),
  };
  return {
    context,
    ...(requestTags !== undefined && { requestTags: tagMap(requestTags) }),
    ...(tagKeys !== undefined && { tagKeys }),
  };
}

/** Check of an operation on an existing (or missing) user, group or role. */
export async function onOwner(call: Needs, type: OwnerType, name: string, facts: Facts = {}): Promise<AccessCheck> {
  const owner = await findOwner(call, type, name);
  return {
    resource: owner?.arn ?? iamArn(call, type, '/', name),
    resourceText: `${type} ${name}`,
    resourceTags: tagMap(owner?.tags ?? []),
    ...factsOf(facts, owner),
  };
}

/** Renaming and moving is asked of the old and of the new ARN. */
export async function onRename(
  call: Needs,
  type: 'user' | 'group',
  name: string,
  to: { readonly name: string | undefined; readonly path: string | undefined },
): Promise<readonly AccessCheck[]> {
  const owner = await findOwner(call, type, name);
  const path = to.path === undefined ? (owner?.path ?? '/') : pathOf(call, to.path);
  const target = iamArn(call, type, path, to.name ?? owner?.name ?? name);
  const check = await onOwner(call, type, name);
  return target === check.resource ? [check] : [check, { ...check, resource: target, resourceText: target }];
}

interface Creation {
  readonly type: ArnType;
  readonly name: string;
  readonly path: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  /** What tagging while creating needs as well, such as `iam:TagUser`. */
  readonly tagAction?: string;
  readonly boundary?: string | undefined;
}

/** Checks of an operation that creates an entity; tags in the request need the Tag* action too. */
export function onCreate(call: Needs, creation: Creation): readonly AccessCheck[] {
  const { tags = [], tagAction, boundary } = creation;
  const resource = iamArn(call, creation.type, pathOf(call, creation.path), creation.name);
  const tagged = tags.length === 0 ? {} : { requestTags: tagMap(tags) };
  const create = {
    resource,
    ...tagged,
    ...factsOf(boundary === undefined ? {} : { boundary: { requested: boundary } }, undefined),
    ...tagged,
  };
  return tags.length === 0 || tagAction === undefined ? [create] : [create, { action: tagAction, resource, ...tagged }];
}

/** Check of an account-level list: only `*` matches, the denial names the collection (spec/iam.md 5.1). */
export const onList = (call: Needs, type: Exclude<ArnType, 'policy'>): AccessCheck => ({
  resource: '*',
  resourceText: iamArn(call, type, '/', ''),
});

/** Check of an operation on the account as a whole. */
export const onAccount = (): AccessCheck => ({ resource: '*', resourceText: '*' });

/** Whom an operation means whose UserName may be omitted. */
export type Target = { readonly root: true } | { readonly root: false; readonly name: string };

/** The named user, or the caller where no name is given; sessions of roles must give one. */
export function targetOf(call: Needs, userName: string | undefined): Target {
  if (userName !== undefined) return { root: false, name: userName };
  if (call.caller.kind === 'root') return { root: true };
  if (call.caller.userName !== undefined) return { root: false, name: call.caller.userName };
  return call.fail('ValidationError', 'Must specify userName when calling with non-User credentials');
}

/** Check of an operation on `targetOf`. */
export async function onTarget(call: Needs, userName: string | undefined): Promise<AccessCheck> {
  const target = targetOf(call, userName);
  return target.root ? { resource: rootArn(call) } : onOwner(call, 'user', target.name);
}
