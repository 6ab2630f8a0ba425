/** Certificates for tests: a root, an intermediate signed by it, and leaves. */
import { generate } from 'selfsigned';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const extensions = (cA: boolean) => [
  { name: 'basicConstraints' as const, cA, critical: true },
  { name: 'keyUsage' as const, digitalSignature: true, keyCertSign: cA },
];

/** A certificate that is good from `from` (milliseconds) for a year, signed by `ca` or by itself. */
export async function newCertificate(name: string, from: number, { ca, isCa = false }: { ca?: Pair; isCa?: boolean }) {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(from),
    notAfterDate: new Date(from + 365 * 86_400_000),
    extensions: extensions(isCa),
    ...(ca === undefined ? {} : { ca }),
  });
  return { cert, key };
}
