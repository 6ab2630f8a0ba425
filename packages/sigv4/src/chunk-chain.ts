/** The chain of chunk signatures: each one signs its chunk and the signature before it. */
import { emptySha256, sha256Hex } from './digest.ts';

/** Where a chain starts: the verified signature of the request's head. */
export interface ChunkSeed {
  readonly algorithm: string;
  readonly timestamp: string;
  readonly scope: string;
  /** The signature of the head, in hex. */
  readonly signature: string;
  /** Whether a signature over a text is the signer's. */
  readonly fits: (text: string, signature: string) => boolean;
}

export class ChunkChain {
  readonly #seed: ChunkSeed;
  #previous: string;
  #sealed = false;

  constructor(seed: ChunkSeed) {
    this.#seed = seed;
    this.#previous = seed.signature;
  }

  /** Whether the trailer's signature has been seen and fitted: nothing may follow. */
  get sealed(): boolean {
    return this.#sealed;
  }

  /** Checks a chunk by the SHA-256 of its data (hex) and moves on. */
  chunkFits(sha256: string, signature: string): boolean {
    return this.#next('PAYLOAD', `${emptySha256}\n${sha256}`, signature);
  }

  /** Checks the trailers in the order sent. */
  trailerFits(trailers: ReadonlyMap<string, string>, signature: string): boolean {
    let text = '';
    for (const [name, value] of trailers) text += `${name}:${value}\n`;
    this.#sealed = this.#next('TRAILER', sha256Hex(text), signature.split('*', 1)[0] ?? '');
    return this.#sealed;
  }

  #next(what: 'PAYLOAD' | 'TRAILER', hashes: string, signature: string): boolean {
    const { algorithm, timestamp, scope, fits } = this.#seed;
    const text = `${algorithm}-${what}\n${timestamp}\n${scope}\n${this.#previous}\n${hashes}`;
    this.#previous = signature;
    return fits(text, signature);
  }
}
