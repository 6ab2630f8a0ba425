/** The head of a request as it came off the wire, indexed once for reading and canonicalising. */
import { parseQuery } from './query.ts';
import type { QueryPair } from './query.ts';

/** What the verifier needs of a request. Strings hold one byte per character, as `node:http` delivers them. */
export interface RequestHead {
  readonly method: string;
  /** The request target exactly as sent: path, then `?` and the query if there is one (`request.url`). */
  readonly target: string;
  /** Names and values alternating, duplicates kept (`request.rawHeaders`). */
  readonly rawHeaders: readonly string[];
}

/** A head with its target split and its header names lower-cased. */
export interface IndexedHead {
  readonly method: string;
  readonly path: string;
  readonly query: readonly QueryPair[];
  /** Lower-cased names; the i-th belongs to `rawHeaders[2 * i]`. */
  readonly names: readonly string[];
  readonly rawHeaders: readonly string[];
}

/** Splits the target and lower-cases the names. Escapes must have been checked (`checkEscapes`). */
export function indexHead(head: RequestHead): IndexedHead {
  const { method, target, rawHeaders } = head;
  const mark = target.indexOf('?');
  const names: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) names.push(rawHeaders[i]!.toLowerCase());
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? [] : parseQuery(target.slice(mark + 1)),
    names,
    rawHeaders,
  };
}

/** The first header of that (lower-case) name, trimmed. */
export function firstHeader(head: IndexedHead, name: string): string | undefined {
  const at = head.names.indexOf(name);
  return at < 0 ? undefined : head.rawHeaders[2 * at + 1]!.trim();
}

/** All headers of that (lower-case) name, each trimmed, joined with commas: what the canonical request also shows. */
export function joinedHeader(head: IndexedHead, name: string): string | undefined {
  let joined = firstHeader(head, name);
  if (joined === undefined) return undefined;
  for (let at = head.names.indexOf(name) + 1; at < head.names.length; at++) {
    if (head.names[at] === name) joined += `,${head.rawHeaders[2 * at + 1]!.trim()}`;
  }
  return joined;
}
