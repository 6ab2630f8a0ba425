/** The part of a call that helpers use, so that they serve every row. */
import type { Reader, Transaction } from '../../store/store.ts';
import type { Call, CommonError } from '../service.ts';

/** `E`: the error codes that the helper answers with; the row's operation must declare them. */
export interface Needs<E extends string = never> extends Pick<Call, 'caller' | 'accountId' | 'now' | 'reader' | 'env'> {
  readonly fail: (code: E | CommonError, message: string) => never;
  /** Present in `write` handlers. */
  readonly tx?: Transaction;
}

export interface Writes<E extends string = never> extends Needs<E> {
  readonly tx: Transaction;
}

/** What is true for this call: the transaction's view while writing, committed state otherwise. */
export const state = (call: Needs): Reader => call.tx ?? call.reader;

/** The same object without its `undefined` members, for outputs whose optional members must be absent. */
export function present<T extends object>(value: T): Present<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the undefined members went
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>;
}

type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];
export type Present<T> = Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> };
