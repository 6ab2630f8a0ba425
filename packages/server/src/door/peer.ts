/** Who is on the other end of the socket, and whether a proxy in between is believed. */
import type { HeadFields } from './head-fields.ts';

export interface Peer {
  readonly sourceIp: string;
  readonly secure: boolean;
}

/** IPv4 addresses that arrive in IPv6 notation are written as IPv4, so that `aws:SourceIp` conditions match. */
const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);

export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** An entry of X-Forwarded-For: some proxies write the port behind the address. */
function forwardedAddress(entry: string): string {
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\]|([0-9.]+))(?::\d+)?$/.exec(entry) ?? [];
  return plainAddress(bracketed ?? dotted ?? entry);
}

const entriesOf = (list: string): string[] =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/**
 * The client's address and whether it came over TLS. `X-Forwarded-*` count only when the socket's peer is
 * a trusted proxy; of a chain the last address that is not itself a trusted proxy is taken,
 * and of the protocols the last: what stands before it anybody may have written.
 */
export function peerOf(address: string, headers: HeadFields, secure: boolean, trusted: ReadonlySet<string>): Peer {
  const direct = plainAddress(address);
  if (!trusted.has(direct)) return { sourceIp: direct, secure };
  const forwarded = entriesOf(headers['x-forwarded-for'] ?? '').map(forwardedAddress);
  const client = forwarded.findLast((address) => !trusted.has(address));
  const proto = entriesOf(headers['x-forwarded-proto'] ?? '').at(-1);
  return { sourceIp: client ?? direct, secure: proto === undefined ? secure : proto === 'https' };
}
