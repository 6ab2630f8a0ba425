/** Forms of the query protocol to inputs: one compiled reader per shape. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import { InputFault } from './faults.ts';
import type { FormNode } from './form.ts';
import { MAX_ITEMS } from './json-reader.ts';
import { readScalar } from './scalars.ts';
import {
  perShape,
  type ListShape,
  type MapShape,
  type ScalarShape,
  type Shape,
  type StructureShape,
} from './shapes.ts';

type Reader = (node: FormNode) => unknown;

function structureReader(shape: StructureShape): Reader {
  const parts = shape.members.map((member) => ({
    name: member.name,
    wireName: member.wireName,
    read: readerOf(member.shape),
  }));
  return (node) => {
    const out: Record<string, unknown> = {};
    for (const { name, wireName, read } of parts) {
      const child = node.children.get(wireName);
      if (child !== undefined) out[name] = read(child);
    }
    return out;
  };
}

/** The numbered children in order; gaps are closed as AWS closes them. */
function numbered(node: FormNode | undefined): FormNode[] {
  const entries: [number, FormNode][] = [];
  for (const [step, child] of node?.children ?? []) {
    if (!/^[1-9]\d{0,8}$/.test(step))
      throw new InputFault('malformedInput', `Not a list position: ${step.slice(0, 32)}`);
    entries.push([Number(step), child]);
  }
  if (entries.length > MAX_ITEMS)
    throw new InputFault('malformedInput', `A list or map may have at most ${MAX_ITEMS} entries`);
  return entries.sort(([a], [b]) => a - b).map(([, child]) => child);
}

/** `Tags=` alone is a list that is present and empty. */
function listReader(shape: ListShape): Reader {
  const read = readerOf(shape.element);
  return (node) => numbered(shape.flattened ? node : node.children.get(shape.elementName)).map(read);
}

function mapReader(shape: MapShape): Reader {
  const read = readerOf(shape.value);
  return (node) => {
    const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const entry of numbered(shape.flattened ? node : node.children.get('entry'))) {
      const value = entry.children.get('value');
      out[entry.children.get('key')?.value ?? ''] = value === undefined ? undefined : read(value);
    }
    return out;
  };
}

function scalarReader(shape: ScalarShape): Reader {
  return (node) => {
    if (node.value === undefined)
      throw new InputFault('malformedInput', 'A structure was given where a value is expected');
    return readScalar(node.value, shape);
  };
}

function compile(shape: Shape): Reader {
  if (shape.kind === 'structure') return structureReader(shape);
  if (shape.kind === 'list') return listReader(shape);
  return shape.kind === 'map' ? mapReader(shape) : scalarReader(shape);
}

const readerOf = perShape(compile);

/** Reads a form into an input. Fields that the operation does not know are passed over, as AWS does. */
export const readForm = (tree: FormNode, shape: StructureShape): Record<string, unknown> =>
  readerOf(shape)(tree) as Record<string, unknown>;
