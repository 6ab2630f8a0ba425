/** Tags of a Kinesis Video resource that a call makes or changes, with this service's refusals. */
import { mostTags, tagProblem, tooMany, withTags, type Tags } from '../resource-tags.ts';

interface Refusing {
  fail(code: 'InvalidArgumentException' | 'TagsPerResourceExceededLimitException', message: string): never;
}

/** `added` put over `before`: reserved keys and more than 50 tags are refused. */
export function addTags(before: Tags, added: Tags | undefined, call: Refusing): Tags {
  const problem = tagProblem(added ?? {});
  if (problem !== undefined) return call.fail('InvalidArgumentException', problem);
  const merged = withTags(before, added ?? {});
  if (!tooMany(merged)) return merged;
  return call.fail('TagsPerResourceExceededLimitException', `A resource can have at most ${mostTags} tags`);
}

/** Tags sent as a list of pairs; the last of equal keys counts. */
export const tagsOfList = (list: readonly { readonly Key: string; readonly Value: string }[] = []): Tags =>
  Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
