/** Tags of resources, the same in every video service (spec/ivs.md 0.4): a map, at most 50, `aws:` reserved. */
import type { AccessCheck } from './service.ts';

export type Tags = Readonly<Record<string, string>>;

export const mostTags = 50;

/** A key that only AWS may use, in any case, or `undefined`. */
const reservedKey = (tags: Tags): string | undefined =>
  Object.keys(tags).find((key) => key.slice(0, 4).toLowerCase() === 'aws:');

/** What is wrong with the tags of a new resource or of a tagging call, as a sentence, or `undefined`. */
export function tagProblem(tags: Tags): string | undefined {
  const reserved = reservedKey(tags);
  return reserved === undefined
    ? undefined
    : `The tag key ${reserved} is not allowed: keys that begin with aws: are reserved`;
}

export const tooMany = (tags: Tags): boolean => Object.keys(tags).length > mostTags;

/** `tags` with those of `added` put over them. */
export const withTags = (tags: Tags, added: Tags): Tags => ({ ...tags, ...added });

/** `tags` without `keys`; keys that are not there are no error. */
export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys);
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key)));
}

/** The request-tag facts of a check. A request without tags has no such keys at all. */
export function requestTags(tags: Tags | undefined): Pick<AccessCheck, 'requestTags'> {
  return tags === undefined || Object.keys(tags).length === 0 ? {} : { requestTags: tags };
}

/** The tag-key facts of an untagging check; a request without keys has no such key. */
export function requestTagKeys(keys: readonly string[]): Pick<AccessCheck, 'tagKeys'> {
  return keys.length === 0 ? {} : { tagKeys: keys };
}
