/**
 * Where encoders and players reach a channel (spec/ivs.md 2.1). Hosts are this installation's own, never
 * AWS's: an encoder that is sent to a foreign host would hand it the stream key. Paths are AWS's.
 */
import type { Environment } from '../environment.ts';
import { baseUrl } from '../public-url.ts';
import type { Place } from './arns.ts';

type Settings = Environment['settings'];

/** The last listener's host: the URL seldom changes, and every answer with a channel needs it. */
let last = { url: '', host: '' };

function hostOf(url: string): string {
  const { protocol, port, hostname, host } = new URL(url);
  return protocol === 'rtmps:' && port === '443' ? hostname : host;
}

/** Host, with its port unless that is the scheme's own, of the RTMPS listener. */
export function ingestEndpoint(settings: Settings): string {
  const url = settings.rtmpsUrl ?? settings.publicUrl;
  if (last.url !== url) last = { url, host: hostOf(url) };
  return last.host;
}

/** The multivariant playlist of a channel. */
export function playbackUrl(place: Place, channelId: string): string {
  return `${baseUrl(place.env.settings)}/api/video/v1/${place.region}.${place.accountId}.channel.${channelId}.m3u8`;
}
