/** Session tags, transitive tags and source identity of a new session (spec/sts.md 2.3). */
import type { Caller } from '../caller.ts';

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface SessionTags {
  /** What the new session carries. */
  readonly session: Readonly<Record<string, string>>;
  readonly transitiveKeys: readonly string[];
  /** Tags passed by the caller plus the inherited transitive ones: `aws:RequestTag` of the trust evaluation. */
  readonly request: Readonly<Record<string, string>>;
  /** Whether the caller passed tags itself, which needs sts:TagSession. */
  readonly passed: boolean;
}

const tagComplaints = {
  duplicate: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  notIncluded: 'The specified transitive tag key must be included in the requested tags.',
  conflict:
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
} as const;

const lower = (keys: Iterable<string>): Set<string> => new Set([...keys].map((key) => key.toLowerCase()));

/** The tags of a new session, or the complaint that AWS answers with code InvalidParameterValue. */
export function sessionTags(
  caller: Caller,
  tags: readonly Tag[] = [],
  transitive: readonly string[] = [],
): SessionTags | string {
  const inherited = inheritedTags(caller);
  const passedKeys = lower(tags.map((tag) => tag.Key));
  if (passedKeys.size !== tags.length) return tagComplaints.duplicate;
  if (transitive.some((key) => !passedKeys.has(key.toLowerCase()))) return tagComplaints.notIncluded;
  const inheritedKeys = lower(Object.keys(inherited));
  // An inherited transitive tag cannot be overridden, whether or not the new one is transitive itself.
  if ([...passedKeys].some((key) => inheritedKeys.has(key))) return tagComplaints.conflict;
  const passed = Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value]));
  const all = { ...inherited, ...passed };
  return {
    session: all,
    transitiveKeys: [...Object.keys(inherited), ...transitive],
    request: all,
    passed: tags.length > 0,
  };
}

function inheritedTags({ session }: Caller): Readonly<Record<string, string>> {
  const keys = lower(session?.transitiveTagKeys ?? []);
  return Object.fromEntries(Object.entries(session?.sessionTags ?? {}).filter(([key]) => keys.has(key.toLowerCase())));
}
