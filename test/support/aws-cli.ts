/** The stock AWS CLI against a test server, as its user types it. */
import { spawnSync } from 'node:child_process';
import { region } from './fixtures.ts';
import { asVariables, runProgram, scratch } from './process.ts';
import type { Ended } from './process.ts';
import type { Credentials } from './server.ts';

/** What `aws --version` says, or `undefined` where there is none. */
export function awsCliVersion(): string | undefined {
  const { status, stdout } = spawnSync('aws', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

export interface AwsCli {
  /** Runs `aws <words>`; options with spaces stand in `more`. */
  (words: string, ...more: string[]): Promise<Ended>;
  /** As above, and the JSON it prints. Fails the test when the command fails. */
  json(words: string, ...more: string[]): Promise<unknown>;
}

/** The CLI signed in with these credentials, reading no file of the machine's user. */
export function awsCli(url: string, credentials: Credentials): AwsCli {
  const home = scratch();
  const env = {
    ...asVariables(credentials),
    HOME: home,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
  const run = (words: string, ...more: string[]) =>
    runProgram('aws', ['--endpoint-url', url, '--output', 'json', ...words.split(' '), ...more], { env });
  const json = async (words: string, ...more: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await run(words, ...more);
    if (code !== 0) throw new Error(`aws ${words} failed: ${stderr}`);
    return stdout.trim() === '' ? {} : JSON.parse(stdout);
  };
  return Object.assign(run, { json });
}
