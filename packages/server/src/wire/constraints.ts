/** AWS's wording of constraints, and the checks behind it. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import type { ValidationStyle } from '../model/overlay.ts';
import type { ListShape, MapShape, ScalarShape } from './shapes.ts';

export interface Constraint {
  readonly text: string;
  readonly holds: (value: unknown) => boolean;
}

export const NOT_NULL = 'Member must not be null';

type Bounded = Pick<ListShape | MapShape | ScalarShape, 'min' | 'max'>;

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  return Object.keys(value as object).length;
}

/** Lengths: of text in UTF-16 units, of blobs in bytes, of lists and maps in entries. */
export function lengthConstraints({ min, max }: Bounded): Constraint[] {
  const found: Constraint[] = [];
  if (max !== undefined)
    found.push({ text: `Member must have length less than or equal to ${max}`, holds: (v) => lengthOf(v) <= max });
  if (min !== undefined)
    found.push({ text: `Member must have length greater than or equal to ${min}`, holds: (v) => lengthOf(v) >= min });
  return found;
}

function rangeConstraints({ min, max }: Bounded): Constraint[] {
  const found: Constraint[] = [];
  if (max !== undefined)
    found.push({ text: `Member must have value less than or equal to ${max}`, holds: (v) => (v as number) <= max });
  if (min !== undefined)
    found.push({ text: `Member must have value greater than or equal to ${min}`, holds: (v) => (v as number) >= min });
  return found;
}

/**
 * The whole value must match. Property classes need the `u` flag. Others go without it: then `\u10000` reads as
 * U+1000 and `0`, as it does where AWS checks it, and astral characters are two units outside the class.
 */
export function compilePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, pattern.includes('\\p{') ? 'u' : '');
}

/** Values far beyond their length are refused for that; matching them could take quadratic time. */
const longestMatched = ({ max }: ScalarShape): number => (max === undefined ? Infinity : Math.max(4 * max, 1024));

function patternConstraints(shape: ScalarShape): Constraint[] {
  const { pattern, enforcedPattern } = shape;
  if (pattern === undefined || enforcedPattern === undefined) return [];
  const compiled = compilePattern(enforcedPattern);
  const longest = longestMatched(shape);
  const text = `Member must satisfy regular expression pattern: ${pattern}`;
  return [{ text, holds: (v) => (v as string).length > longest || compiled.test(v as string) }];
}

function enumConstraints({ values }: ScalarShape, style: ValidationStyle): Constraint[] {
  if (values === undefined) return [];
  const permitted = new Set<unknown>(values);
  const list = style.listEnums ? `: [${values.join(', ')}]` : '';
  return [{ text: `Member must satisfy enum value set${list}`, holds: (v) => permitted.has(v) }];
}

/** Every constraint of a scalar, in the order in which AWS lists them. */
export function scalarConstraints(shape: ScalarShape, style: ValidationStyle): readonly Constraint[] {
  if (shape.kind === 'integer' || shape.kind === 'long' || shape.kind === 'float') return rangeConstraints(shape);
  if (shape.kind !== 'string' && shape.kind !== 'blob') return [];
  return [...lengthConstraints(shape), ...patternConstraints(shape), ...enumConstraints(shape, style)];
}

/** The constraint that a list or map of scalars carries for its entries. */
export function entryConstraint(prefix: string, constraints: readonly Constraint[]): Constraint {
  const text = `${prefix} must satisfy constraint: [${[...constraints.map((c) => c.text), NOT_NULL].join(', ')}]`;
  const fits = (entry: unknown) => entry !== undefined && constraints.every((c) => c.holds(entry));
  return { text, holds: (entries) => (entries as readonly unknown[]).every(fits) };
}
