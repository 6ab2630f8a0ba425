/** A role's trust policy as the engine compares it: user and role ARNs replaced by the ids they had when it was saved. */
import { compilePolicies, parsePolicy } from '@stagedoor/policy';
import type { Policy, PolicySet, Statement } from '@stagedoor/policy';
import type { RoleRecord } from './iam/records.ts';

const cacheLimit = 10_000;
const compiled = new Map<string, PolicySet>();

/** The source id that decisions show for a role's trust policy. */
const trustSourceId = (role: Pick<RoleRecord, 'roleName'>): string => `trust:role/${role.roleName}`;

/** The role's trust policy, ready to evaluate. Cached by role, text and ids. */
export function trustPolicyOf(role: Pick<RoleRecord, 'roleName' | 'roleId' | 'trustPolicy' | 'trustIds'>): PolicySet {
  const key = `${role.roleId}\n${JSON.stringify(role.trustIds)}\n${role.trustPolicy}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  if (compiled.size >= cacheLimit) compiled.clear();
  const set = compilePolicies([{ id: trustSourceId(role), policy: resolved(role.trustPolicy, role.trustIds) }]);
  compiled.set(key, set);
  return set;
}

/** What a role that does not exist is evaluated with: it trusts nobody, and the answer does not tell it apart. */
export const trustsNobody: PolicySet = compilePolicies([]);

function resolved(text: string, ids: RoleRecord['trustIds']): Policy {
  const parsed = parsePolicy(text);
  // A stored trust policy that no longer parses trusts nobody.
  if (!parsed.ok) return { version: '2012-10-17', id: undefined, statements: [] };
  return { ...parsed.policy, statements: parsed.policy.statements.map((statement) => withIds(statement, ids)) };
}

function withIds(statement: Statement, ids: RoleRecord['trustIds']): Statement {
  if (statement.principal === undefined) return statement;
  const patterns = statement.principal.patterns.map((pattern) =>
    pattern.type === 'AWS' && Object.hasOwn(ids, pattern.value) ? { ...pattern, value: ids[pattern.value]! } : pattern,
  );
  return { ...statement, principal: { ...statement.principal, patterns } };
}
