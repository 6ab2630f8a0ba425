/** The default quotas per account and region (spec/kinesisvideo.md 0.2 and 7). */
export const quotas = {
  streams: 10_000,
  signalingChannels: 10_000,
  /** Ten years. */
  retentionHours: 87_600,
} as const;
