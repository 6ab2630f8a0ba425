/** `application/x-www-form-urlencoded` text: the scan before authentication and the tree after it. */
import { InputFault } from './faults.ts';

/** More fields than any operation can use; a body of the largest size could hold millions. */
const MAX_FIELDS = 10_000;
const MAX_DEPTH = 16;

export interface FormNode {
  value: string | undefined;
  readonly children: Map<string, FormNode>;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const AMPERSAND = 0x26;

/** The first value of a field, still percent-encoded, without splitting the whole form. */
function firstValue(form: Buffer, field: string): string | undefined {
  const key = `${field}=`;
  for (let at = form.indexOf(key); at !== -1; at = form.indexOf(key, at + 1)) {
    if (at !== 0 && form[at - 1] !== AMPERSAND) continue;
    const start = at + key.length;
    const end = form.indexOf(AMPERSAND, start);
    return form.toString('latin1', start, Math.min(end === -1 ? form.length : end, start + 200));
  }
  return undefined;
}

/** `Action` and `Version` of a form; `undefined` when it names no action. */
export function scanForm(bytes: Uint8Array): { action: string; version: string | undefined } | undefined {
  const form = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const action = firstValue(form, 'Action');
  return action === undefined ? undefined : { action, version: firstValue(form, 'Version') };
}

function decoded(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw malformed(spaced);
  }
}

function malformed(text: string): InputFault {
  const bad = /%(?![0-9A-Fa-f]{2})(.{0,2})/s.exec(text);
  if (bad === null) return new InputFault('malformedInput', 'The form is not UTF-8');
  if ((bad[1] ?? '').length < 2) return new InputFault('malformedQueryString', 'Incomplete trailing escape % sequence');
  return new InputFault('malformedQueryString', `Illegal hex character in escape % pattern: ${bad[0]}`);
}

/** Name and value pairs in order; a field without `=` has the value ''. */
export function formFields(text: string): [name: string, value: string][] {
  const fields: [string, string][] = [];
  const parts = text.split('&', MAX_FIELDS + 1);
  // Empty ones count too: what is beyond the limit is not read, and must not be passed over in silence.
  if (parts.length > MAX_FIELDS)
    throw new InputFault('malformedInput', `A request may have at most ${MAX_FIELDS} parameters`);
  for (const part of parts) {
    if (part === '') continue;
    const at = part.indexOf('=');
    fields.push(at === -1 ? [decoded(part), ''] : [decoded(part.slice(0, at)), decoded(part.slice(at + 1))]);
  }
  return fields;
}

const emptyNode = (): FormNode => ({ value: undefined, children: new Map() });

function place(root: FormNode, name: string, value: string): void {
  const steps = name.split('.', MAX_DEPTH + 1);
  if (steps.length > MAX_DEPTH)
    throw new InputFault('malformedInput', `Parameters may be nested at most ${MAX_DEPTH} deep`);
  let node = root;
  for (const step of steps) {
    const next = node.children.get(step) ?? emptyNode();
    node.children.set(step, next);
    node = next;
  }
  if (node.value !== undefined) throw new InputFault('malformedInput', `Parameter given twice: ${name.slice(0, 128)}`);
  node.value = value;
}

/** The dotted names of a form as a tree: `Tags.member.1.Key=a` → Tags → member → 1 → Key. */
export function formTree(text: string): FormNode {
  const root = emptyNode();
  for (const [name, value] of formFields(text)) place(root, name, value);
  return root;
}

/** Text of a body that must be UTF-8. */
export function utf8(body: Uint8Array): string {
  try {
    return strictUtf8.decode(body);
  } catch {
    throw new InputFault('malformedInput', 'The request body is not UTF-8');
  }
}
