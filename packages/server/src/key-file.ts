import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { KeyRing, createKey, parseKeys, systemRandom, type RandomBytes } from './key-ring.ts';

const head = `# Stagedoor's sealing keys. Without this file no stored secret can be read: back it up apart from the database.
# One key a line; the first seals, all open.
`;

/** What the owner of the keys can mend: a file's mode, or a text that holds no keys. The message holds none either. */
export class KeyFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeyFileError';
  }
}

/** Group and others: nothing. */
const forbiddenModeBits = 0o077;

/**
 * The ring of keys in `file`. Where there is no file, one with a fresh key is created (mode 0600, its directory 0700),
 * whole and on the disk before anything is sealed with it. Throws `KeyFileError` when others than its owner may
 * read or write it, or when it holds no keys.
 */
export function openKeyRing(file: string, random: RandomBytes = systemRandom): KeyRing {
  return new KeyRing(keysOf(file, random), random);
}

/** The ring of keys given as text by the settings; throws `KeyFileError`. */
export function parseKeyRing(text: string, random: RandomBytes = systemRandom): KeyRing {
  return new KeyRing(parsed(text, 'the setting'), random);
}

/**
 * Puts a fresh key before those in `file`: from its next opening on it seals, and the others still open. After
 * `Store.reseal` on every store, and when no session token sealed before is valid any more, the others can be removed.
 */
export function rotateKeyFile(file: string, random: RandomBytes = systemRandom): void {
  const keys = keysOf(file, random).map((key) => key.toString('base64url'));
  const fresh = writeBeside(file, textOf([createKey(random), ...keys]), random);
  renameSync(fresh, file);
  syncDirectory(path.dirname(file));
}

function keysOf(file: string, random: RandomBytes): Buffer[] {
  if (!statSync(file, { throwIfNoEntry: false })) createKeyFile(file, random);
  assertPrivate(file);
  return parsed(readFileSync(file, 'utf8'), `the key file ${file}`);
}

function parsed(text: string, where: string): Buffer[] {
  try {
    return parseKeys(text);
  } catch (error) {
    throw new KeyFileError(`${where}: ${(error as Error).message}`, { cause: error });
  }
}

function assertPrivate(file: string): void {
  if (process.platform === 'win32') return;
  const mode = statSync(file).mode & 0o777;
  if ((mode & forbiddenModeBits) === 0) return;
  throw new KeyFileError(
    `the key file ${file} has mode ${mode.toString(8).padStart(4, '0')}: others than its owner may use it. Run: chmod 600 ${file}`,
  );
}

/** Where two processes create it at once, the first wins and both use its key. */
function createKeyFile(file: string, random: RandomBytes): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = writeBeside(file, textOf([createKey(random)]), random);
  try {
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh);
  }
  syncDirectory(path.dirname(file));
}

const textOf = (keys: readonly string[]): string => `${head}${keys.join('\n')}\n`;

function writeBeside(file: string, text: string, random: RandomBytes): string {
  const fresh = `${file}.${random.bytes(6).toString('hex')}`;
  const descriptor = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return fresh;
}

/** A new name is on the disk only when its directory is. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
