import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SettingsError, readSettings, settingRows } from './config.ts';

const directories: string[] = [];
const yaml = (text: string): string => {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-config-'));
  directories.push(directory);
  writeFileSync(join(directory, 'settings.yaml'), text);
  return join(directory, 'settings.yaml');
};
afterEach(() => {
  vi.unstubAllEnvs();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

const complaint = (flags: Record<string, unknown>, file?: string): string => {
  try {
    readSettings(flags, file);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return error instanceof Error ? error.message : '';
  }
  return 'accepted';
};

describe('readSettings', () => {
  test('a flag wins over the environment, that over the file, that over the default', () => {
    const file = yaml('port: 1\nopsPort: 2\nworkers: 3\n');
    vi.stubEnv('STAGEDOOR_PORT', '10');
    vi.stubEnv('STAGEDOOR_OPS_PORT', '20');
    const settings = readSettings({ port: '100' }, file);
    expect([settings.port, settings.opsPort, settings.workers, settings.host]).toEqual([100, 20, 3, '127.0.0.1']);
  });

  test('an empty variable is as good as none', () => {
    vi.stubEnv('STAGEDOOR_PORT', '');
    expect(readSettings({}).port).toBe(4577);
  });

  test.for<[Record<string, unknown>, string]>([
    [{ port: 'x' }, 'port (from the command line) must be a whole number from 0 to 65535'],
    [{ port: '' }, 'port (from the command line) must be a number'],
    [{ port: '65536' }, 'port (from the command line) must be a whole number from 0 to 65535'],
    [{ port: '1.5' }, 'port (from the command line) must be a whole number from 0 to 65535'],
    [{ workers: '0' }, 'workers (from the command line) must be a whole number from 1 to 64'],
    [{ account: '12345678901' }, 'account (from the command line) must be 12 digits'],
    [{ region: 'nowhere' }, 'region (from the command line) must be a region name such as us-west-2'],
    [{ database: 'mysql://x' }, 'database (from the command line) must be a postgres:// URL'],
    [
      { publicUrl: 'http://a/b' },
      'publicUrl (from the command line) must be an http:// or https:// URL without a path',
    ],
    [{ logLevel: 'loud' }, 'logLevel (from the command line) must be a log level'],
    [{ ephemeral: true, workers: '2' }, 'ephemeral keeps its state in one process: workers must be 1'],
    [{ ephemeral: true, database: 'postgres://x' }, 'ephemeral and database exclude each other'],
    [{ tlsCert: 'a.pem' }, 'tlsCert and tlsKey belong together'],
  ])('%j is refused: %s', ([flags, text]) => {
    expect(complaint(flags)).toBe(text);
  });

  test.for<[string, string, string]>([
    ['STAGEDOOR_EPHEMERAL', 'yes', 'ephemeral (from STAGEDOOR_EPHEMERAL) must be a boolean'],
    ['STAGEDOOR_PORT', 'http', 'port (from STAGEDOOR_PORT) must be a whole number from 0 to 65535'],
    [
      'STAGEDOOR_ROOT_ACCESS_KEY_ID',
      'AKIAIOSFODNN7EXAMPLE',
      'STAGEDOOR_ROOT_ACCESS_KEY_ID and STAGEDOOR_ROOT_SECRET_ACCESS_KEY belong together',
    ],
  ])('%s=%s is refused: %s', ([name, value, text]) => {
    vi.stubEnv(name, value);
    expect(complaint({})).toBe(text);
  });

  test.for<[string, string]>([
    ['prot: 1', 'names an unknown setting: prot'],
    ['rootSecretAccessKey: abc', 'names an unknown setting: rootSecretAccessKey'],
    ['key: abc', 'names an unknown setting: key'],
    ['- port', 'must hold a map of settings'],
    ['just text', 'must hold a map of settings'],
    ['port: four', 'must be a whole number from 0 to 65535'],
    ['host: 127', 'must be a string'],
    ['port: [1, 2', 'at line 1'],
  ])('a file that holds %j is refused: %s', ([text, words]) => {
    const file = yaml(text);
    expect(complaint({}, file)).toContain(file);
    expect(complaint({}, file)).toContain(words);
  });

  test('a complaint about the file does not quote it', () => {
    expect(complaint({}, yaml('database: "postgres://user:hunter2@db'))).not.toContain('hunter2');
  });

  test('a settings file that was named must exist', () => {
    expect(complaint({}, '/nowhere/settings.yaml')).toBe('settings file /nowhere/settings.yaml cannot be read: ENOENT');
  });

  test('secrets have no flag', () => {
    const secret = settingRows.filter((row) => /secret|^key$|accessKey/i.test(row.name));
    expect(secret.map((row) => row.flag)).toEqual([undefined, undefined, undefined]);
  });

  test('a complaint about a secret does not show it', () => {
    vi.stubEnv('STAGEDOOR_ROOT_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
    vi.stubEnv('STAGEDOOR_ROOT_SECRET_ACCESS_KEY', 'not a secret of that form');
    expect(complaint({})).toContain('rootSecretAccessKey (from STAGEDOOR_ROOT_SECRET_ACCESS_KEY) must be');
    expect(complaint({})).not.toContain('not a secret of that form');
  });
});
