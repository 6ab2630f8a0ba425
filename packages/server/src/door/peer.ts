/** Who is on the other end of the socket, and whether a proxy in between is believed. */
import type { HeadFields } from './head-fields.ts';

export interface Peer {
  readonly sourceIp: string;
  readonly secure: boolean;
}

/** IPv4 addresses that arrive in IPv6 notation are written as IPv4, so that `aws:SourceIp` conditions match. */
export const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);

export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/**
 * The client's address and whether it came over TLS. `X-Forwarded-*` count only when the socket's peer is
 * a trusted proxy; of a chain the last address that is not itself a trusted proxy is taken.
 */
export function peerOf(address: string, headers: HeadFields, secure: boolean, trusted: ReadonlySet<string>): Peer {
  const direct = plainAddress(address);
  if (!trusted.has(direct)) return { sourceIp: direct, secure };
  const forwarded = (headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => plainAddress(part.trim()))
    .filter((part) => part !== '');
  const client = forwarded.toReversed().find((address) => !trusted.has(address));
  const proto = headers['x-forwarded-proto'];
  return { sourceIp: client ?? direct, secure: proto === undefined ? secure : proto === 'https' };
}
