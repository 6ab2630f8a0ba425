/** The certificate that the door shows, from files or self-signed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { Settings } from './config.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Files are read as they are; `tlsSelfSigned` makes a pair in the data directory once and keeps using it. */
export async function certificateOf(settings: Settings): Promise<Certificate | undefined> {
  if (settings.tlsCert !== '') return read(settings.tlsCert, settings.tlsKey);
  if (!settings.tlsSelfSigned) return undefined;
  const certFile = join(settings.data, 'tls-cert.pem');
  const keyFile = join(settings.data, 'tls-key.pem');
  try {
    return read(certFile, keyFile);
  } catch {
    return made(settings, certFile, keyFile);
  }
}

const read = (cert: string, key: string): Certificate => ({
  cert: readFileSync(cert, 'utf8'),
  key: readFileSync(key, 'utf8'),
});

async function made(settings: Settings, certFile: string, keyFile: string): Promise<Certificate> {
  const names = ['localhost', '127.0.0.1', '::1', settings.host];
  const made = await generate([{ name: 'commonName', value: 'stagedoor' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: names.map(alternative) }],
  });
  mkdirSync(settings.data, { recursive: true, mode: 0o700 });
  writeFileSync(keyFile, made.private, { mode: 0o600 });
  writeFileSync(certFile, made.cert, { mode: 0o600 });
  return { cert: made.cert, key: made.private };
}

function alternative(name: string) {
  const isAddress = name.includes(':') || /^[0-9.]+$/.test(name);
  return isAddress ? { type: 7 as const, ip: name } : { type: 2 as const, value: name };
}
