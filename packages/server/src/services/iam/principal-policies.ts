/** The identity policies and the boundary of a user or role, as far as they have taken effect. */
import type { PolicySource } from '@stagedoor/policy';
import type { Collection, Reader, Stored } from '../../store/store.ts';
import { effectiveText } from './inline-policies.ts';
import { sourceOf } from './managed-sources.ts';
import type { Moment } from './managed-sources.ts';
import { parsedDocument } from './parsed-documents.ts';
import { loadPolicy } from './policies.ts';
import type { ManagedPolicy } from './policies.ts';
import { attachments, global, groups, inlinePolicies, memberships, ownedKey, roles, users } from './records.ts';
import type { OwnerType } from './records.ts';

export interface PrincipalName {
  readonly accountId: string;
  readonly kind: 'user' | 'role';
  /** AIDA… or AROA… */
  readonly principalId: string;
}

export interface PrincipalPolicies {
  readonly identity: PolicySource[];
  /** Absent when the principal is not bounded. */
  readonly boundary?: PolicySource[];
  /** When the next pending change takes effect; absent when none is pending. */
  readonly validUntil?: number;
}

/** One gathering: where it reads, and what it learns of changes that are still pending. */
class Gathering {
  readonly moment: Moment;
  readonly reader: Reader;
  readonly accountId: string;
  validUntil: number | undefined;

  constructor(reader: Reader, accountId: string, moment: Moment) {
    this.reader = reader;
    this.accountId = accountId;
    this.moment = moment;
  }

  /** Whether a change made at `since` is felt; when not, the answer lasts only until it is. */
  felt(since: number): boolean {
    const from = since + this.moment.delayMs;
    if (this.moment.delayMs === 0 || from <= this.moment.now) return true;
    this.validUntil = Math.min(this.validUntil ?? from, from);
    return false;
  }

  owned<T>(collection: Collection<T>, type: OwnerType, id: string): Promise<Stored<T>[]> {
    return this.reader.list(collection, global(this.accountId), { prefix: ownedKey(type, id) });
  }

  source(policy: ManagedPolicy): PolicySource {
    if (policy.record.previousDefault !== undefined) this.felt(policy.record.defaultSince);
    return sourceOf(policy, this.moment);
  }
}

async function attached(gathering: Gathering, type: OwnerType, id: string): Promise<PolicySource[]> {
  const found = await gathering.owned(attachments, type, id);
  const felt = found.filter(({ value }) => gathering.felt(value.since));
  const load = (arn: string) => loadPolicy(gathering.reader, gathering.accountId, arn);
  return Promise.all(
    felt.map(async ({ value: { policyArn } }) => {
      const policy = await load(policyArn);
      // Passing over a missing document could lose a Deny.
      if (policy === undefined) throw new Error(`attached policy ${policyArn} is missing`);
      return gathering.source(policy);
    }),
  );
}

async function inline(gathering: Gathering, type: OwnerType, id: string, name: string): Promise<PolicySource[]> {
  const { now, delayMs } = gathering.moment;
  const found = await gathering.owned(inlinePolicies, type, id);
  return found.flatMap(({ value }) => {
    gathering.felt(value.since);
    const text = effectiveText(value, now, delayMs);
    return text === undefined
      ? []
      : [{ id: `inline:${type}/${name}/${value.policyName}`, policy: parsedDocument(text) }];
  });
}

const ownedBy = async (gathering: Gathering, type: OwnerType, id: string, name: string): Promise<PolicySource[]> =>
  (await Promise.all([inline(gathering, type, id, name), attached(gathering, type, id)])).flat();

async function ofGroups(gathering: Gathering, userId: string): Promise<PolicySource[]> {
  const { reader, accountId } = gathering;
  const scope = global(accountId);
  const joined = (await reader.find(memberships, 'user', userId, scope)).filter(({ value }) =>
    gathering.felt(value.since),
  );
  const sources = await Promise.all(
    joined.map(async ({ value: { groupId } }) => {
      const [group] = await reader.find(groups, 'id', groupId, scope);
      return group === undefined ? [] : ownedBy(gathering, 'group', groupId, group.value.groupName);
    }),
  );
  return sources.flat();
}

/** A boundary whose policy is missing allows nothing. */
async function bounded(gathering: Gathering, arn: string): Promise<PolicySource[]> {
  const policy = await loadPolicy(gathering.reader, gathering.accountId, arn);
  const nothing = { id: arn, policy: { version: '2012-10-17' as const, id: undefined, statements: [] } };
  return [policy === undefined ? nothing : gathering.source(policy)];
}

interface Found {
  readonly name: string;
  readonly permissionsBoundary: string | undefined;
}

async function principal(
  { reader }: Gathering,
  { accountId, kind, principalId }: PrincipalName,
): Promise<Found | undefined> {
  const scope = global(accountId);
  if (kind === 'user') {
    const [user] = await reader.find(users, 'id', principalId, scope);
    return user && { name: user.value.userName, permissionsBoundary: user.value.permissionsBoundary };
  }
  const [role] = await reader.find(roles, 'id', principalId, scope);
  return role && { name: role.value.roleName, permissionsBoundary: role.value.permissionsBoundary };
}

/** The same document reached twice (a user's own and a group's attachment) counts once. */
const once = (sources: readonly PolicySource[]): PolicySource[] => [
  ...new Map(sources.map((source) => [source.id, source])).values(),
];

/**
 * What a user or role is allowed and denied by its own policies at `now` (milliseconds since the epoch).
 *
 * New attachments, memberships, inline texts and default versions count once they are `propagationDelayMs`
 * old, until when replaced texts and versions stay in force; removals count at once. A principal that does
 * not exist has no policies. Throws when a stored document is missing or cannot be read.
 */
export async function loadPrincipalPolicies(
  reader: Reader,
  name: PrincipalName,
  now: number,
  propagationDelayMs: number,
): Promise<PrincipalPolicies> {
  const gathering = new Gathering(reader, name.accountId, { now, delayMs: propagationDelayMs });
  const found = await principal(gathering, name);
  if (found === undefined) return { identity: [] };
  const [own, groupwise, boundary] = await Promise.all([
    ownedBy(gathering, name.kind, name.principalId, found.name),
    name.kind === 'user' ? ofGroups(gathering, name.principalId) : [],
    found.permissionsBoundary === undefined ? undefined : bounded(gathering, found.permissionsBoundary),
  ]);
  const { validUntil } = gathering;
  return {
    identity: once([...own, ...groupwise]),
    ...(boundary !== undefined && { boundary }),
    ...(validUntil !== undefined && { validUntil }),
  };
}

/** The same for the policies of a group, which no one has but through it. */
export async function loadGroupPolicies(
  reader: Reader,
  { accountId, groupId, name }: { readonly accountId: string; readonly groupId: string; readonly name: string },
  now: number,
  propagationDelayMs: number,
): Promise<PrincipalPolicies> {
  const gathering = new Gathering(reader, accountId, { now, delayMs: propagationDelayMs });
  return { identity: once(await ownedBy(gathering, 'group', groupId, name)) };
}
