/** The default quotas per account and region (spec/ivs.md 2.3). */
export const quotas = {
  channels: 5000,
  streamKeysPerChannel: 1,
  playbackKeyPairs: 3,
  restrictionPolicies: 3,
  countriesPerPolicy: 200,
  originsPerPolicy: 5,
  /** UTF-8 bytes of one PutMetadata payload. */
  metadataBytes: 1024,
} as const;

interface Refusing {
  fail(code: 'ServiceQuotaExceededException', message: string): never;
}

/** Refuses the call when `used` has reached `quota`. `what` is a noun that fits the number. */
export function checkQuota(used: number, quota: number, what: string, call: Refusing): void {
  if (used >= quota) call.fail('ServiceQuotaExceededException', `The quota of ${quota} ${what} has been reached`);
}
