/** How much work one comparison may do; when it is gone the answer is `unknown`. */
export interface Budget {
  /** Product states that may still be visited. */
  states: number;
  /** Branches that may still be opened. */
  branches: number;
}

/** Product states one emptiness question may visit before it is given up. */
export const statesPerQuestion = 20_000;

/** What a bounded search comes back with: a find, the proof that there is none, or neither. */
export type Search<T> = { readonly found: T } | 'none' | 'limit';

/** @param limit product states in all; a branch costs as much as ten of them. */
export function newBudget(limit = 400_000): Budget {
  return { states: limit, branches: Math.ceil(limit / 10) };
}
