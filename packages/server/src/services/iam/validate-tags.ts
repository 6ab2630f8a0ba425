/** Tag rules (spec/iam.md 6.17): users and roles fold case, everything else does not. */
import type { Needs } from './needs.ts';
import { quotas } from './quotas.ts';
import type { Tag } from './records.ts';

export type TagCase = 'folded' | 'exact';

const fold = (mode: TagCase, key: string): string => (mode === 'folded' ? key.toLowerCase() : key);

const duplicateText: Readonly<Record<TagCase, string>> = {
  folded: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  exact: 'Duplicate tag keys found.',
};

type TagErrors = 'InvalidInput' | 'LimitExceeded';

/** The tags of a request, or InvalidInput when keys repeat or are reserved. */
export function checkedTags(
  call: Needs<'InvalidInput'>,
  mode: TagCase,
  tags: readonly Tag[] | undefined,
): readonly Tag[] {
  const wanted = tags ?? [];
  const keys = new Set(wanted.map(({ Key }) => fold(mode, Key)));
  if (keys.size < wanted.length) call.fail('InvalidInput', duplicateText[mode]);
  if (wanted.some(({ Key }) => Key.toLowerCase().startsWith('aws:'))) {
    call.fail('InvalidInput', 'Tag keys that begin with aws: are reserved.');
  }
  return wanted.map(({ Key, Value }) => ({ Key, Value }));
}

/** `current` with `added` merged in: an added key replaces the key and value it meets. */
export function mergedTags(
  call: Needs<TagErrors>,
  mode: TagCase,
  current: readonly Tag[],
  added: readonly Tag[],
): readonly Tag[] {
  const tags = checkedTags(call, mode, added);
  const replaced = new Set(tags.map(({ Key }) => fold(mode, Key)));
  const merged = [...current.filter(({ Key }) => !replaced.has(fold(mode, Key))), ...tags];
  if (merged.length > quotas.tagsPerEntity) {
    call.fail('LimitExceeded', 'The number of tags has reached the maximum limit.');
  }
  return merged;
}

/** `current` without `keys`; unknown keys are ignored. */
export function withoutTags(mode: TagCase, current: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys.map((key) => fold(mode, key)));
  return current.filter(({ Key }) => !gone.has(fold(mode, Key)));
}
