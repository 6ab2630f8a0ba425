/** Constraint checks of inputs with AWS's texts: compiled once per operation, all failures collected. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import { defaultValidationStyle, validationStyles, type ValidationStyle } from '../model/overlay.ts';
import type { WireError } from './answer.ts';
import { entryConstraint, lengthConstraints, NOT_NULL, scalarConstraints, type Constraint } from './constraints.ts';
import type { Operation } from './models.ts';
import type { ListShape, MapShape, Member, Shape, StructureShape } from './shapes.ts';

/** A request can break more rules than anybody reads. */
const MAX_FAILURES = 100;

interface Failures {
  readonly style: ValidationStyle;
  readonly texts: string[];
}

type Check = (value: unknown, path: string, failures: Failures) => void;

/** How AWS names members in these texts: first letter lowered, nothing else (`KMSKeyArn` → `kMSKeyArn`). */
const pathName = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** A value as Java prints it; `undefined` for structures, which it prints as an address. */
function echoOf(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => (item === undefined ? 'null' : echoOf(item)));
    return items.includes(undefined) ? undefined : `[${items.join(', ')}]`;
  }
  if (typeof value !== 'object') return `${value as string | number}`;
  if (value === null || Object.getPrototypeOf(value) !== null) return undefined;
  return `{${Object.entries(value)
    .map(([k, v]) => `${k}=${echoOf(v) ?? ''}`)
    .join(', ')}}`;
}

function record(failures: Failures, path: string, text: string, shown: string | undefined): void {
  if (failures.texts.length >= MAX_FAILURES) return;
  const value = failures.style.echo && shown !== undefined ? ` ${shown}` : '';
  failures.texts.push(`Value${value} at '${path}' failed to satisfy constraint: ${text}`);
}

function checkAll(
  constraints: readonly Constraint[],
  value: unknown,
  path: string,
  failures: Failures,
  secret: boolean,
): void {
  for (const constraint of constraints) {
    if (constraint.holds(value)) continue;
    const shown = secret ? undefined : echoOf(value);
    record(failures, path, constraint.text, shown === undefined ? undefined : `'${shown}'`);
  }
}

function scalarCheck(constraints: readonly Constraint[], secret: boolean): Check | undefined {
  if (constraints.length === 0) return undefined;
  return (value, path, failures) => checkAll(constraints, value, path, failures, secret);
}

/** Compiles the checks of one service; every shape once for open and once for secret values. */
class Compiler {
  readonly #style: ValidationStyle;
  readonly #known = new Map<Shape, { open?: Check | undefined; secret?: Check | undefined }>();

  constructor(style: ValidationStyle) {
    this.#style = style;
  }

  check(shape: Shape, inherited: boolean): Check | undefined {
    const secret = inherited || shape.sensitive;
    const key = secret ? 'secret' : 'open';
    const known = this.#known.get(shape) ?? {};
    if (key in known) return known[key];
    this.#known.set(shape, known);
    known[key] = (value, path, failures) => compiled?.(value, path, failures);
    const compiled = this.#compile(shape, secret);
    known[key] = compiled;
    return compiled;
  }

  #compile(shape: Shape, secret: boolean): Check | undefined {
    if (shape.kind === 'structure') return this.#structure(shape, secret);
    if (shape.kind === 'list') return this.#list(shape, secret);
    if (shape.kind === 'map') return this.#map(shape, secret);
    return scalarCheck(scalarConstraints(shape, this.#style), secret);
  }

  #structure(shape: StructureShape, secret: boolean): Check {
    const members = shape.members.map((member) => this.#member(member, secret)).filter((check) => check !== undefined);
    const checks = shape.union ? [...members, unionCheck(shape)] : members;
    return (value, path, failures) => {
      for (const check of checks) check(value, path, failures);
    };
  }

  #member(member: Member, secret: boolean): Check | undefined {
    const { name, required } = member;
    const step = pathName(name);
    const check = this.check(member.shape, secret || member.sensitive);
    if (check === undefined && !required) return undefined;
    return (structure, path, failures) => {
      const value = (structure as Record<string, unknown>)[name];
      const here = path === '' ? step : `${path}.${step}`;
      if (value !== undefined) check?.(value, here, failures);
      else if (required) record(failures, here, NOT_NULL, 'null');
    };
  }

