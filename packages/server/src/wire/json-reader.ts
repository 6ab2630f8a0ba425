/** JSON bodies to inputs: one compiled reader per shape. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import { InputFault } from './faults.ts';
import { fitsInteger, readBlob, readTimestamp } from './scalars.ts';
import {
  perShape,
  type ListShape,
  type MapShape,
  type ScalarShape,
  type Shape,
  type StructureShape,
} from './shapes.ts';

/** No list or map of a request may be longer; modelled maxima are checked later, with their own texts. */
export const MAX_ITEMS = 10_000;

type Reader = (json: unknown) => unknown;

const names: Readonly<Record<string, string>> = {
  string: 'a String',
  integer: 'an Integer',
  long: 'a Long',
  float: 'a Float',
  boolean: 'a Boolean',
  timestamp: 'a Timestamp',
  blob: 'a Blob',
};

function kindOf(json: unknown): string {
  if (json === true) return 'TRUE_VALUE';
  if (json === false) return 'FALSE_VALUE';
  return `${(typeof json).toUpperCase()}_VALUE`;
}

function mismatch(json: unknown, wanted: string): InputFault {
  if (Array.isArray(json)) return new InputFault('malformedInput', 'Start of list found where not expected');
  if (typeof json === 'object')
    return new InputFault('malformedInput', 'Start of structure or map found where not expected.');
  return new InputFault('malformedInput', `${kindOf(json)} can not be converted to ${wanted}`);
}

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

function structureReader(shape: StructureShape): Reader {
  const parts = shape.members
    .filter((member) => member.location === 'body')
    .map((member) => ({ name: member.name, wireName: member.wireName, read: readerOf(member.shape) }));
  return (json) => {
    if (!isObject(json)) throw mismatch(json, 'a Structure');
    const out: Record<string, unknown> = {};
    for (const { name, wireName, read } of parts) {
      const value = json[wireName];
      if (value !== undefined && value !== null) out[name] = read(value);
    }
    return out;
  };
}

function checkLength(length: number): void {
  if (length > MAX_ITEMS) throw new InputFault('malformedInput', `A list or map may have at most ${MAX_ITEMS} entries`);
}

/** `null` elements stay as `undefined`, which validation refuses. */
function listReader(shape: ListShape): Reader {
  const read = readerOf(shape.element);
  return (json) => {
    if (!Array.isArray(json))
      throw isObject(json) ? mismatch(json, 'a List') : new InputFault('malformedInput', 'Expected list or null');
    checkLength(json.length);
    return json.map((item: unknown) => (item === null ? undefined : read(item)));
  };
}

/** Maps have no prototype: `__proto__` is a key like any other. */
function mapReader(shape: MapShape): Reader {
  const read = readerOf(shape.value);
  return (json) => {
    if (!isObject(json)) throw mismatch(json, 'a Map');
    const entries = Object.entries(json);
    checkLength(entries.length);
    const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [key, value] of entries) out[key] = value === null ? undefined : read(value);
    return out;
  };
}

type ScalarReader = (json: unknown, shape: ScalarShape) => unknown;

const readNumber: ScalarReader = (json, shape) => {
  if (typeof json !== 'number' || (shape.kind !== 'float' && !fitsInteger(json, shape)))
    throw mismatch(json, names[shape.kind] ?? '');
  return json;
};
const readText: ScalarReader = (json) => {
  if (typeof json !== 'string') throw mismatch(json, 'a String');
  return json;
};

const scalarReaders: Readonly<Record<ScalarShape['kind'], ScalarReader>> = {
  string: readText,
  integer: readNumber,
  long: readNumber,
  float: (json, shape) =>
    json === 'NaN' || json === 'Infinity' || json === '-Infinity' ? Number(json) : readNumber(json, shape),
  boolean: (json) => {
    if (typeof json !== 'boolean') throw mismatch(json, 'a Boolean');
    return json;
  },
  timestamp: (json, shape) => {
    if (typeof json !== 'number' && typeof json !== 'string') throw mismatch(json, 'a Timestamp');
    return readTimestamp(String(json), shape);
  },
  blob: (json, shape) => {
    if (typeof json !== 'string') throw mismatch(json, 'a Blob');
    return readBlob(json, shape);
  },
  document: (json) => json,
};

function compile(shape: Shape): Reader {
  if (shape.kind === 'structure') return structureReader(shape);
  if (shape.kind === 'list') return listReader(shape);
  if (shape.kind === 'map') return mapReader(shape);
  const read = scalarReaders[shape.kind];
  return (json) => read(json, shape);
}

const readerOf = perShape(compile);

/** Reads a JSON body into the body members of a structure; an empty body is an empty object. */
export function readJsonBody(text: string, shape: StructureShape): Record<string, unknown> {
  if (text === '') return {};
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputFault('malformedInput', 'The request body is not JSON');
  }
  return readerOf(shape)(json) as Record<string, unknown>;
}
