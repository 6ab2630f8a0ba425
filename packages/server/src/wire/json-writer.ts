/** Outputs to JSON: one compiled writer per shape. Only modelled members are written. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import { blobText, timestampText } from './scalars.ts';
import {
  perShape,
  type ListShape,
  type MapShape,
  type ScalarShape,
  type Shape,
  type StructureShape,
} from './shapes.ts';

type Writer = (value: unknown) => string;

const plain = /^[ !#-[\]-~]*$/;
/** JSON text of a string; most strings need no escapes and skip the general way, at half its time. */
const quote = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));

function structureWriter(shape: StructureShape): Writer {
  const parts = shape.members
    .filter((member) => member.location === 'body')
    .map((member) => ({ name: member.name, key: `${quote(member.wireName)}:`, write: writerOf(member.shape) }));
  return (value) => {
    const from = value as Record<string, unknown>;
    let text = '';
    for (const { name, key, write } of parts) {
      const member = from[name];
      if (member !== undefined) text += (text === '' ? key : `,${key}`) + write(member);
    }
    return `{${text}}`;
  };
}

function listWriter(shape: ListShape): Writer {
  const write = writerOf(shape.element);
  return (value) => {
    let text = '';
    for (const item of value as readonly unknown[]) text += (text === '' ? '' : ',') + write(item);
    return `[${text}]`;
  };
}

function mapWriter(shape: MapShape): Writer {
  const write = writerOf(shape.value);
  return (value) => {
    let text = '';
    for (const [key, held] of Object.entries(value as Record<string, unknown>)) {
      if (held !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${write(held)}`;
    }
    return `{${text}}`;
  };
}

function scalarWriter(shape: ScalarShape): Writer {
  if (shape.kind === 'timestamp') return timestampWriter(shape);
  if (shape.kind === 'blob') return (value) => quote(blobText(value as Uint8Array));
  if (shape.kind === 'float') return (value) => (Number.isFinite(value) ? String(value) : quote(String(value)));
  if (shape.kind === 'string') return (value) => quote(value as string);
  return shape.kind === 'document' ? JSON.stringify : String;
}

/** JSON services write seconds since the epoch unless their model says ISO 8601. */
function timestampWriter({ timestampFormat = 'unixTimestamp' }: ScalarShape): Writer {
  if (timestampFormat === 'unixTimestamp') return (value) => timestampText(value as Date, timestampFormat);
  return (value) => quote(timestampText(value as Date, timestampFormat));
}

function compile(shape: Shape): Writer {
  if (shape.kind === 'structure') return structureWriter(shape);
  if (shape.kind === 'list') return listWriter(shape);
  return shape.kind === 'map' ? mapWriter(shape) : scalarWriter(shape);
}

/** The writer of a shape: value in, JSON text out. */
export const writerOf = perShape(compile);
