/**
 * Encryption at rest and of session tokens. Implemented by `KeyRing` (AES-256-GCM); the first key of the
 * ring seals, every key opens, so a ring with a new first key is a rotation.
 */
export interface Sealer {
  /** Text safe for JSON and URLs (base64url). `context` is authenticated but not stored. */
  seal(plain: Uint8Array, context: string): string;
  /** The plain bytes, or `undefined` when the text was altered, sealed for another context or by an unknown key. */
  open(sealed: string, context: string): Buffer | undefined;
}
