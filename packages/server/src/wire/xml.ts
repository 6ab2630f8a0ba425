/** Outputs to XML as the query protocol writes it: one compiled writer per shape. Only modelled members are written. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import { blobText, queryTimestamp } from './scalars.ts';
import {
  perShape,
  type ListShape,
  type MapShape,
  type Member,
  type ScalarShape,
  type Shape,
  type StructureShape,
} from './shapes.ts';

/** The content of an element, without its tags. */
type Writer = (value: unknown) => string;

// XML 1.0 cannot carry these characters at all, not even as references; surrogates are meant where they stand alone.
// oxlint-disable-next-line no-control-regex
const unspeakable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/gu;
const plain = /^[\t\n -%'-;=?-~\u00A0-\uD7FF]*$/;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

/** Text as XML character data. Characters that XML 1.0 lacks become U+FFFD. */
export function escapeXml(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(unspeakable, '\uFFFD').replace(/[&<>"\r]/g, (c) => entities[c] ?? c);
}

/** `<name>content</name>`, or `<name/>` when there is none. */
export const element = (name: string, content: string): string =>
  content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;

/** RFC 3986: a space is `%20` and a plus sign `%2B`. */
export const urlEncode = (text: string): string =>
  encodeURIComponent(text.replace(/[\uD800-\uDFFF]/gu, '\uFFFD')).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const memberWriter = (member: Member): Writer =>
  member.urlEncoded ? (value) => urlEncode(value as string) : contentOf(member.shape);

function structureWriter(shape: StructureShape): Writer {
  const parts = shape.members.map((member) => ({
    name: member.name,
    wireName: member.wireName,
    write: memberWriter(member),
  }));
  return (value) => {
    const from = value as Record<string, unknown>;
    let text = '';
    for (const { name, wireName, write } of parts) {
      const member = from[name];
      if (member !== undefined) text += element(wireName, write(member));
    }
    return text;
  };
}

function listWriter(shape: ListShape): Writer {
  const write = contentOf(shape.element);
  return (value) => (value as readonly unknown[]).map((item) => element(shape.elementName, write(item))).join('');
}

function mapWriter(shape: MapShape): Writer {
  const write = contentOf(shape.value);
  return (value) =>
    Object.entries(value as Record<string, unknown>)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => `<entry>${element('key', escapeXml(k))}${element('value', write(v))}</entry>`)
      .join('');
}

function scalarWriter(shape: ScalarShape): Writer {
  if (shape.kind === 'timestamp') return (value) => queryTimestamp(value as Date);
  if (shape.kind === 'blob') return (value) => blobText(value as Uint8Array);
  return shape.kind === 'string' ? (value) => escapeXml(String(value)) : (value) => String(value);
}

function compile(shape: Shape): Writer {
  if (shape.kind === 'structure') return structureWriter(shape);
  if (shape.kind === 'list') return listWriter(shape);
  return shape.kind === 'map' ? mapWriter(shape) : scalarWriter(shape);
}

/** The content writer of a shape: value in, XML without the enclosing element out. */
export const contentOf = perShape(compile);
