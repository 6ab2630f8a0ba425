import pg from 'pg';
import { StoreUnavailable } from './store.ts';
import type { Timers } from './timers.ts';

const maxAttempts = 8;
const firstBackoffMs = 10;

/** A statement failed in a way that a new attempt of the whole transaction may not. */
export class StatementFailure extends StoreUnavailable {}

/**
 * SQLSTATE codes and classes (PostgreSQL manual, appendix A) after which another attempt is worth it: serialization
 * failures and deadlocks, locks not available, lost connections, lack of resources, shutdown; and two processes that
 * create the same table at once (23505 in the catalogue, 42P07, 42710).
 */
const transient = /^(40001|40P01|55P03|25P03|23505|42P07|42710|08|53|57)/;
/** A connection that was there and is no more; not one that cannot be had, nor an answer that does not come. */
const lostConnection = /terminated|ECONNRESET|EPIPE|not queryable|ended/;
/** Wrong password, no such database, no permission: another attempt will say the same. */
const hopeless = /^(28|3D000|42501|25006)/;
/** The server says that the transaction was rolled back. */
const rolledBack = /^(40001|40P01)$/;

const codeOf = (error: unknown): string | undefined => (error instanceof pg.DatabaseError ? error.code : undefined);

/** What a failed statement says, as the store says it. Errors of the program's own SQL stay as they are. */
export async function answered<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    const code = codeOf(error);
    const lost = code === undefined && lostConnection.test(String(error));
    if (lost || transient.test(code ?? '')) throw new StatementFailure(said(code), { retryable: true, cause: error });
    throw code === undefined || hopeless.test(code) ? unavailable(error) : error;
  }
}

/** Runs `attempt` until it does not end in a `StatementFailure`, at most eight times in about a second. */
export async function retrying<T>(timers: Timers, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1, wait = firstBackoffMs; ; tries += 1, wait *= 2) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === maxAttempts || !(error instanceof StatementFailure)) throw error;
    }
    await timers.sleep(wait);
  }
}

/** No connection could be had. */
export function unavailable(error: unknown): StoreUnavailable {
  const code = codeOf(error);
  return new StoreUnavailable(said(code), { retryable: code === undefined || !hopeless.test(code), cause: error });
}

/** COMMIT failed: unless the server says that it rolled back, the write may stand, and must not be repeated blindly. */
export function unknownOutcome(error: unknown): unknown {
  const cause = error instanceof StoreUnavailable ? error.cause : error;
  if (rolledBack.test(codeOf(cause) ?? '')) return error;
  return new StoreUnavailable('whether the write was committed is not known', { retryable: false, cause });
}

const said = (code: string | undefined): string =>
  code === undefined ? 'the database does not answer' : `the database cannot be used: SQLSTATE ${code}`;
