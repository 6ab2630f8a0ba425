/** Builds the rooms around an open store. Together with main.ts the only place that constructs things. */
import { SettableClock, systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Settings } from './config.ts';
import { DecisionRecorder } from './door/decision-recorder.ts';
import { KeyUse } from './door/key-use.ts';
import { Metrics } from './door/metrics.ts';
import type { House } from './door/rooms.ts';
import { ServiceUse } from './door/service-use.ts';
import type { Log } from './log.ts';
import type { Sealer } from './sealing.ts';
import { AccountMemo } from './services/account-memo.ts';
import type { Environment, Random } from './services/environment.ts';
import { mfaVerifier } from './services/iam/mfa-codes.ts';
import { DeletionRunner } from './services/iam/service-linked-deletion.ts';
import { checkRows, linkedUsages, services } from './services/index.ts';
import { SessionPolicies } from './services/principals.ts';
import { cachedReader } from './store/cached-reader.ts';
import type { Store } from './store/store.ts';
import { loadModels } from './wire/models.ts';

const hourMs = 3_600_000;

/** A clock that can be set exists only in `--ephemeral`. */
export const clockFor = (settings: Pick<Settings, 'ephemeral'>): Clock =>
  settings.ephemeral ? new SettableClock() : systemClock;

/** `publicUrl` is asked when it is needed: with port 0 it is known only once the door is open. */
export function environmentOf(
  settings: Settings,
  clock: Clock,
  random: Random,
  sealer: Sealer,
  publicUrl: () => string,
): Environment {
  return {
    clock,
    random,
    sealer,
    settings: {
      partition: 'aws',
      defaultRegion: settings.region,
      propagationDelayMs: settings.propagationDelay,
      get publicUrl() {
        return publicUrl();
      },
    },
  };
}

export interface OpenHouse extends House {
  close(): Promise<void>;
}

/** Everything a request passes through. */
export function openHouse(settings: Settings, store: Store, outside: Environment, log: Log): OpenHouse {
  const models = loadModels();
  checkRows((service, operation) => models.services.get(service)?.operations.has(operation) === true);
  const reader = cachedReader(store, { maxRecords: 200_000 });
  const recorder = new DecisionRecorder(store.decisions, {
    log,
    now: () => outside.clock.now(),
    retentionMs: settings.decisionRetentionHours * hourMs,
    maxRows: settings.decisionMaxRows,
  });
  const keyUse = new KeyUse(store, log);
  const serviceUse = new ServiceUse(store, log);
  const linkedDeletions = new DeletionRunner({ store, env: outside, usages: linkedUsages }, (err) =>
    log.error({ err }, 'service-linked roles could not be deleted; it will be tried again'),
  );
  // Takes up what an earlier process left behind.
  linkedDeletions.wake();
  const env: Environment = { ...outside, linkedDeletions, mfa: mfaVerifier(store) };
  return {
    models,
    services,
    store,
    reader,
    env,
    credentials: { reader, env, memo: new AccountMemo(store, 200_000), owners: new Map() },
    principals: { reader, env, memo: new AccountMemo(store, 20_000), sessions: new SessionPolicies() },
    recorder,
    metrics: new Metrics(),
    log,
    keyUsed: keyUse.used,
    serviceUsed: serviceUse.used,
    close: async () => {
      await linkedDeletions.close();
      await recorder.close();
      await keyUse.close();
      await serviceUse.close();
    },
  };
}
