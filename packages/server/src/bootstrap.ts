/** First start: the account, its root access key, and the file that tells them once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from './services/environment.ts';
import { newId, newSecret } from './services/iam/ids.ts';
import { accessKeys, accounts, anyAccount } from './services/iam/records.ts';
import type { Store, Transaction } from './store/store.ts';

export interface RootKey {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Wanted {
  readonly accountId?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

/** Twelve digits, never beginning with 0 when chosen by us. */
export function randomAccountId(env: Pick<Environment, 'random'>): string {
  const number = env.random.bytes(8).readBigUInt64BE() % 900_000_000_000n;
  return String(100_000_000_000n + number);
}

/** Adds an account with a root access key. Throws `StoreConflict` when the account or the key id exists. */
export async function insertAccount(tx: Transaction, root: RootKey, now: number): Promise<void> {
  const { accountId, accessKeyId, secretAccessKey } = root;
  await tx.insert(accounts, anyAccount, accountId, { accountId, createdAt: now });
  await tx.insert(accessKeys, anyAccount, accessKeyId, {
    accessKeyId,
    secret: secretAccessKey,
    accountId,
    ownerId: accountId,
    status: 'Active',
    createdAt: now,
  });
}

/**
 * Makes the first account when the store holds none.
 * @returns its root key, or `undefined` when the installation has accounts already
 */
export async function firstStart(store: Store, env: Environment, wanted: Wanted): Promise<RootKey | undefined> {
  if ((await store.reader.count(accounts, anyAccount)) > 0) return undefined;
  const accountId = wanted.accountId ?? randomAccountId(env);
  const root: RootKey = {
    accountId,
    accessKeyId: wanted.accessKeyId ?? newId('accessKey', accountId, env.random),
    secretAccessKey: wanted.secretAccessKey ?? newSecret(env.random),
  };
  await store.transact(accountId, (tx) => insertAccount(tx, root, env.clock.now()));
  return root;
}

export const rootCredentialsFile = (dataDir: string): string => resolve(join(dataDir, 'root-credentials'));

/** Writes the root key in AWS's shared-credentials format, readable by the owner only. */
export function writeRootCredentials(dataDir: string, root: RootKey): void {
  const file = rootCredentialsFile(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lines = [
    '[default]',
    `aws_access_key_id = ${root.accessKeyId}`,
    `aws_secret_access_key = ${root.secretAccessKey}`,
    '',
  ];
  writeFileSync(file, lines.join('\n'), { mode: 0o600, flag: 'wx' });
}

/** What a first start prints: where the key is, and three lines to paste. Never the secret itself. */
export function firstStory(root: RootKey, file: string, url: string, region: string): string {
  return [
    `Account ${root.accountId} was made. The access key of its root user is stored in ${file}`,
    'Try it:',
    '',
    `  export AWS_SHARED_CREDENTIALS_FILE=${file} AWS_DEFAULT_REGION=${region}`,
    `  aws --endpoint-url ${url} sts get-caller-identity`,
    `  aws --endpoint-url ${url} ivs create-channel --name first`,
    '',
  ].join('\n');
}
