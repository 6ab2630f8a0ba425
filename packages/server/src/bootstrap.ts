/** First start: the account, its root access key, and the file that tells them once. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SettingsError } from './config.ts';
import type { Environment } from './services/environment.ts';
import { newId, newSecret } from './services/iam/ids.ts';
import { accessKeys, accounts, anyAccount } from './services/iam/records.ts';
import type { Store, Transaction } from './store/store.ts';
import { reasonOf } from './system-error.ts';

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
function randomAccountId(env: Pick<Environment, 'random'>): string {
  const number = env.random.bytes(8).readBigUInt64BE() % 900_000_000_000n;
  return String(100_000_000_000n + number);
}

/** Adds an account with a root access key. Throws `StoreConflict` when the account or the key id exists. */
async function insertAccount(tx: Transaction, root: RootKey, now: number): Promise<void> {
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

/** Whether the installation has no account yet. */
export const isNew = async (store: Store): Promise<boolean> => (await store.reader.count(accounts, anyAccount)) === 0;

/** Keeps a root key somewhere and answers how to undo that. */
export type Keep = (root: RootKey) => () => void;

/**
 * Makes the first account when the store holds none; of several processes that start at once, one makes it.
 * @param keep is handed the root key before the account is made: nobody could recover a key that was not kept
 * @returns its root key, or `undefined` when the installation has accounts already
 */
export async function firstStart(
  store: Store,
  env: Environment,
  wanted: Wanted,
  keep: Keep = () => () => undefined,
): Promise<RootKey | undefined> {
  if (!(await isNew(store))) return undefined;
  const root = rootKey(env, wanted);
  const forget = keep(root);
  const made = await store.transact('', async (tx) => {
    if ((await tx.count(accounts, anyAccount)) > 0) return false;
    await insertAccount(tx, root, env.clock.now());
    return true;
  });
  if (!made) forget();
  return made ? root : undefined;
}

function rootKey(env: Environment, wanted: Wanted): RootKey {
  const accountId = wanted.accountId ?? randomAccountId(env);
  return {
    accountId,
    accessKeyId: wanted.accessKeyId ?? newId('accessKey', accountId, env.random),
    secretAccessKey: wanted.secretAccessKey ?? newSecret(env.random),
  };
}

export const rootCredentialsFile = (dataDir: string): string => resolve(join(dataDir, 'root-credentials'));

/**
 * Writes the root key in AWS's shared-credentials format, readable by the owner only. A file that is there already is
 * refused: it holds a key that nobody else may have.
 */
export const keepRootCredentials =
  (dataDir: string): Keep =>
  (root) => {
    const file = rootCredentialsFile(dataDir);
    try {
      writeRootCredentials(dataDir, file, root);
    } catch (error) {
      if (reasonOf(error) !== 'EEXIST') throw error;
      throw new SettingsError(`the store holds no account, but data has the root key of one: move ${file} away`);
    }
    return () => rmSync(file);
  };

function writeRootCredentials(dataDir: string, file: string, root: RootKey): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lines = [
    '[default]',
    `aws_access_key_id = ${root.accessKeyId}`,
    `aws_secret_access_key = ${root.secretAccessKey}`,
    '',
  ];
  writeFileSync(file, lines.join('\n'), { mode: 0o600, flag: 'wx', flush: true });
}

/** What a first start prints as soon as the account is made: where the key is, never the secret itself. */
export const accountMade = (root: RootKey, dataDir: string): string =>
  `Account ${root.accountId} was made. The access key of its root user is stored in ${rootCredentialsFile(dataDir)}\n`;

/** What a first start prints when it serves: lines to paste. */
export function firstStory(file: string, url: string, region: string): string {
  return [
    'Try it:',
    '',
    `  export AWS_SHARED_CREDENTIALS_FILE=${file} AWS_DEFAULT_REGION=${region}`,
    `  aws --endpoint-url ${url} sts get-caller-identity`,
    `  aws --endpoint-url ${url} ivs create-channel --name first`,
    '',
  ].join('\n');
}
