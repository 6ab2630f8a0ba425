/** Settings: one row each. A flag wins over the environment, the environment over `stagedoor.yaml`, that over the default. */
import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { firstLineOf, reasonOf } from './system-error.ts';

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly opsPort: number;
  readonly data: string;
  readonly database: string;
  readonly account: string;
  readonly region: string;
  readonly workers: number;
  readonly ephemeral: boolean;
  readonly import: string;
  readonly publicUrl: string;
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly tlsSelfSigned: boolean;
  readonly propagationDelay: number;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  readonly requestTimeout: number;
  readonly decisionRetentionHours: number;
  readonly decisionMaxRows: number;
  readonly trustedProxies: string;
  readonly logLevel: string;
  readonly keyFile: string;
  readonly key: string;
  readonly rootAccessKeyId: string;
  readonly rootSecretAccessKey: string;
}

type Value = string | number | boolean;

export interface Setting {
  readonly name: keyof Settings;
  readonly env: string;
  /** Absent for secrets, which never stand on a command line. */
  readonly flag?: string;
  readonly default: Value;
  readonly help: string;
  readonly check?: (value: Value) => string | undefined;
}

const between = (low: number, high: number) => (value: Value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high
    ? undefined
    : `must be a whole number from ${low} to ${high}`;

const matching = (pattern: RegExp, what: string) => (value: Value) =>
  pattern.test(String(value)) ? undefined : `must be ${what}`;

const port = between(0, 65_535);

/** The table that the command line, the environment, `stagedoor.yaml` and docs/settings.md are made from. */
export const settingRows: readonly Setting[] = [
  {
    name: 'port',
    env: 'STAGEDOOR_PORT',
    flag: '--port <number>',
    default: 4577,
    help: 'port of all services; 0 takes a free one',
    check: port,
  },
  { name: 'host', env: 'STAGEDOOR_HOST', flag: '--host <address>', default: '127.0.0.1', help: 'address to listen on' },
  {
    name: 'opsPort',
    env: 'STAGEDOOR_OPS_PORT',
    flag: '--ops-port <number>',
    default: 4578,
    help: 'port on 127.0.0.1 for /health, /ready and /metrics; 0 turns it off',
    check: port,
  },
  {
    name: 'data',
    env: 'STAGEDOOR_DATA',
    flag: '--data <dir>',
    default: '.stagedoor',
    help: 'directory for the embedded database, the key file and the root credentials',
  },
  {
    name: 'database',
    env: 'STAGEDOOR_DATABASE',
    flag: '--database <url>',
    default: '',
    help: 'postgres://… to use PostgreSQL instead of the embedded database',
    check: matching(/^(postgres(ql)?:\/\/.+)?$/, 'a postgres:// URL'),
  },
  {
    name: 'account',
    env: 'STAGEDOOR_ACCOUNT',
    flag: '--account <id>',
    default: '',
    help: '12-digit id of the account made at first start; random when not given',
    check: matching(/^([0-9]{12})?$/, '12 digits'),
  },
  {
    name: 'region',
    env: 'STAGEDOOR_REGION',
    flag: '--region <name>',
    default: 'us-west-2',
    help: 'region of requests that name none',
    check: matching(/^[a-z]{2}(-[a-z]+)+-[0-9]+$/, 'a region name such as us-west-2'),
  },
  {
    name: 'workers',
    env: 'STAGEDOOR_WORKERS',
    flag: '--workers <number>',
    default: 1,
    help: 'processes that serve',
    check: between(1, 64),
  },
  {
    name: 'ephemeral',
    env: 'STAGEDOOR_EPHEMERAL',
    flag: '--ephemeral',
    default: false,
    help: 'for test suites: keep everything in memory, serve /_stagedoor/health, reset and clock on loopback',
  },
  {
    name: 'import',
    env: 'STAGEDOOR_IMPORT',
    flag: '--import <file>',
    default: '',
    help: 'fixture file (YAML or JSON) to load when the store is empty, and after each reset',
  },
  {
    name: 'publicUrl',
    env: 'STAGEDOOR_PUBLIC_URL',
    flag: '--public-url <url>',
    default: '',
    help: 'base URL by which clients reach this server, for the endpoints it hands out',
    check: matching(/^(https?:\/\/[^/\s]+)?$/, 'an http:// or https:// URL without a path'),
  },
  {
    name: 'tlsCert',
    env: 'STAGEDOOR_TLS_CERT',
    flag: '--tls-cert <file>',
    default: '',
    help: 'PEM certificate (chain): serve HTTPS',
  },
  {
    name: 'tlsKey',
    env: 'STAGEDOOR_TLS_KEY',
    flag: '--tls-key <file>',
    default: '',
    help: 'PEM private key of the certificate',
  },
  {
    name: 'tlsSelfSigned',
    env: 'STAGEDOOR_TLS_SELF_SIGNED',
    flag: '--tls-self-signed',
    default: false,
    help: 'make a self-signed certificate in the data directory and serve HTTPS',
  },
  {
    name: 'propagationDelay',
    env: 'STAGEDOOR_PROPAGATION_DELAY',
    flag: '--propagation-delay <ms>',
    default: 0,
    help: 'milliseconds until new permissions, keys and roles take effect, as on AWS',
    check: between(0, 3_600_000),
  },
  {
    name: 'maxBodyBytes',
    env: 'STAGEDOOR_MAX_BODY_BYTES',
    flag: '--max-body-bytes <number>',
    default: 1_048_576,
    help: 'largest request body of a control call',
    check: between(1024, 67_108_864),
  },
  {
    name: 'maxConnections',
    env: 'STAGEDOOR_MAX_CONNECTIONS',
    flag: '--max-connections <number>',
    default: 10_000,
    help: 'connections open at once, per process',
    check: between(1, 1_000_000),
  },
  {
    name: 'requestTimeout',
    env: 'STAGEDOOR_REQUEST_TIMEOUT',
    flag: '--request-timeout <ms>',
    default: 30_000,
    help: 'time a client has to send a whole request',
    check: between(1000, 600_000),
  },
  {
    name: 'decisionRetentionHours',
    env: 'STAGEDOOR_DECISION_RETENTION_HOURS',
    flag: '--decision-retention-hours <number>',
    default: 168,
    help: 'how long recorded decisions are kept',
    check: between(1, 87_600),
  },
  {
    name: 'decisionMaxRows',
    env: 'STAGEDOOR_DECISION_MAX_ROWS',
    flag: '--decision-max-rows <number>',
    default: 5_000_000,
    help: 'how many recorded decisions are kept at most',
    check: between(1000, 1_000_000_000),
  },
  {
    name: 'trustedProxies',
    env: 'STAGEDOOR_TRUSTED_PROXIES',
    flag: '--trusted-proxies <list>',
    default: '',
    help: 'comma-separated addresses of proxies whose X-Forwarded-For and -Proto are believed',
  },
  {
    name: 'logLevel',
    env: 'STAGEDOOR_LOG_LEVEL',
    flag: '--log-level <level>',
    default: 'info',
    help: 'trace, debug, info, warn, error, fatal or silent',
    check: matching(/^(trace|debug|info|warn|error|fatal|silent)$/, 'a log level'),
  },
  {
    name: 'keyFile',
    env: 'STAGEDOOR_KEY_FILE',
    flag: '--key-file <file>',
    default: '',
    help: 'file with the keys that seal secrets; default: sealing.keys in the data directory',
  },
  { name: 'key', env: 'STAGEDOOR_KEY', default: '', help: 'the sealing keys themselves, instead of a file' },
  {
    name: 'rootAccessKeyId',
    env: 'STAGEDOOR_ROOT_ACCESS_KEY_ID',
    default: '',
    help: 'access key id of the root user, for the first start',
    check: matching(/^([A-Z0-9]{16,128})?$/, '16 to 128 capital letters and digits'),
  },
  {
    name: 'rootSecretAccessKey',
    env: 'STAGEDOOR_ROOT_SECRET_ACCESS_KEY',
    default: '',
    help: 'its secret access key',
    check: matching(/^([A-Za-z0-9/+=]{16,128})?$/, '16 to 128 characters of the base64 alphabet'),
  },
];

/** A setting that cannot be used; the message names it and where it came from. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

function coerce(row: Setting, raw: unknown, from: string): Value {
  const value = typeof row.default === 'number' && typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  const typed = typeof row.default === 'boolean' && typeof value === 'string' ? asBoolean(value) : value;
  if (typeof typed !== typeof row.default) {
    throw new SettingsError(`${row.name} (from ${from}) must be a ${typeof row.default}`);
  }
  const complaint = row.check?.(typed as Value);
  if (complaint !== undefined) throw new SettingsError(`${row.name} (from ${from}) ${complaint}`);
  return typed as Value;
}

function asBoolean(text: string): boolean | string {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' || text === '' ? false : text;
}

/** Reads `stagedoor.yaml`. Secrets do not belong there; unknown names are refused. */
function fromFile(file: string, required: boolean): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'ENOENT' && !required) return {};
    throw new SettingsError(`settings file ${file} cannot be read: ${reason}`, { cause: error });
  }
  const parsed = parsedYaml(file, text) ?? {};
  if (typeof parsed !== 'object' || Array.isArray(parsed))
    throw new SettingsError(`${file} must hold a map of settings`);
  const known = new Set<string>(settingRows.filter((row) => row.flag !== undefined).map((row) => row.name));
  for (const name of Object.keys(parsed)) {
    if (!known.has(name)) throw new SettingsError(`${file} names an unknown setting: ${name}`);
  }
  return parsed as Record<string, unknown>;
}

