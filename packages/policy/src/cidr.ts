/** IP addresses and blocks. The two families never match each other. */

/** Two words of 16 bits for version 4, eight for version 6. */
export type Address = readonly number[];

export interface Block {
  readonly address: Address;
  /** Bits of the address that count. */
  readonly prefix: number;
}

const V4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9A-Fa-f]{1,4}$/;

function parseV4(text: string): Address | undefined {
  const found = V4.exec(text);
  if (found === null) return undefined;
  const octets = found.slice(1).map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  return [octets[0]! * 256 + octets[1]!, octets[2]! * 256 + octets[3]!];
}

/** One side of `::`: groups of hexadecimal digits, the last of which may be a version 4 address. */
function parseGroups(text: string, mayEndInV4: boolean): number[] | undefined {
  if (text === '') return [];
  const words: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    const v4 = mayEndInV4 && i === groups.length - 1 ? parseV4(group) : undefined;
    if (v4 !== undefined) words.push(...v4);
    else if (GROUP.test(group)) words.push(Number.parseInt(group, 16));
    else return undefined;
  }
  return words;
}

function parseV6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const front = parseGroups(halves[0]!, halves.length === 1);
  const back = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (front === undefined || back === undefined) return undefined;
  const missing = 8 - front.length - back.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...front, ...Array<number>(missing).fill(0), ...back];
}

/** Reads an address of either version; `undefined` for anything else. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

/** Reads `address` or `address/bits`; without bits the address alone. Host bits are ignored when matching. */
export function parseBlock(text: string): Block | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const width = address.length * 16;
  if (slash < 0) return { address, prefix: width };
  const bits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined;
  return { address, prefix: Number(bits) };
}

/** Whether the block holds the address. A version 4 address written as `::ffff:a.b.c.d` is version 6. */
export function holdsAddress(block: Block, address: Address): boolean {
  if (block.address.length !== address.length) return false;
  for (let i = 0, left = block.prefix; left > 0; i += 1, left -= 16) {
    const shift = left >= 16 ? 0 : 16 - left;
    if (block.address[i]! >> shift !== address[i]! >> shift) return false;
  }
  return true;
}
