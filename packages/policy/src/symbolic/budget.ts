/** How much work one comparison may do; when it is gone the answer is `unknown`. */
export interface Budget {
  /** Places in globs that may still be looked at from states of a product. */
  effort: number;
  /** Branches that may still be opened. */
  branches: number;
  /** Some question was given up although there was effort left. */
  gaveUp: boolean;
}

/** Effort that one question about one dimension may take before it is given up. */
export const effortPerQuestion = 60_000;

/** What a bounded search comes back with: a find, the proof that there is none, or neither. */
export type Search<T> = { readonly found: T } | 'none' | 'limit';

/** @param limit effort in all; a branch costs as much as ten. */
export function newBudget(limit = 600_000): Budget {
  return { effort: limit, branches: Math.ceil(limit / 10), gaveUp: false };
}

export function isSpent({ effort, branches }: Budget): boolean {
  return effort < 0 || branches < 0;
}
