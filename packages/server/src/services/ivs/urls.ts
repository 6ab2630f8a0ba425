/**
 * Where encoders and players reach a channel (spec/ivs.md 2.1). Hosts are this installation's own, never
 * AWS's: an encoder that is sent to a foreign host would hand it the stream key. Paths are AWS's.
 */
import type { Environment } from '../environment.ts';
import type { Place } from './arns.ts';

type Settings = Environment['settings'];

const hosts = new WeakMap<Settings, string>();

/** Host, with its port unless that is the scheme's own, of the RTMPS listener. */
export function ingestEndpoint(settings: Settings): string {
  const known = hosts.get(settings);
  if (known !== undefined) return known;
  const url = new URL(settings.rtmpsUrl ?? settings.publicUrl);
  const host = url.protocol === 'rtmps:' && url.port === '443' ? url.hostname : url.host;
  hosts.set(settings, host);
  return host;
}

/** The multivariant playlist of a channel. */
export function playbackUrl(place: Place, channelId: string): string {
  const { publicUrl } = place.env.settings;
  const base = publicUrl.endsWith('/') ? publicUrl.slice(0, -1) : publicUrl;
  return `${base}/api/video/v1/${place.region}.${place.accountId}.channel.${channelId}.m3u8`;
}