  /** Elements that are scalars are judged with the list; others have a path of their own. */
  #list(shape: ListShape, secret: boolean): Check {
    const { element } = shape;
    const own = lengthConstraints(shape);
    const scalar = element.kind !== 'structure' && element.kind !== 'list' && element.kind !== 'map';
    if (scalar) own.push(entryConstraint('Member', scalarConstraints(element, this.#style)));
    const inner = scalar ? undefined : this.check(element, secret);
    const hidden = secret || element.sensitive;
    return (value, path, failures) => {
      checkAll(own, value, path, failures, hidden);
      if (!scalar)
        eachEntry((value as unknown[]).entries(), (index) => `${path}.${Number(index) + 1}.member`, inner, failures);
    };
  }

  #map(shape: MapShape, secret: boolean): Check {
    const { key, value: held } = shape;
    const scalar = held.kind !== 'structure' && held.kind !== 'list' && held.kind !== 'map';
    const keys = entryConstraint('Map keys', scalarConstraints(key, this.#style));
    const values = entryConstraint('Map value', scalar ? scalarConstraints(held, this.#style) : []);
    const inner = scalar ? undefined : this.check(held, secret);
    const own: readonly Constraint[] = [
      ...lengthConstraints(shape),
      { text: keys.text, holds: (map) => keys.holds(Object.keys(map as object)) },
      { text: values.text, holds: (map) => !scalar || values.holds(Object.values(map as object)) },
    ];
    const hidden = secret || held.sensitive || key.sensitive;
    return (value, path, failures) => {
      checkAll(own, value, path, failures, hidden);
      if (!scalar) eachEntry(Object.entries(value as object), (name) => `${path}.${name}.member`, inner, failures);
    };
  }
}

function eachEntry(
  entries: Iterable<[number | string, unknown]>,
  pathOf: (key: number | string) => string,
  check: Check | undefined,
  failures: Failures,
): void {
  for (const [key, value] of entries) {
    if (value === undefined) record(failures, pathOf(key), NOT_NULL, 'null');
    else check?.(value, pathOf(key), failures);
  }
}

function unionCheck(shape: StructureShape): Check {
  const names = shape.members.map((member) => pathName(member.name)).join(', ');
  return (value, path, failures) => {
    if (Object.keys(value as object).length !== 1)
      record(failures, path, `Member must have exactly one of [${names}] set`, undefined);
  };
}

const styleOf = (operation: Operation): ValidationStyle =>
  validationStyles[operation.service.name] ?? defaultValidationStyle;

const compilers = new WeakMap<Operation['service'], Compiler>();

function compilerOf(operation: Operation): Compiler {
  const known = compilers.get(operation.service);
  if (known !== undefined) return known;
  const compiler = new Compiler(styleOf(operation));
  compilers.set(operation.service, compiler);
  return compiler;
}

/** Checks an input against its model. Returns all failures as AWS's one sentence, or `undefined` when there are none. */
export function validateInput(operation: Operation, input: object): string | undefined {
  if (operation.input === undefined) return undefined;
  const failures: Failures = { style: styleOf(operation), texts: [] };
  compilerOf(operation).check(operation.input, false)?.(input, '', failures);
  const { length } = failures.texts;
  if (length === 0) return undefined;
  return `${length} validation error${length === 1 ? '' : 's'} detected: ${failures.texts.join('; ')}`;
}

/** The error of a failed validation, with the code and members that the service gives it. */
export function validationError(operation: Operation, message: string): WireError {
  const { code, members } = styleOf(operation);
  return { code, message, ...(members && { members }) };
}
