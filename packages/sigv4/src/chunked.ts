/** Bodies in `aws-chunked` coding: decoded while they arrive, each chunk's signature checked before its data is given. */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { ChunkChain } from './chunk-chain.ts';
import type { ChunkSeed } from './chunk-chain.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { StreamingPayload } from './rules.ts';

export interface ChunkedOptions {
  /** x-amz-decoded-content-length: the data must be exactly this long. */
  readonly decodedLength?: number;
  /** Largest chunk, bytes; a signed one is held in memory until its signature is checked. Default 16 MiB. */
  readonly maxChunk?: number;
  /** Smallest chunk but the last, bytes. Default 8,192, as S3 asks; 0 for none. */
  readonly minChunk?: number;
}

/** The body ended as it should. Compare checksums named in the trailers with the data. */
export interface ChunkedEnd {
  readonly kind: 'complete';
  /** Trailing headers by lower-case name, the trailer signature left out. */
  readonly trailers: ReadonlyMap<string, string>;
}

type State = 'size' | 'data' | 'dataEnd' | 'trailer' | 'done';

const maxLine = 8192;
const newline = 0x0a;
const framing = refuse('chunkFraming', 'The request body is not in valid aws-chunked encoding');
const tooSmall = refuse('chunkFraming', 'Only the last chunk is allowed to have a size less than 8192 bytes');
const badSignature = refuse('chunkSignature', 'The signature of a chunk does not match its data');

/** Decodes one body. Feed it with `push`, then call `finish`; after a refusal discard everything it gave. */
export class ChunkedDecoder {
  readonly #chain: ChunkChain | undefined;
  readonly #withTrailer: boolean;
  readonly #options: Required<ChunkedOptions>;
  readonly #trailers = new Map<string, string>();
  #state: State = 'size';
  #line = '';
  #remaining = 0;
  #size = 0;
  #previousSize = Number.POSITIVE_INFINITY;
  #total = 0;
  #signature = '';
  #hash: Hash | undefined;
  #held: Uint8Array[] = [];
  #refusal: Refusal | undefined;

  /** `form` and `seed` come from the claim of the verified request (`PayloadClaim`, kind `streaming`). */
  constructor(claim: { readonly form: StreamingPayload; readonly seed: ChunkSeed }, options: ChunkedOptions = {}) {
    this.#chain = claim.form === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' ? undefined : new ChunkChain(claim.seed);
    this.#withTrailer = claim.form.endsWith('-TRAILER');
    this.#options = { decodedLength: -1, maxChunk: 16 * 1024 * 1024, minChunk: 8192, ...options };
  }

  /** Takes the next bytes of the body; gives the data that became trustworthy, in order. */
  push(bytes: Uint8Array): readonly Uint8Array[] | Refusal {
    const given: Uint8Array[] = [];
    for (let at = 0; at < bytes.length && this.#refusal === undefined;) {
      at = this.#state === 'data' ? this.#takeData(bytes, at, given) : this.#takeLine(bytes, at, given);
    }
    return this.#refusal ?? given;
  }

  /** To be called when the body ended. */
  finish(): ChunkedEnd | Refusal {
    const { decodedLength } = this.#options;
    if (this.#refusal !== undefined) return this.#refusal;
    if (this.#state !== 'done' || (decodedLength >= 0 && this.#total !== decodedLength)) return framing;
    return { kind: 'complete', trailers: this.#trailers };
  }

  #takeData(bytes: Uint8Array, at: number, given: Uint8Array[]): number {
    const piece = bytes.subarray(at, at + this.#remaining);
    this.#remaining -= piece.length;
    if (this.#chain === undefined) given.push(piece);
    else this.#held.push(piece);
    this.#hash?.update(piece);
    if (this.#remaining === 0) this.#state = 'dataEnd';
    return at + piece.length;
  }

  #takeLine(bytes: Uint8Array, at: number, given: Uint8Array[]): number {
    const found = bytes.indexOf(newline, at);
    const end = found < 0 ? bytes.length : found;
    if (this.#line.length + end - at > maxLine || this.#state === 'done') {
      this.#refusal = framing;
      return end;
    }
    this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('latin1');
    if (found < 0) return end;
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    this.#refusal = this.#onLine(line, given);
    return found + 1;
  }

  #onLine(line: string, given: Uint8Array[]): Refusal | undefined {
    if (this.#state === 'size') return this.#startChunk(line);
    if (this.#state === 'dataEnd') return line === '' ? this.#endChunk(given) : framing;
    return this.#onTrailer(line);
  }

  #startChunk(line: string): Refusal | undefined {
    const found = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64,144})\**)?$/.exec(line);
    if (found === null || (found[2] === undefined) !== (this.#chain === undefined)) return framing;
    this.#previousSize = this.#size === 0 ? Number.POSITIVE_INFINITY : this.#size;
    this.#size = Number.parseInt(found[1] ?? '', 16);
    this.#signature = found[2] ?? '';
    this.#total += this.#size;
    return this.#checkSize() ?? this.#begin();
  }

  #checkSize(): Refusal | undefined {
    const { maxChunk, minChunk, decodedLength } = this.#options;
    if (this.#size > maxChunk || (decodedLength >= 0 && this.#total > decodedLength)) return framing;
    return this.#size > 0 && this.#previousSize < minChunk ? tooSmall : undefined;
  }

  #begin(): Refusal | undefined {
    this.#remaining = this.#size;
    this.#hash = this.#chain === undefined ? undefined : createHash('sha256');
    if (this.#size > 0) {
      this.#state = 'data';
      return undefined;
    }
    this.#state = this.#withTrailer ? 'trailer' : 'dataEnd';
    return this.#withTrailer ? this.#checkChunk() : undefined;
  }

  #endChunk(given: Uint8Array[]): Refusal | undefined {
    const last = this.#size === 0;
    this.#state = last ? 'done' : 'size';
    const refusal = this.#checkChunk();
    if (refusal === undefined) given.push(...this.#held);
    this.#held = [];
    return refusal;
  }

  #checkChunk(): Refusal | undefined {
    if (this.#chain === undefined || this.#hash === undefined) return undefined;
    return this.#chain.chunkFits(this.#hash.digest('hex'), this.#signature) ? undefined : badSignature;
  }

  #onTrailer(line: string): Refusal | undefined {
    if (line === '') {
      // Some signers put an empty line between the trailers and their signature.
      if (this.#chain === undefined || this.#chain.sealed) this.#state = 'done';
      return undefined;
    }
    const colon = line.indexOf(':');
    if (colon <= 0 || this.#trailers.size >= 64) return framing;
    return this.#addTrailer(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }

  #addTrailer(name: string, value: string): Refusal | undefined {
    if (this.#chain === undefined || name !== 'x-amz-trailer-signature') {
      if (this.#trailers.has(name) || this.#chain?.sealed === true) return framing;
      this.#trailers.set(name, value);
      return undefined;
    }
    return this.#chain.trailerFits(this.#trailers, value) ? undefined : badSignature;
  }
}
