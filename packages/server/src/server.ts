/** Starts and stops a server process: state, first start, door, operators' listener. */
import cluster from 'node:cluster';
import { firstStart, firstStory, rootCredentialsFile, writeRootCredentials } from './bootstrap.ts';
import type { RootKey } from './bootstrap.ts';
import { SettableClock } from './clock.ts';
import type { Settings } from './config.ts';
import { controlAnswer } from './door/ephemeral.ts';
import { openDoor } from './door/http.ts';
import type { Door } from './door/http.ts';
import { openOps } from './door/ops.ts';
import { serve, tooLarge } from './door/rooms.ts';
import { clockFor, environmentOf, openHouse } from './house.ts';
import type { OpenHouse } from './house.ts';
import { importFile } from './import/import.ts';
import { systemRandom } from './key-ring.ts';
import type { Log } from './log.ts';
import type { Environment } from './services/environment.ts';
import { openSettingsStore } from './state.ts';
import type { State } from './state.ts';
import { certificateOf } from './tls.ts';
import { superviseWorkers } from './workers.ts';

export interface Server {
  readonly url: string;
  readonly house: OpenHouse;
  /** The root key, when this start made the account. */
  readonly root: RootKey | undefined;
  close(): Promise<void>;
}

/** Account that `--ephemeral` starts with when none is chosen. */
const ephemeralAccount = '123456789012';

/** Makes the first account and loads the fixture file, when the store is empty; answers the root key if it was made now. */
async function prepare(
  settings: Settings,
  state: State,
  env: Environment,
  again?: RootKey,
): Promise<RootKey | undefined> {
  const accountId = settings.account === '' && settings.ephemeral ? ephemeralAccount : settings.account;
  const root = await firstStart(state.store, env, {
    ...(accountId === '' ? {} : { accountId }),
    ...(settings.rootAccessKeyId === ''
      ? {}
      : { accessKeyId: settings.rootAccessKeyId, secretAccessKey: settings.rootSecretAccessKey }),
    ...again,
  });
  if (root !== undefined && settings.import !== '') await importFile(state.store, env, settings.import);
  return root;
}

function announce(settings: Settings, root: RootKey | undefined, url: string): void {
  if (root === undefined || settings.ephemeral) {
    process.stdout.write(`Stagedoor listens on ${url}\n`);
    return;
  }
  const file = rootCredentialsFile(settings.data);
  process.stdout.write(`Stagedoor listens on ${url}\n${firstStory(root, file, url, settings.region)}`);
}

const opened = (
  settings: Settings,
  serveArrival: Parameters<typeof openDoor>[0]['serve'],
  tls: Awaited<ReturnType<typeof certificateOf>>,
  env: Environment,
  log: Log,
): Promise<Door> =>
  openDoor({
    host: settings.host,
    port: settings.port,
    ...(tls === undefined ? {} : { tls }),
    maxBodyBytes: settings.maxBodyBytes,
    maxConnections: settings.maxConnections,
    requestTimeoutMs: settings.requestTimeout,
    trustedProxies: new Set(
      settings.trustedProxies
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ),
    clock: env.clock,
    log,
    serve: serveArrival,
    tooLarge,
  });

/** Control requests of `--ephemeral`, before anything else sees them. */
function withControl(settings: Settings, state: State, house: OpenHouse, root: RootKey | undefined) {
  const { clock } = house.env;
  if (!settings.ephemeral || !(clock instanceof SettableClock) || root === undefined) return undefined;
  const reset = async () => {
    await house.recorder.flush();
    clock.set(null);
    await state.store.clear();
    await prepare(settings, state, house.env, root);
    return root;
  };
  return { clock, reset };
}

/** Serves in this process. Resolves once the door is open; rejects with a message that says what is in the way. */
export async function startServer(settings: Settings, log: Log): Promise<Server> {
  const state = await openSettingsStore(settings, systemRandom);
  const address = { url: settings.publicUrl };
  const env = environmentOf(settings, clockFor(settings), systemRandom, state.sealer, () => address.url);
  const root = await prepare(settings, state, env);
  if (root !== undefined && !settings.ephemeral) writeRootCredentials(settings.data, root);
  const house = openHouse(settings, state.store, env, log);
  const control = withControl(settings, state, house, root);
  const door = await opened(
    settings,
    async (arrival) => (control && (await controlAnswer(control, arrival))) ?? serve(house, arrival),
    await certificateOf(settings),
    env,
    log,
  );
  if (settings.publicUrl === '') address.url = door.url;
  const close = async () => {
    await door.close();
    await house.close();
    await state.store.close();
  };
  return { url: door.url, house, root, close };
}

/** `stagedoor start`: serves until a signal ends it. */
export async function run(settings: Settings, log: Log): Promise<void> {
  if (settings.workers > 1 && cluster.isPrimary) {
    await firstStartBefore(settings);
    await superviseWorkers(settings, log);
    return;
  }
  const server = await startServer(settings, log);
  if (cluster.isPrimary) announce(settings, server.root, server.url);
  const ops = cluster.isPrimary ? await opsFor(settings, server.house, log) : undefined;
  onStop(log, async () => {
    await server.close();
    await ops?.close();
  });
}

/** With several workers, the first account is made before any of them starts, so that only one makes it. */
async function firstStartBefore(settings: Settings): Promise<void> {
  const state = await openSettingsStore(settings, systemRandom);
  try {
    const url = settings.publicUrl === '' ? `http://${settings.host}:${settings.port}` : settings.publicUrl;
    const env = environmentOf(settings, clockFor(settings), systemRandom, state.sealer, () => url);
    const root = await prepare(settings, state, env);
    if (root !== undefined) writeRootCredentials(settings.data, root);
    announce(settings, root, url);
  } finally {
    await state.store.close();
  }
}

async function opsFor(settings: Settings, house: OpenHouse, log: Log) {
  if (settings.opsPort === 0) return undefined;
  const { registry } = house.metrics;
  try {
    return await openOps({
      port: settings.opsPort,
      ready: () => house.store.ping(),
      metrics: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    });
  } catch (error) {
    log.warn(
      { err: error, port: settings.opsPort },
      'health, readiness and metrics are not served: their port cannot be had',
    );
    return undefined;
  }
}

/** Runs `stop` once at SIGINT or SIGTERM; a second signal ends the process at once. */
export function onStop(log: Log, stop: () => Promise<void>): void {
  let stopping = false;
  const handle = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    void stop().then(
      () => log.flush(() => process.exit(0)),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
}
