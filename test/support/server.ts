/** A whole server in this process, in memory, with the fixtures of the source documents. */
import { resolve } from 'node:path';
import { SettableClock } from '../../packages/server/src/clock.ts';
import { readSettings } from '../../packages/server/src/config.ts';
import { createLog } from '../../packages/server/src/log.ts';
import { startServer } from '../../packages/server/src/server.ts';
import type { Server } from '../../packages/server/src/server.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Keys of examples/fixtures.yaml. */
export const keys = {
  root: { accessKeyId: 'AKIAROOT123456789012', secretAccessKey: 'rootSecretOfTheExampleAccount123456789012' },
  admin: { accessKeyId: 'AKIAADMIN12345678901', secretAccessKey: 'adminSecretOfTheExampleAccount1234567890' },
  mateojackson: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  richardRoe: { accessKeyId: 'AKIARICHARDROE345678', secretAccessKey: 'richardSecretOfTheExampleAccount12345678' },
  /** Root of 111122223333. */
  otherRoot: { accessKeyId: 'AKIAROOT111122223333', secretAccessKey: 'rootSecretOfTheExampleAccount111122223333' },
  /** Root of 111111111111 and its user `partner`, who may assume CustomRole. */
  partnerRoot: { accessKeyId: 'AKIAROOT111111111111', secretAccessKey: 'rootSecretOfTheExampleAccount111111111111' },
  partner: { accessKeyId: 'AKIAPARTNER111111111', secretAccessKey: 'partnerSecretOfTheExampleAccount11111111' },
} as const satisfies Record<string, Credentials>;

export const fixtures = resolve(import.meta.dirname, '../../examples/fixtures.yaml');
export const region = 'us-west-2';
export const account = '123456789012';
export const channelArn = `arn:aws:ivs:${region}:${account}:channel/VgNkEJgOVX9N`;
export const ownedChannelArn = `arn:aws:ivs:${region}:${account}:channel/Ab1Cd2Ef3Gh4`;

export interface TestServer extends Server {
  readonly clock: SettableClock;
  /** All log lines so far. */
  readonly logLines: string[];
}

/** Starts one on a free port; `flags` are settings as on the command line. */
export async function testServer(flags: Readonly<Record<string, unknown>> = {}): Promise<TestServer> {
  const logLines: string[] = [];
  const settings = readSettings({ ephemeral: true, port: 0, opsPort: 0, import: fixtures, ...flags });
  const server = await startServer(settings, createLog('info', { write: (line) => logLines.push(line) }));
  const { clock } = server.house.env;
  if (!(clock instanceof SettableClock)) throw new Error('an ephemeral server has a clock that can be set');
  return { ...server, clock, logLines };
}
