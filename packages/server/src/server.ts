/** Starts and stops a server process: state, first start, door, operators' listener. */
import cluster from 'node:cluster';
import { accountMade, firstStart, firstStory, isNew, keepRootCredentials, rootCredentialsFile } from './bootstrap.ts';
import type { RootKey, Wanted } from './bootstrap.ts';
import { SettableClock } from './clock.ts';
import { SettingsError } from './config.ts';
import type { Settings } from './config.ts';
import { controlAnswer } from './door/ephemeral.ts';
import { openDoor } from './door/http.ts';
import type { Door, DoorOptions } from './door/http.ts';
import { openOps } from './door/ops.ts';
import { serve, turnAway } from './door/rooms.ts';
import { clockFor, environmentOf, openHouse } from './house.ts';
import type { OpenHouse } from './house.ts';
import { importFile } from './import/import.ts';
import { systemRandom } from './key-ring.ts';
import type { Log } from './log.ts';
import type { Environment } from './services/environment.ts';
import { openSettingsStore } from './state.ts';
import type { State } from './state.ts';
import { isSystemError } from './system-error.ts';
import { certificateOf } from './tls.ts';
import { openStore } from './store/index.ts';
import { superviseWorkers, workerServes } from './workers.ts';

export interface Server {
  readonly url: string;
  readonly house: OpenHouse;
  /** The root key, when this start made the account. */
  readonly root: RootKey | undefined;
  close(): Promise<void>;
}

/** Account that `--ephemeral` starts with when none is chosen. */
const ephemeralAccount = '123456789012';

function wantedRoot(settings: Settings): Wanted {
  const accountId = settings.account === '' && settings.ephemeral ? ephemeralAccount : settings.account;
  return {
    ...(accountId === '' ? {} : { accountId }),
    ...(settings.rootAccessKeyId === ''
      ? {}
      : { accessKeyId: settings.rootAccessKeyId, secretAccessKey: settings.rootSecretAccessKey }),
  };
}

/** Makes the first account and loads the fixture file, when the store is empty; answers the root key if it was made now. */
async function prepare(
  settings: Settings,
  { store, sealer }: State,
  env: Environment,
  again?: RootKey,
): Promise<RootKey | undefined> {
  if (!(await isNew(store))) return undefined;
  const wanted = { ...wantedRoot(settings), ...again };
  if (settings.import !== '') await rehearse(settings, sealer, env, wanted);
  const keep = settings.ephemeral ? undefined : keepRootCredentials(settings.data);
  const root = await firstStart(store, env, wanted, keep);
  if (root === undefined) return undefined;
  if (!settings.ephemeral) process.stdout.write(accountMade(root, settings.data));
  if (settings.import !== '') await importFile(store, env, settings.import);
  return root;
}

/** Loads the fixture file into a store that is thrown away, so that one with a mistake in it changes nothing. */
async function rehearse(settings: Settings, sealer: State['sealer'], env: Environment, wanted: Wanted): Promise<void> {
  const store = await openStore({ database: 'memory', sealer });
  try {
    await firstStart(store, env, wanted);
    await importFile(store, env, settings.import);
  } finally {
    await store.close();
  }
}

function announce(settings: Settings, root: RootKey | undefined, url: string): void {
  const story =
    root === undefined || settings.ephemeral
      ? ''
      : firstStory(rootCredentialsFile(settings.data), url, settings.region);
  process.stdout.write(`Stagedoor listens on ${url}\n${story}`);
}

const opened = (
  settings: Settings,
  serveArrival: DoorOptions['serve'],
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
    turnAway,
  });

/** Control requests of `--ephemeral`, before anything else sees them. */
function withControl(settings: Settings, state: State, house: OpenHouse, root: RootKey | undefined) {
  const { clock } = house.env;
  if (!settings.ephemeral || !(clock instanceof SettableClock) || root === undefined) return undefined;
  const resetNow = async () => {
    await house.recorder.flush();
    clock.set(null);
    await state.store.clear();
    await prepare(settings, state, house.env, root);
    return root;
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: two at once would take the first account from each other. */
  const reset = () => {
    const next = last.then(resetNow, resetNow);
    last = next;
    return next;
  };
  return { clock, reset };
}

/** Serves in this process. Resolves once the door is open; rejects with a message that says what is in the way. */
export async function startServer(settings: Settings, log: Log): Promise<Server> {
  const state = await openSettingsStore(settings, systemRandom);
  try {
    return await startWith(settings, state, log);
  } catch (error) {
    await state.store.close();
    throw error;
  }
}

async function startWith(settings: Settings, state: State, log: Log): Promise<Server> {
  const address = { url: settings.publicUrl };
  const env = environmentOf(settings, clockFor(settings), systemRandom, state.sealer, () => address.url);
  const tls = await certificateOf(settings, env.clock);
  const root = await prepare(settings, state, env);
  const house = openHouse(settings, state.store, env, log);
  const control = withControl(settings, state, house, root);
  const serveArrival: DoorOptions['serve'] = async (arrival) =>
    (control && (await controlAnswer(control, arrival))) ?? serve(house, arrival);
  const door = await opened(settings, serveArrival, tls, env, log).catch(async (error: unknown) => {
    await house.close();
    throw listenFailure(settings, error);
  });
  if (settings.publicUrl === '') address.url = door.url;
  const close = async () => {
    await door.close();
    await house.close();
    await state.store.close();
  };
  return { url: door.url, house, root, close };
}

/** An address that cannot be had is for the user to mend. */
function listenFailure({ host, port }: Settings, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  return new SettingsError(`host ${host} and port ${port} cannot be listened on: ${error.code}`, { cause: error });
}

/** `stagedoor start`: serves until a signal ends it. */
export async function run(settings: Settings, log: Log): Promise<void> {
  if (settings.workers > 1 && cluster.isPrimary) {
    const root = await firstStartBefore(settings);
    await superviseWorkers(settings, log, (url) => announce(settings, root, url));
    return;
  }
  const server = await startServer(settings, log);
  const ops = cluster.isPrimary ? await opsFor(settings, server.house, log) : undefined;
  onStop(log, async () => {
    await server.close();
    await ops?.close();
  });
  if (cluster.isPrimary) announce(settings, server.root, server.url);
  else workerServes(server.url, server.house.metrics.registry);
}

/** With several workers, what a start makes is made before any of them starts, so that all find the same. */
async function firstStartBefore(settings: Settings): Promise<RootKey | undefined> {
  const state = await openSettingsStore(settings, systemRandom);
  try {
    const url = settings.publicUrl === '' ? `http://${settings.host}:${settings.port}` : settings.publicUrl;
    const env = environmentOf(settings, clockFor(settings), systemRandom, state.sealer, () => url);
    await certificateOf(settings, env.clock);
    return await prepare(settings, state, env);
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

/**
 * Runs `stop` once at SIGINT or SIGTERM; the same signal again ends the process at once. (A worker gets SIGINT from
 * the terminal and SIGTERM from the process that supervises it: one wish, not two.)
 */
function onStop(log: Log, stop: () => Promise<void>): void {
  const seen = new Set<NodeJS.Signals>();
  const handle = (signal: NodeJS.Signals) => {
    if (seen.has(signal)) process.exit(1);
    if (seen.add(signal).size > 1) return;
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
