/** `stagedoor` as its user runs it: a process of its own, with nothing of this process's environment or directory. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { region } from './fixtures.ts';
import type { Credentials } from './server.ts';

/** `npm test` builds before it tests. */
const program = resolve(import.meta.dirname, '../../packages/server/dist/main.js');

/** Long enough for a machine that has much else to do. */
const startTimeoutMs = 60_000;

type Variables = Readonly<Record<string, string>>;

export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  /** Both streams so far, in the order of arrival. */
  output(): string;
  /** Resolves when it ended, of itself or by a signal. */
  readonly ended: Promise<Ended>;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

const directories: string[] = [];
const children = new Set<ChildProcess>();

/** A new empty directory that `endAll` removes. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-test-'));
  directories.push(directory);
  return directory;
}

/** Ends what was started here and removes the directories. For `afterAll`. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export interface Options {
  readonly env?: Variables;
  /** Where it runs; a directory without a `stagedoor.yaml` unless one is given. */
  readonly cwd?: string;
}

/** Runs any program; resolves when it ended. `env` is its whole environment, besides PATH and HOME. */
export function runProgram(command: string, args: readonly string[], options: Options = {}): Promise<Ended> {
  return launched(command, args, options).ended;
}

/** `stagedoor <args>` to its end. */
export const stagedoor = (args: readonly string[], options: Options = {}): Promise<Ended> =>
  runProgram(process.execPath, [program, ...args], options);

/** `stagedoor start <args>` on a free port, without the operators' port; resolves when it serves. */
export async function startProcess(args: readonly string[], options: Options = {}): Promise<Running> {
  const all = [program, 'start', '--port', '0', '--ops-port', '0', ...args];
  const { child, output, ended } = launched(process.execPath, all, options);
  const url = await servingUrl(child, output, ended);
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  return { url, child, output, ended, stop };
}

function launched(command: string, args: readonly string[], { env = {}, cwd = tmpdir() }: Options) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, [...args], { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const text = { all: '', stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (part: string) => {
      text[stream] += part;
      text.all += part;
    });
  }
  const ended = new Promise<Ended>((settle, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => {
      children.delete(child);
      settle({ code, signal, stdout: text.stdout, stderr: text.stderr });
    });
  });
  return { child, output: () => text.all, ended };
}

function servingUrl(child: ChildProcess, output: () => string, ended: Promise<Ended>): Promise<string> {
  return new Promise((settle, fail) => {
    const failed = () => fail(new Error(`stagedoor did not start:\n${output()}`));
    const timeout = setTimeout(failed, startTimeoutMs);
    void ended.then(failed, fail);
    child.stdout?.on('data', () => {
      const url = /^Stagedoor listens on (\S+)$/m.exec(output())?.[1];
      if (url === undefined) return;
      clearTimeout(timeout);
      settle(url);
    });
  });
}

/** A port that nothing listens on now. */
export function freePort(): Promise<number> {
  return new Promise((settle) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The first key of a file in AWS's shared-credentials format. */
export function readCredentials(file: string): Credentials {
  const text = readFileSync(file, 'utf8');
  const value = (name: string) => new RegExp(`^${name} *= *(\\S+)$`, 'm').exec(text)?.[1] ?? '';
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
}

/** Options of an SDK client that shows each first answer. The SDK writes into the credentials it is given: a copy. */
export const clientOptions = (endpoint: string, credentials: Credentials) => ({
  endpoint,
  credentials: { ...credentials },
  region,
  maxAttempts: 1,
});

/** The error code of a call, or `ok`. */
export const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: Error) => error.name,
  );

/** Credentials as the environment of a program. */
export const asVariables = ({ accessKeyId, secretAccessKey, sessionToken }: Credentials): Variables => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
});

/**
 * Asks again and again until `holds`; answers how many milliseconds it took.
 * Throws when it did not within `limitMs`.
 */
export async function within(limitMs: number, holds: () => Promise<boolean>): Promise<number> {
  const begun = performance.now();
  for (;;) {
    if (await holds()) return performance.now() - begun;
    if (performance.now() - begun > limitMs) throw new Error(`did not hold within ${limitMs} ms`);
    await new Promise((settle) => setTimeout(settle, 20));
  }
}
