/** The few headers that the rooms read, found in one pass over the raw list. Of duplicates the first counts; proxies' lists are joined. */
export interface HeadFields {
  host?: string;
  referer?: string;
  'user-agent'?: string;
  'content-type'?: string;
  'x-amz-target'?: string;
  'content-length'?: string;
  'transfer-encoding'?: string;
  'x-forwarded-for'?: string;
  'x-forwarded-proto'?: string;
}

const names: readonly (keyof HeadFields)[] = [
  'host',
  'referer',
  'user-agent',
  'content-type',
  'x-amz-target',
  'content-length',
  'transfer-encoding',
  'x-forwarded-for',
  'x-forwarded-proto',
];

/** Names by their length, so that most headers are passed over by a number. */
const byLength: readonly (readonly (keyof HeadFields)[])[] = Array.from({ length: 18 }, (_, length) =>
  names.filter((name) => name.length === length),
);

/** Reads node's flat list of names and values. */
export function headFields(rawHeaders: readonly string[]): HeadFields {
  const fields: HeadFields = {};
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const raw = rawHeaders[i]!;
    const candidates = raw.length < byLength.length ? byLength[raw.length]! : [];
    if (candidates.length === 0) continue;
    const lower = raw.toLowerCase();
    for (const name of candidates) if (name === lower) fields[name] = merged(name, fields[name], rawHeaders[i + 1]!);
  }
  return fields;
}

/** Each proxy may add a line of its own to X-Forwarded-*; the last entry is the nearest one's. */
function merged(name: keyof HeadFields, known: string | undefined, value: string): string {
  if (known === undefined) return value;
  return name.startsWith('x-forwarded-') ? `${known},${value}` : known;
}
