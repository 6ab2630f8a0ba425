/** ContextEntries as the facts of a simulated request. */
import { createContext } from '@stagedoor/policy';
import type { ContextValue, RequestContext } from '@stagedoor/policy';
import type { ContextEntry, ContextKeyTypeEnum } from '../../model/iam.ts';
import type { Needs } from './needs.ts';

/** What a value of each type looks like; lists hold such values. */
const forms: Readonly<Record<string, RegExp>> = {
  string: /^[^]*$/,
  numeric: /^[+-]?\d+(?:\.\d+)?$/,
  boolean: /^(?:true|false)$/i,
  ip: /^[\da-f.:]+(?:\/\d{1,3})?$/i,
  binary: /^[a-z\d+/]*={0,2}$/i,
  date: /^(?:\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?|-?\d+)$/,
};

function valueOf(name: string, type: ContextKeyTypeEnum | undefined, values: readonly string[]): ContextValue {
  const isList = type === undefined ? values.length !== 1 : type.endsWith('List');
  return isList || values.length !== 1 ? values : (values[0] ?? '');
}

function entryOf(call: Needs<'InvalidInput'>, entry: ContextEntry, place: number): readonly [string, ContextValue] {
  const { ContextKeyName: name, ContextKeyType: type, ContextKeyValues: values = [] } = entry;
  if (name === undefined) return call.fail('InvalidInput', `ContextEntries.${place + 1} must have a ContextKeyName.`);
  const form = forms[type?.replace(/List$/, '') ?? 'string'];
  const wrong = values.find((value) => form?.test(value) !== true);
  if (wrong !== undefined) call.fail('InvalidInput', `The value ${wrong} of ${name} is not of type ${type}.`);
  if (values.length === 0 && type?.endsWith('List') !== true) {
    call.fail('InvalidInput', `ContextEntries.${place + 1} must have a value for ${name}.`);
  }
  return [name, valueOf(name, type, values)];
}

/** The given facts, and of `facts` those that were not given. */
export function simulatedContext(
  call: Needs<'InvalidInput'>,
  entries: readonly ContextEntry[] = [],
  facts: readonly (readonly [string, ContextValue])[] = [],
): RequestContext {
  const given = entries.map((entry, place) => entryOf(call, entry, place));
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  return createContext([...facts.filter(([name]) => !names.has(name.toLowerCase())), ...given]);
}
