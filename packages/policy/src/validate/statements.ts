/** The statements of a document as they stand in its JSON tree: what write-time checks look at. */

import { type JsonObject, type JsonValue, memberOf, pointer } from '../json.ts';
import type { SourceDocument } from '../parse.ts';

export interface StatementNode {
  readonly node: JsonObject;
  readonly at: string;
}

/** A string of the document with its place. */
export interface PlacedText {
  readonly text: string;
  readonly at: string;
  readonly start: number;
}

/** All statements that are objects, in the order of the document. */
export function statementsOf({ root }: SourceDocument): readonly StatementNode[] {
  const list = root.kind === 'object' ? memberOf(root, 'Statement') : undefined;
  if (list?.kind === 'object') return [{ node: list, at: '/Statement' }];
  if (list?.kind !== 'array') return [];
  return list.items.flatMap((node, index) =>
    node.kind === 'object' ? [{ node, at: pointer('/Statement', index) }] : [],
  );
}

/** The strings, numbers and booleans of a value or of a list of values, as text. */
export function textsOf(value: JsonValue | undefined, at: string): readonly PlacedText[] {
  if (value === undefined) return [];
  if (value.kind === 'array') {
    return value.items.flatMap((item, index) => (item.kind === 'array' ? [] : textsOf(item, pointer(at, index))));
  }
  if (value.kind === 'string') return [{ text: value.value, at, start: value.start }];
  return value.kind === 'number' || value.kind === 'boolean' ? [{ text: value.text, at, start: value.start }] : [];
}

/** The texts of an element and of its Not-form. */
export function elementTexts(statement: StatementNode, element: string): readonly PlacedText[] {
  return [element, `Not${element}`].flatMap((name) =>
    textsOf(memberOf(statement.node, name), pointer(statement.at, name)),
  );
}

export interface OperatorNode {
  readonly written: string;
  readonly at: string;
  readonly start: number;
  readonly body: JsonObject;
}

/** The operators of a statement's Condition block, those with an empty body too. */
export function operatorsOf(statement: StatementNode): readonly OperatorNode[] {
  const block = memberOf(statement.node, 'Condition');
  if (block?.kind !== 'object') return [];
  const at = pointer(statement.at, 'Condition');
  return block.members.flatMap(({ key, keyStart, value }) =>
    value.kind === 'object' ? [{ written: key, at: pointer(at, key), start: keyStart, body: value }] : [],
  );
}
