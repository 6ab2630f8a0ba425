import { parseBlock } from '../cidr.ts';
import type { Block } from '../cidr.ts';
import type { Representatives } from './representatives.ts';

const word = 16n;

/** The first address of a block and the first behind it, as numbers. */
function bounds({ address, prefix }: Block): [first: bigint, behind: bigint] {
  const size = 1n << BigInt(address.length * 16 - prefix);
  const number = address.reduce((sum, each) => (sum << word) | BigInt(each), 0n);
  const first = (number / size) * size;
  return [first, first + size];
}

function v4(number: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 0xffn).join('.');
}

function v6(number: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => (number >> (word * BigInt(7 - i))) & 0xffffn);
  return groups.map((group) => group.toString(16)).join(':');
}

/** The first address of each stretch in which every address is in the same blocks. */
function stretches(blocks: readonly Block[], words: 2 | 8): bigint[] {
  const own = blocks.filter(({ address }) => address.length === words).flatMap(bounds);
  const behindAll = 1n << BigInt(words * 16);
  return [...new Set([...own, 0n])].filter((number) => number < behindAll);
}

/** Addresses set aside for documentation come first: they read better in an answer. */
const pleasant = ['203.0.113.7', '2001:db8::7'];

/** An address for each stretch that the blocks cut the two address spaces into; and a text that is none. */
export function addressesAround(operands: readonly string[]): Representatives {
  const blocks = operands.map(parseBlock).filter((block) => block !== undefined);
  const values = [...pleasant, ...stretches(blocks, 2).map(v4), ...stretches(blocks, 8).map(v6), 'none'];
  return { values, complete: true };
}
