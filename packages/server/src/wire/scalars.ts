/** Scalars as text: what forms, headers, labels and query strings carry. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import { InputFault } from './faults.ts';
import type { ScalarShape, TimestampFormat } from './shapes.ts';

const INT32 = 2 ** 31;

function refuse(shape: ScalarShape): InputFault {
  const article = shape.kind === 'integer' ? 'an' : 'a';
  return new InputFault('malformedInput', `A value cannot be read as ${article} ${shape.kind}`);
}

/** Whole numbers that fit their type; longs beyond 2^53 would lose digits and are refused. */
export const fitsInteger = (value: number, shape: ScalarShape): boolean =>
  Number.isSafeInteger(value) && (shape.kind === 'long' || (value >= -INT32 && value < INT32));

function readInteger(text: string, shape: ScalarShape): number {
  const value = /^[+-]?\d{1,19}$/.test(text) ? Number(text) : Number.NaN;
  if (!fitsInteger(value, shape)) throw refuse(shape);
  return value;
}

function readFloat(text: string, shape: ScalarShape): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw refuse(shape);
  return Number(text);
}

function readBoolean(text: string, shape: ScalarShape): boolean {
  const lower = text.toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw refuse(shape);
  return lower === 'true';
}

const isoDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const httpDate = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Seconds since the epoch, an ISO 8601 date or an HTTP date; a date without zone is UTC. */
export function readTimestamp(text: string, shape: ScalarShape): Date {
  if (/^-?\d{1,12}(\.\d+)?$/.test(text)) return new Date(Math.round(Number(text) * 1000));
  const zoned = /T[\d:.]+$/i.test(text) ? `${text}Z` : text;
  const date = isoDate.test(text) || httpDate.test(text) ? new Date(zoned) : new Date(Number.NaN);
  if (Number.isNaN(date.getTime())) throw refuse(shape);
  return date;
}

/** Base64, refused when anything in it is not base64. */
export function readBlob(text: string, shape: ScalarShape): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) throw refuse(shape);
  return Buffer.from(text, 'base64');
}

/** Reads one scalar from text. */
export function readScalar(text: string, shape: ScalarShape): unknown {
  switch (shape.kind) {
    case 'string':
      return text;
    case 'integer':
    case 'long':
      return readInteger(text, shape);
    case 'float':
      return readFloat(text, shape);
    case 'boolean':
      return readBoolean(text, shape);
    case 'timestamp':
      return readTimestamp(text, shape);
    case 'blob':
      return readBlob(text, shape);
    case 'document':
      throw refuse(shape);
    default:
      return shape.kind satisfies never;
  }
}

const withoutMillis = (iso: string): string => `${iso.slice(0, 19)}Z`;

/** A point in time as a format writes it. */
export function timestampText(value: Date, format: TimestampFormat): string {
  if (format === 'rfc822') return value.toUTCString();
  if (format === 'unixTimestamp') return String(value.getTime() / 1000);
  return value.getTime() % 1000 === 0 ? withoutMillis(value.toISOString()) : value.toISOString();
}

/** Times of the query protocol: whole seconds. */
export const queryTimestamp = (value: Date): string => withoutMillis(value.toISOString());

export const blobText = (value: Uint8Array): string =>
  Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');

/** Writes one scalar as text, for headers and XML. */
export function scalarText(value: unknown, shape: ScalarShape, format: TimestampFormat): string {
  if (shape.kind === 'timestamp') return timestampText(value as Date, shape.timestampFormat ?? format);
  if (shape.kind === 'blob') return blobText(value as Uint8Array);
  return String(value);
}