function parsedYaml(file: string, text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new SettingsError(`${file}: ${firstLineOf(error)}`, { cause: error });
  }
}

/**
 * The settings in force.
 * @param flags values given on the command line, by setting name
 * @param file settings file named on the command line; without one `stagedoor.yaml` is read where it exists
 * @throws SettingsError naming the setting and its source
 */
export function readSettings(flags: Readonly<Record<string, unknown>>, file?: string): Settings {
  const yaml = fromFile(file ?? 'stagedoor.yaml', file !== undefined);
  const pick = (row: Setting): Value => {
    if (flags[row.name] !== undefined) return coerce(row, flags[row.name], 'the command line');
    const env = process.env[row.env];
    if (env !== undefined && env !== '') return coerce(row, env, row.env);
    if (yaml[row.name] !== undefined) return coerce(row, yaml[row.name], file ?? 'stagedoor.yaml');
    return row.default;
  };
  const settings = Object.fromEntries(settingRows.map((row) => [row.name, pick(row)])) as unknown as Settings;
  return checked(settings);
}

function checked(settings: Settings): Settings {
  if (settings.ephemeral && settings.workers > 1)
    throw new SettingsError('ephemeral keeps its state in one process: workers must be 1');
  if (settings.ephemeral && settings.database !== '')
    throw new SettingsError('ephemeral and database exclude each other');
  if ((settings.tlsCert === '') !== (settings.tlsKey === ''))
    throw new SettingsError('tlsCert and tlsKey belong together');
  if ((settings.rootAccessKeyId === '') !== (settings.rootSecretAccessKey === '')) {
    throw new SettingsError('STAGEDOOR_ROOT_ACCESS_KEY_ID and STAGEDOOR_ROOT_SECRET_ACCESS_KEY belong together');
  }
  return settings;
}
