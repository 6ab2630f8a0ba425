/** Is this code the caller's, now, and for the first time? (spec/iam.md 6.9, spec/sts.md 2.2.7) */
import type { Reader, Store, Transaction } from '../../store/store.ts';
import { mfaDevices } from './credential-records.ts';
import type { MfaDeviceRecord } from './credential-records.ts';
import { deviceKey } from './mfa-devices.ts';
import { global } from './records.ts';
import { matchingStep, stepAt } from './totp.ts';

/** What a caller presents. */
export interface MfaClaim {
  readonly partition: string;
  readonly accountId: string;
  /** Unique id of the user who must have the device. */
  readonly ownerId: string;
  readonly serialNumber: string;
  readonly code: string;
}

/** `unknown`: the user has no such device. */
export type MfaVerdict = 'valid' | 'wrong' | 'unknown';

/** Steps (of 30 s) that a code may be early or late by, beyond the drift that is known. */
const reach = 1;
/** Steps that a drift learned from single codes may grow to. */
const widestDrift = 20;

const place = ({ partition, accountId, serialNumber }: Omit<MfaClaim, 'ownerId' | 'code'>) =>
  [mfaDevices, global(accountId), deviceKey(partition, accountId, serialNumber)] as const;

/** The user's device as it is after the code was accepted, or why it is not accepted. */
async function accepted(reader: Reader, claim: MfaClaim, now: number): Promise<MfaDeviceRecord | 'wrong' | 'unknown'> {
  const device = await reader.get(...place(claim));
  if (device === undefined || device.ownerId !== claim.ownerId) return 'unknown';
  const around = stepAt(now) + device.drift;
  const step = matchingStep(device.seed, [claim.code], { around, reach, after: device.lastStep });
  if (step === undefined) return 'wrong';
  const drift = Math.max(-widestDrift, Math.min(widestDrift, step - stepAt(now)));
  return { ...device, drift, lastStep: step };
}

/** Uses the code up: within the transaction's commit it is good for the last time. `now`: milliseconds since the epoch. */
async function verifyMfaCode(tx: Transaction, claim: MfaClaim, now: number): Promise<MfaVerdict> {
  const device = await accepted(tx, claim, now);
  if (typeof device === 'string') return device;
  await tx.put(...place(claim), device);
  return 'valid';
}

/** Whether the device that a session was made with at `since` is still its user's. */
export async function deviceStands(reader: Reader, claim: Omit<MfaClaim, 'code'>, since: number): Promise<boolean> {
  const device = await reader.get(...place(claim));
  return device?.ownerId === claim.ownerId && (device.enabledAt ?? Infinity) <= since;
}

/** What STS uses codes through. */
export interface MfaVerifier {
  /** Whether the code would be good; it stays so. */
  check(claim: MfaClaim, now: number): Promise<MfaVerdict>;
  /** Uses the code up, in a transaction of its own. */
  use(claim: MfaClaim, now: number): Promise<MfaVerdict>;
}

/** After so many wrong codes for a device, none is looked at until so long after the first of them. */
const mostWrong = 5;
const restMs = 300_000;
const maxDevices = 10_000;

interface Failures {
  readonly since: number;
  readonly count: number;
}

/** Codes against a store, with a bound on guessing (per process). */
export function mfaVerifier(store: Pick<Store, 'reader' | 'transact'>): MfaVerifier {
  const failures = new Map<string, Failures>();
  const guarded = async (claim: MfaClaim, now: number, ask: () => Promise<MfaVerdict>): Promise<MfaVerdict> => {
    const key = `${claim.ownerId} ${claim.serialNumber}`;
    const known = failures.get(key);
    const recent = known !== undefined && Math.abs(now - known.since) < restMs ? known : { since: now, count: 0 };
    if (recent.count >= mostWrong) return 'wrong';
    if (failures.size >= maxDevices) failures.clear();
    // Counted as wrong until it is known not to be: many at once must not pass before the first is answered.
    failures.set(key, { ...recent, count: recent.count + 1 });
    let verdict: MfaVerdict | undefined;
    try {
      verdict = await ask();
      return verdict;
    } finally {
      const later = failures.get(key);
      if (verdict !== 'wrong' && later !== undefined) failures.set(key, { ...later, count: later.count - 1 });
    }
  };
  return {
    check: (claim, now) =>
      guarded(claim, now, async () => {
        const device = await accepted(store.reader, claim, now);
        return typeof device === 'string' ? device : 'valid';
      }),
    use: (claim, now) =>
      guarded(claim, now, () => store.transact(claim.accountId, (tx) => verifyMfaCode(tx, claim, now))),
  };
}
