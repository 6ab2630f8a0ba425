/** `--ephemeral` only, from loopback only: health, reset and clock for test suites. */
import type { SettableClock } from '../clock.ts';
import type { Arrival, Departure } from './arrival.ts';
import { isLoopback } from './peer.ts';

interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly accountId: string;
}

export interface EphemeralControl {
  readonly clock: SettableClock;
  /** Back to the first-start state with the same root key. */
  readonly reset: () => Promise<RootCredentials>;
}

const prefix = '/_stagedoor/';

const json = (status: number, value: unknown): Departure => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

type Handler = (control: EphemeralControl, arrival: Arrival) => Departure | Promise<Departure>;

const pages: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET health', () => json(200, { status: 'ok' })],
  [
    'POST reset',
    (control) =>
      control.reset().then(
        (root) => json(200, root),
        (error: Error) => json(500, { error: error.message }),
      ),
  ],
  ['POST clock', (control, arrival) => setClock(control.clock, arrival.body.toString('utf8'))],
]);

/** The answer to a control request, or `undefined` when this is not one. */
export async function controlAnswer(control: EphemeralControl, arrival: Arrival): Promise<Departure | undefined> {
  if (!arrival.path.startsWith(prefix) || !fromThisMachine(arrival)) return undefined;
  if (fromWebPage(arrival)) return json(403, { error: 'web pages may not control the server' });
  const handler = pages.get(`${arrival.method} ${arrival.path.slice(prefix.length)}`);
  return handler === undefined
    ? json(404, { error: `no such page; there are ${[...pages.keys()].join(', ')}` })
    : handler(control, arrival);
}

/** A proxy or tunnel on this machine speaks from loopback for clients that are anywhere. */
const fromThisMachine = ({ sourceIp, headers }: Arrival): boolean =>
  isLoopback(sourceIp) && headers['x-forwarded-for'] === undefined;

/** Any page that a developer's browser shows can reach loopback; browsers say so in `Origin`. */
const fromWebPage = ({ rawHeaders }: Arrival): boolean =>
  rawHeaders.some((text, index) => index % 2 === 0 && text.toLowerCase() === 'origin');

function setClock(clock: SettableClock, text: string): Departure {
  const now = clockText(text);
  if (now === undefined) return json(400, { error: 'the body must be {"now": "<ISO 8601 time>"} or {"now": null}' });
  clock.set(now);
  return json(200, { now: new Date(clock.now()).toISOString() });
}

/** Milliseconds, `null` for the machine's time, or `undefined` when the body is neither. */
function clockText(text: string): number | null | undefined {
  try {
    const { now } = JSON.parse(text) as { now?: unknown };
    if (now === null) return null;
    const at = typeof now === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(now) ? Date.parse(now) : Number.NaN;
    return Number.isNaN(at) ? undefined : at;
  } catch {
    return undefined;
  }
}
