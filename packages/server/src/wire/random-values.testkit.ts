/** Random values of modelled shapes, for round trips. The same seed gives the same values. */
// oxlint-disable typescript/no-unsafe-type-assertion -- values come from models and clients without static types
import type { ListShape, MapShape, Member, ScalarShape, Shape, StructureShape } from './shapes.ts';

export interface Chance {
  /** 0 ≤ n < limit. */
  below(limit: number): number;
}

/** A small linear congruential generator. */
export function seeded(seed: number): Chance {
  let state = seed >>> 0;
  return {
    below(limit) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    },
  };
}

const pieces = [
  'a',
  'Z',
  '7',
  ' ',
  '+',
  '%',
  '&',
  '=',
  '/',
  ':',
  '<b>',
  '"',
  "'",
  '\\',
  ']]>',
  'é',
  'あ',
  '😀',
  '.',
  '-',
  '%20',
  '__proto__',
  '\n',
  '#',
  '?',
  ';',
  '~',
  '*',
  '(',
];

export interface Limits {
  /** Times in whole seconds, as the query protocol carries them. */
  readonly wholeSeconds: boolean;
  /** Forms cannot carry a structure without members. */
  readonly noEmptyStructures: boolean;
}

function text(chance: Chance, atLeast: number): string {
  const length = atLeast + chance.below(8);
  const made = Array.from({ length }, () => pieces[chance.below(pieces.length)]).join('');
  // The SDK's XML reader drops text that is white space only.
  return /^\s+$/.test(made) ? `${made}x` : made;
}

function scalar(shape: ScalarShape, chance: Chance, limits: Limits, atLeast: number): unknown {
  if (shape.values !== undefined) return shape.values[chance.below(shape.values.length)];
  if (shape.kind === 'boolean') return chance.below(2) === 1;
  if (shape.kind === 'integer') return chance.below(2 ** 31) - chance.below(2) * 2 ** 31;
  if (shape.kind === 'long') return chance.below(2 ** 31) * 2 ** 20;
  if (shape.kind === 'float') return chance.below(1000) / 8;
  if (shape.kind === 'timestamp')
    return new Date((1_700_000_000 + chance.below(10 ** 8)) * 1000 + (limits.wholeSeconds ? 0 : chance.below(1000)));
  if (shape.kind === 'blob') return Uint8Array.from({ length: chance.below(20) }, () => chance.below(256));
  return text(chance, atLeast);
}

function list(shape: ListShape, chance: Chance, limits: Limits): unknown[] {
  return Array.from({ length: chance.below(4) }, () => randomValue(shape.element, chance, limits));
}

function map(shape: MapShape, chance: Chance, limits: Limits): Record<string, unknown> {
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (let n = chance.below(4); n > 0; n -= 1)
    out[scalar(shape.key, chance, limits, 1) as string] = randomValue(shape.value, chance, limits);
  return out;
}

const mustBeSet = (member: Member): boolean =>
  member.required || member.location === 'uri' || member.wireName === 'idempotencyToken';

export function randomStructure(shape: StructureShape, chance: Chance, limits: Limits): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const only = shape.union ? shape.members[chance.below(shape.members.length)] : undefined;
  for (const member of shape.members) {
    const wanted =
      only === undefined ? mustBeSet(member) || shape.payload !== undefined || chance.below(3) > 0 : member === only;
    if (wanted) out[member.name] = memberValue(member, chance, limits);
  }
  const [first] = shape.members;
  if (limits.noEmptyStructures && first !== undefined && Object.keys(out).length === 0)
    out[first.name] = memberValue(first, chance, limits);
  return out;
}

function memberValue(member: Member, chance: Chance, limits: Limits): unknown {
  const { shape } = member;
  if (member.location === 'header') return `h${chance.below(1000)}`;
  if (member.location === 'querystring' && shape.kind === 'list') return [text(chance, 1), text(chance, 1)];
  return shape.kind === 'string'
    ? scalar(shape, chance, limits, member.location === 'body' ? 0 : 1)
    : randomValue(shape, chance, limits);
}

function randomValue(shape: Shape, chance: Chance, limits: Limits): unknown {
  if (shape.kind === 'structure') return randomStructure(shape, chance, limits);
  if (shape.kind === 'list') return list(shape, chance, limits);
  if (shape.kind === 'map') return map(shape, chance, limits);
  return scalar(shape, chance, limits, 0);
}
