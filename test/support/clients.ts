/** The stock AWS SDK clients, pointed at a test server. */
import { IAMClient } from '@aws-sdk/client-iam';
import { IvsClient } from '@aws-sdk/client-ivs';
import { KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { STSClient } from '@aws-sdk/client-sts';
import { region } from './server.ts';
import type { Credentials } from './server.ts';

export interface Clients {
  readonly iam: IAMClient;
  readonly sts: STSClient;
  readonly ivs: IvsClient;
  readonly kinesisVideo: KinesisVideoClient;
}

/**
 * One client per service; no retries, so that each test sees the first answer. `systemClockOffset`: milliseconds by
 * which the server's clock was set ahead of the machine's.
 */
export function clientsFor(
  endpoint: string,
  credentials: Credentials,
  inRegion = region,
  systemClockOffset = 0,
): Clients {
  const options = { endpoint, credentials, region: inRegion, maxAttempts: 1, systemClockOffset };
  return {
    iam: new IAMClient(options),
    sts: new STSClient(options),
    ivs: new IvsClient(options),
    kinesisVideo: new KinesisVideoClient(options),
  };
}

export interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

/** Whether a call was answered; a refusal other than for want of permission fails the test. */
export async function allowed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name)) return false;
    throw error;
  }
}

/** Whether a call was permitted, however it went on: a permitted one may still miss what it asks for. */
export async function permitted(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    return !/^AccessDenied(Exception)?$/.test(error.name);
  }
}

/** The error of a call that must fail: its code, text and status. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode };
  }
  throw new Error('the call was expected to be refused');
}
