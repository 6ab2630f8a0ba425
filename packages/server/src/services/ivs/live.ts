/** What the control plane asks of the media plane: who is on air, and to stop or annotate it. */
type StreamHealth = 'HEALTHY' | 'STARVING' | 'UNKNOWN';

/** A stream on air. */
export interface LiveStream {
  readonly channelArn: string;
  readonly streamId: string;
  /** Milliseconds since the epoch at which it became playable. */
  readonly startedAt: number;
  readonly health: StreamHealth;
  /** -1 when the count did not arrive in time. */
  readonly viewerCount: number;
}

export interface LiveStreams {
  stream(channelArn: string): Promise<LiveStream | undefined>;
  /** All streams on air of an account in a region. */
  streams(accountId: string, region: string): Promise<readonly LiveStream[]>;
  /** `unavailable`: it is just starting or ending. */
  stop(channelArn: string): Promise<'stopped' | 'notLive' | 'unavailable'>;
  /** Puts text into the stream at its live position; `throttled` beyond 5 a second per channel or 155 per account. */
  putMetadata(channelArn: string, text: string): Promise<'accepted' | 'notLive' | 'throttled'>;
}

/** Without a media plane nothing is ingested, so no channel is live. */
export const nobodyIsLive: LiveStreams = {
  stream: async () => undefined,
  streams: async () => [],
  stop: async () => 'notLive',
  putMetadata: async () => 'notLive',
};

export const liveStreams = (env: { readonly liveStreams?: LiveStreams | undefined }): LiveStreams =>
  env.liveStreams ?? nobodyIsLive;
