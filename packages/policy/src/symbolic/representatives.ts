import { addressesAround } from './addresses.ts';
import { instantsAround, numbersAround } from './numbers.ts';
import type { OrderedFamily } from './predicate.ts';

/** Values such that any other value passes the same tests as one of them, if `complete`. */
export interface Representatives {
  readonly values: readonly string[];
  readonly complete: boolean;
}

/** Each operand, bytes that are no operand (one of so many must be others), and a text that is not base64. */
function bytesAround(operands: readonly string[]): Representatives {
  const strangers = ['', ...operands].map((_, i) => `A${String(i).padStart(3, '0')}`);
  return { values: [...strangers, ...operands, '!'], complete: operands.length < 1000 };
}

const families: Readonly<Record<OrderedFamily, (operands: readonly string[]) => Representatives>> = {
  number: numbersAround,
  date: instantsAround,
  address: addressesAround,
  bytes: bytesAround,
};

/** Values that stand for all others where tests of one family with these operands are made. */
export function representativesOf(family: OrderedFamily, operands: readonly string[]): Representatives {
  return families[family](operands);
}
