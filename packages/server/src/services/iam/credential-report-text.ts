/** The credential report as CSV: the root user, then every user, one column a row of the table (spec/iam.md Appendix B). */
import { rootArn } from './arns.ts';
import { mfaDevices, signingCertificates } from './credential-records.ts';
import type { SigningCertificateRecord } from './credential-records.ts';
import { byAge } from './credential-status.ts';
import { userArn } from './entities.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { recordsAfter } from './pagination.ts';
import { findPasswordPolicy } from './password-policy.ts';
import {
  accessKeys,
  accessKeyUses,
  accounts,
  anyAccount,
  global,
  keyUseScope,
  loginProfiles,
  users,
} from './records.ts';
import type { AccessKeyRecord, AccessKeyUseRecord, LoginProfileRecord, UserRecord } from './records.ts';

const dayMs = 86_400_000;
const pageSize = 1000;

interface UsedKey {
  readonly key: AccessKeyRecord;
  readonly use: AccessKeyUseRecord | undefined;
}

/** What one line tells of. */
interface Subject {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly password: 'unsupported' | LoginProfileRecord | undefined;
  readonly passwordLastUsed: number | undefined;
  readonly passwordDays: number | undefined;
  readonly mfa: boolean;
  /** Oldest first. */
  readonly keys: readonly UsedKey[];
  readonly certificates: readonly SigningCertificateRecord[];
}

type Column = readonly [name: string, value: (subject: Subject) => string];

const date = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}+00:00`;
const dateOr = (at: number | undefined, otherwise: string): string => (at === undefined ? otherwise : date(at));

/** A column of users that have a password. */
const ofPassword =
  (value: (profile: LoginProfileRecord, subject: Subject) => string, without = 'N/A') =>
  (subject: Subject): string => {
    if (subject.password === 'unsupported') return 'not_supported';
    return subject.password === undefined ? without : value(subject.password, subject);
  };

function nextRotation({ changedAt }: LoginProfileRecord, { passwordDays }: Subject): string {
  return dateOr(passwordDays === undefined ? undefined : changedAt + passwordDays * dayMs, 'N/A');
}

const lastUsed = ({ password, passwordLastUsed }: Subject): string =>
  password === undefined ? 'N/A' : dateOr(passwordLastUsed, 'no_information');

const keyColumns = (number: number): readonly Column[] => {
  const use = ({ keys }: Subject) => keys[number - 1]?.use;
  return [
    [`access_key_${number}_active`, ({ keys }) => String(keys[number - 1]?.key.status === 'Active')],
    [`access_key_${number}_last_rotated`, ({ keys }) => dateOr(keys[number - 1]?.key.createdAt, 'N/A')],
    [`access_key_${number}_last_used_date`, (subject) => dateOr(use(subject)?.at, 'N/A')],
    [`access_key_${number}_last_used_region`, (subject) => use(subject)?.region ?? 'N/A'],
    [`access_key_${number}_last_used_service`, (subject) => use(subject)?.service ?? 'N/A'],
  ];
};

const certificateColumns = (number: number): readonly Column[] => [
  [`cert_${number}_active`, ({ certificates }) => String(certificates[number - 1]?.status === 'Active')],
  [`cert_${number}_last_rotated`, ({ certificates }) => dateOr(certificates[number - 1]?.uploadedAt, 'N/A')],
];

const columns: readonly Column[] = [
  ['user', ({ name }) => name],
  ['arn', ({ arn }) => arn],
  ['user_creation_time', ({ createdAt }) => date(createdAt)],
  ['password_enabled', ofPassword(() => 'true', 'false')],
  ['password_last_used', lastUsed],
  ['password_last_changed', ofPassword(({ changedAt }) => date(changedAt))],
  ['password_next_rotation', ofPassword(nextRotation)],
  ['mfa_active', ({ mfa }) => String(mfa)],
  ...keyColumns(1),
  ...keyColumns(2),
  ...certificateColumns(1),
  ...certificateColumns(2),
];

/** Names and paths may hold commas and quotes. */
const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** What users and the root user hold alike. */
async function holdings(call: Needs, id: string): Promise<Pick<Subject, 'mfa' | 'keys' | 'certificates'>> {
  const scope = global(call.accountId);
  const keys = (await state(call).find(accessKeys, 'owner', id, anyAccount)).map(({ value }) => value);
  const certificates = await state(call).find(signingCertificates, 'owner', id, scope);
  const used = keys
    .toSorted((a, b) => (byAge(a.createdAt, a.accessKeyId) < byAge(b.createdAt, b.accessKeyId) ? -1 : 1))
    .map(async (key) => ({ key, use: await state(call).get(accessKeyUses, keyUseScope, key.accessKeyId) }));
  return {
    mfa: (await state(call).find(mfaDevices, 'owner', id, scope)).length > 0,
    keys: await Promise.all(used),
    certificates: certificates.map(({ value }) => value).toSorted((a, b) => a.uploadedAt - b.uploadedAt),
  };
}

async function rootSubject(call: Needs): Promise<Subject> {
  const account = await state(call).get(accounts, anyAccount, call.accountId);
  return {
    name: '<root_account>',
    arn: rootArn(call),
    createdAt: account?.createdAt ?? call.now,
    password: 'unsupported',
    passwordLastUsed: undefined,
    passwordDays: undefined,
    ...(await holdings(call, call.accountId)),
  };
}

async function userSubject(call: Needs, user: UserRecord, passwordDays: number | undefined): Promise<Subject> {
  return {
    name: user.userName,
    arn: userArn(call, user),
    createdAt: user.createdAt,
    password: await state(call).get(loginProfiles, global(call.accountId), user.userId),
    passwordLastUsed: user.passwordLastUsed,
    passwordDays,
    ...(await holdings(call, user.userId)),
  };
}

const line = (subject: Subject): string => columns.map(([, value]) => cell(value(subject))).join(',');

/** The report of the account as it is now. */
export async function credentialReport(call: Needs): Promise<string> {
  const passwordDays = (await findPasswordPolicy(call))?.maxAgeDays;
  const lines = [columns.map(([name]) => name).join(','), line(await rootSubject(call))];
  for (let after: string | undefined; ;) {
    const page = await recordsAfter(call, users, after, pageSize, () => true);
    for (const { value } of page) lines.push(line(await userSubject(call, value, passwordDays)));
    after = page.at(-1)?.key;
    if (page.length < pageSize) return lines.join('\n');
  }
}
