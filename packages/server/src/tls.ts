/** The certificate that the door shows, from files or self-signed. */
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { generate } from 'selfsigned';
import type { Clock } from './clock.ts';
import { SettingsError } from './config.ts';
import type { Settings } from './config.ts';
import { reasonOf } from './system-error.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const dayMs = 86_400_000;
/** The longest that the strictest clients accept. */
const validDays = 825;
/** A self-signed certificate is made anew at the first start within this time of its end. */
const renewDays = 30;

/**
 * Files are read as they are; `tlsSelfSigned` makes a pair in the data directory once and keeps using it until it
 * nears its end (`ephemeral` keeps it in memory).
 * @throws SettingsError when the files cannot be read or do not belong together
 */
export async function certificateOf(settings: Settings, clock: Clock): Promise<Certificate | undefined> {
  if (settings.tlsCert !== '') return usable(settings.tlsCert, settings.tlsKey);
  if (!settings.tlsSelfSigned) return undefined;
  if (settings.ephemeral) return made(settings, clock);
  const certFile = join(settings.data, 'tls-cert.pem');
  const keyFile = join(settings.data, 'tls-key.pem');
  const kept = readKept(certFile, keyFile);
  if (kept !== undefined && lasts(kept, clock)) return kept;
  const fresh = await made(settings, clock);
  mkdirSync(settings.data, { recursive: true, mode: 0o700 });
  writeFileSync(keyFile, fresh.key, { mode: 0o600 });
  writeFileSync(certFile, fresh.cert, { mode: 0o600 });
  return fresh;
}

const read = (cert: string, key: string): Certificate => ({
  cert: readFileSync(cert, 'utf8'),
  key: readFileSync(key, 'utf8'),
});

function usable(cert: string, key: string): Certificate {
  try {
    const pair = read(cert, key);
    createSecureContext(pair);
    return pair;
  } catch (error) {
    throw new SettingsError(`tlsCert and tlsKey cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

function readKept(cert: string, key: string): Certificate | undefined {
  try {
    const pair = read(cert, key);
    createSecureContext(pair);
    return pair;
  } catch {
    return undefined;
  }
}

const lasts = ({ cert }: Certificate, clock: Clock): boolean =>
  Date.parse(new X509Certificate(cert).validTo) - clock.now() > renewDays * dayMs;

async function made(settings: Settings, clock: Clock): Promise<Certificate> {
  const names = new Set(['localhost', '127.0.0.1', '::1', settings.host]);
  const pair = await generate([{ name: 'commonName', value: 'stagedoor' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    notBeforeDate: new Date(clock.now() - dayMs),
    notAfterDate: new Date(clock.now() + (validDays - 1) * dayMs),
    extensions: [{ name: 'subjectAltName', altNames: [...names].map(alternative) }],
  });
  return { cert: pair.cert, key: pair.private };
}

function alternative(name: string) {
  const isAddress = name.includes(':') || /^[0-9.]+$/.test(name);
  return isAddress ? { type: 7 as const, ip: name } : { type: 2 as const, value: name };
}
