import { textOf } from '../parse.testkit.ts';
import { type PolicyKind, validatePolicy } from './validate.ts';
import type { ValidationOptions } from './validation.ts';

/** AWS's text for the document, or `valid`. */
export function answer(document: unknown, kind: PolicyKind, options?: ValidationOptions): string {
  const validation = validatePolicy(textOf(document), kind, options);
  return validation.valid ? 'valid' : validation.message;
}

/** A row of a table: what it is about, the document, the answer. */
export type Row = readonly [name: string, document: unknown, answer: string];
