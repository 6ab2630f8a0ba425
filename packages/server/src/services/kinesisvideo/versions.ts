/** Versions and creation codes (spec/kinesisvideo.md 0.2). */
import type { Transaction } from '../../store/store.ts';
import type { Random } from '../environment.ts';
import { alphanumerics } from '../random-text.ts';
import { scopeOf, type KinesisVideoType, type Place } from './arns.ts';
import { lastDeleted } from './records.ts';

export const newVersion = (random: Random): string => alphanumerics(random, 20);

const codeOf = (ms: number): string => String(ms).padStart(13, '0');

/**
 * The code of what is created now: the time in milliseconds, but later than everything deleted before.
 * So a re-created stream never gets back an ARN that old policies name, even within one millisecond.
 */
export async function creationCode(
  tx: Transaction,
  place: Place,
  type: KinesisVideoType,
  now: number,
): Promise<string> {
  const deleted = await tx.get(lastDeleted, scopeOf(place), type);
  return codeOf(deleted === undefined ? now : Math.max(now, Number(deleted.code) + 1));
}

/** Remembers that a code was in use. */
export async function retireCode(tx: Transaction, place: Place, type: KinesisVideoType, code: string): Promise<void> {
  const deleted = await tx.get(lastDeleted, scopeOf(place), type);
  if (deleted === undefined || deleted.code < code) await tx.put(lastDeleted, scopeOf(place), type, { code });
}

interface Refusing {
  fail(code: 'VersionMismatchException', message: string): never;
}

/** Refuses a change of something that has changed since the caller read it. */
export function checkVersion(current: string, given: string | undefined, call: Refusing): void {
  if (given === undefined || given === current) return;
  call.fail('VersionMismatchException', `The given version ${given} is not the current version`);
}
