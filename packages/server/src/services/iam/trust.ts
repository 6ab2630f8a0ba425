/**
 * Principals of trust policies (spec/iam.md 7.2): users and roles must exist when the policy is saved, are
 * remembered by unique id, and shown by whatever ARN they have now, or by the bare id once they are gone.
 * A namesake that is created later therefore gets no trust.
 */
import { invalidPrincipalText, parsePolicy, trustPrincipals } from '@stagedoor/policy';
import type { Policy, TrustedEntity } from '@stagedoor/policy';
import type { Reader } from '../../store/store.ts';
import { iamArn, parseIamArn } from './arns.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { global, nameKey, roles, users } from './records.ts';
import type { RoleRecord } from './records.ts';

type TrustIds = RoleRecord['trustIds'];

function parsed(text: string): Policy {
  const result = parsePolicy(text);
  if (!result.ok) throw new Error('a stored trust policy does not parse');
  return result.policy;
}

/** The unique id of the user or role of exactly this ARN, in whichever account. */
async function idOf(reader: Reader, entity: TrustedEntity): Promise<string | undefined> {
  const { name, path } = parseIamArn(entity.value) ?? { name: '', path: '' };
  const [scope, key] = [global(entity.accountId), nameKey(name)];
  if (entity.type === 'user') {
    const user = await reader.get(users, scope, key);
    return user?.userName === name && user.path === path ? user.userId : undefined;
  }
  const role = await reader.get(roles, scope, key);
  return role?.roleName === name && role.path === path ? role.roleId : undefined;
}

/** Ids of the users and roles that a policy names, by ARN; `unknown` is the first that does not exist. */
async function idsIn(reader: Reader, text: string): Promise<{ ids: TrustIds; unknown?: string }> {
  const ids: [string, string][] = [];
  for (const entity of trustPrincipals(parsed(text))) {
    const id = await idOf(reader, entity);
    if (id === undefined) return { ids: {}, unknown: entity.value };
    ids.push([entity.value, id]);
  }
  return { ids: Object.fromEntries(ids) };
}

/**
 * Unique ids of the users and roles that a valid trust policy names, by ARN.
 * Fails with MalformedPolicyDocument when one of them does not exist.
 */
export async function resolveTrust(call: Needs<'MalformedPolicyDocument'>, text: string): Promise<TrustIds> {
  const { ids, unknown } = await idsIn(state(call), text);
  return unknown === undefined
    ? ids
    : call.fail('MalformedPolicyDocument', invalidPrincipalText({ type: 'AWS', value: unknown }));
}

/** As `resolveTrust` where there is no call, for imports. Throws RangeError when a principal does not exist. */
export async function accountTrustIds(reader: Reader, text: string): Promise<TrustIds> {
  const { ids, unknown } = await idsIn(reader, text);
  if (unknown !== undefined) throw new RangeError(invalidPrincipalText({ type: 'AWS', value: unknown }));
  return ids;
}

/** The ARN that a user or role has now, or `undefined` when it is gone. */
async function arnOfId(reader: Reader, env: Needs['env'], id: string): Promise<string | undefined> {
  if (id.startsWith('AIDA')) {
    const [found] = await reader.find(users, 'id', id);
    if (found === undefined) return undefined;
    return iamArn({ env, accountId: found.scope.accountId }, 'user', found.value.path, found.value.userName);
  }
  const [found] = await reader.find(roles, 'id', id);
  if (found === undefined) return undefined;
  return iamArn({ env, accountId: found.scope.accountId }, 'role', found.value.path, found.value.roleName);
}

/** Texts of AWS principals that are shown differently from how they were written. */
async function renamed(call: Needs, role: RoleRecord): Promise<ReadonlyMap<string, string>> {
  const shown = new Map<string, string>();
  const principals = parsed(role.trustPolicy).statements.flatMap((statement) => statement.principal?.patterns ?? []);
  for (const { type, value } of principals) {
    const id = Object.hasOwn(role.trustIds, value) ? role.trustIds[value] : undefined;
    if (type !== 'AWS') continue;
    if (id !== undefined) shown.set(value, (await arnOfId(state(call), call.env, id)) ?? id);
    else if (/^\d{12}$/.test(value)) shown.set(value, `arn:${call.env.settings.partition}:iam::${value}:root`);
  }
  return new Map([...shown].filter(([written, now]) => written !== now));
}

interface TrustStatement {
  readonly Principal?: unknown;
}

function rewrite(statement: TrustStatement, names: ReadonlyMap<string, string>): TrustStatement {
  const principal = statement.Principal;
  if (typeof principal !== 'object' || principal === null || !('AWS' in principal)) return statement;
  const rename = (value: unknown): unknown => (typeof value === 'string' ? (names.get(value) ?? value) : value);
  const AWS = Array.isArray(principal.AWS) ? principal.AWS.map(rename) : rename(principal.AWS);
  return { ...statement, Principal: { ...principal, AWS } };
}

/** The trust policy as reads show it: byte for byte as written unless a principal has moved, gone or is an account number. */
export async function renderTrust(call: Needs, role: RoleRecord): Promise<string> {
  const names = await renamed(call, role);
  if (names.size === 0) return role.trustPolicy;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was validated when it was stored
  const document = JSON.parse(role.trustPolicy) as { readonly Statement: TrustStatement | readonly TrustStatement[] };
  const statements = [document.Statement].flat().map((statement) => rewrite(statement, names));
  return JSON.stringify({ ...document, Statement: Array.isArray(document.Statement) ? statements : statements[0] });
}
