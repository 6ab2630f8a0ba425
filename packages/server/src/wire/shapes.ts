/** Shapes as the wire walks them: the generated JSON with its names resolved to objects, once. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import { enforcedPatterns, sensitiveMembers, urlEncodedMembers } from '../model/overlay.ts';

type Location = 'header' | 'headers' | 'uri' | 'querystring' | 'body';
export type TimestampFormat = 'iso8601' | 'unixTimestamp' | 'rfc822';
type ScalarKind = 'string' | 'integer' | 'long' | 'float' | 'boolean' | 'timestamp' | 'blob' | 'document';

export interface Member {
  readonly name: string;
  /** Name on the wire: JSON key, XML element, form field, header or URI label. */
  readonly wireName: string;
  readonly location: Location;
  readonly shape: Shape;
  readonly required: boolean;
  readonly sensitive: boolean;
  readonly urlEncoded: boolean;
}

interface Named {
  readonly name: string;
  readonly sensitive: boolean;
}
export interface StructureShape extends Named {
  readonly kind: 'structure';
  readonly members: readonly Member[];
  /** Exactly one member may be set. */
  readonly union: boolean;
  /** Name of the member that is the whole body. */
  readonly payload: string | undefined;
}
export interface ListShape extends Named {
  readonly kind: 'list';
  readonly element: Shape;
  readonly elementName: string;
  readonly flattened: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
}
export interface MapShape extends Named {
  readonly kind: 'map';
  readonly key: ScalarShape;
  readonly value: Shape;
  readonly flattened: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
}
export interface ScalarShape extends Named {
  readonly kind: ScalarKind;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** As the model writes it, for error texts. */
  readonly pattern: string | undefined;
  /** As it is checked: the model's, unless overlay.ts corrects it. */
  readonly enforcedPattern: string | undefined;
  readonly values: readonly string[] | undefined;
  readonly timestampFormat: TimestampFormat | undefined;
  readonly streaming: boolean;
}
export type Shape = StructureShape | ListShape | MapShape | ScalarShape;

/** A member reference in the generated files: a shape name, or a shape name with traits. */
export type ReferenceData =
  | string
  | { readonly shape: string; readonly location?: string; readonly locationName?: string };

/** One line under `shapes` in the generated files. */
export interface ShapeData {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, ReferenceData>>;
  readonly member?: ReferenceData;
  readonly key?: ReferenceData;
  readonly value?: ReferenceData;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
  readonly streaming?: boolean;
  readonly flattened?: boolean;
  readonly payload?: string;
  readonly union?: boolean;
  readonly document?: boolean;
  readonly timestampFormat?: TimestampFormat;
  readonly error?: { readonly code: string; readonly status: number; readonly fault: 'client' | 'server' };
}

const scalarKinds: Readonly<Record<string, ScalarKind>> = {
  string: 'string',
  character: 'string',
  byte: 'integer',
  short: 'integer',
  integer: 'integer',
  long: 'long',
  float: 'float',
  double: 'float',
  boolean: 'boolean',
  timestamp: 'timestamp',
  blob: 'blob',
};

const shapeNameOf = (reference: ReferenceData): string => (typeof reference === 'string' ? reference : reference.shape);
const traitsOf = (reference: ReferenceData) => (typeof reference === 'string' ? {} : reference);

/** Resolves one service's shapes; each is made once, recursive ones included. */
export class ShapeLinker {
  readonly #service: string;
  readonly #data: Readonly<Record<string, ShapeData>>;
  readonly #made = new Map<string, Shape>();

  constructor(service: string, data: Readonly<Record<string, ShapeData>>) {
    this.#service = service;
    this.#data = data;
  }

  shape(name: string): Shape {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const data = this.#data[name];
    if (data === undefined) throw new Error(`model ${this.#service}: shape ${name} is not defined`);
    return this.#make(name, data);
  }

  structure(name: string): StructureShape {
    const shape = this.shape(name);
    if (shape.kind !== 'structure') throw new Error(`model ${this.#service}: ${name} is no structure`);
    return shape;
  }

  #make(name: string, data: ShapeData): Shape {
    if (data.type === 'structure' && !data.document) return this.#structure(name, data);
    if (data.type === 'list') return this.#list(name, data);
    if (data.type === 'map') return this.#map(name, data);
    return this.#remember(name, this.#scalar(name, data));
  }

  #remember<S extends Shape>(name: string, shape: S): S {
    this.#made.set(name, shape);
    return shape;
  }

  #structure(name: string, data: ShapeData): StructureShape {
    const members: Member[] = [];
    const shape = this.#remember(name, {
      kind: 'structure' as const,
      name,
      sensitive: data.sensitive === true,
      members,
      union: data.union === true,
      payload: data.payload,
    });
    const required = new Set(data.required);
    for (const [member, reference] of Object.entries(data.members ?? {})) {
      members.push(this.#member(name, member, reference, required.has(member)));
    }
    return shape;
  }

  #member(structure: string, name: string, reference: ReferenceData, required: boolean): Member {
    const { location = 'body', locationName = name } = traitsOf(reference) as {
      location?: Location;
      locationName?: string;
    };
    const shape = this.shape(shapeNameOf(reference));
    const path = `${structure}.${name}`;
    const sensitive = shape.sensitive || (sensitiveMembers[this.#service]?.value.includes(path) ?? false);
    const urlEncoded = urlEncodedMembers[this.#service]?.includes(path) ?? false;
    return { name, wireName: locationName, location, shape, required, sensitive, urlEncoded };
  }

  #list(name: string, data: ShapeData): ListShape {
    const reference = data.member ?? '';
    const shape = {
      ...this.#collection(name, data),
      kind: 'list' as const,
      element: undefined as unknown as Shape,
      elementName: (traitsOf(reference) as { locationName?: string }).locationName ?? 'member',
    };
    this.#remember(name, shape);
    shape.element = this.shape(shapeNameOf(reference));
    return shape;
  }

  #map(name: string, data: ShapeData): MapShape {
    const shape = {
      ...this.#collection(name, data),
      kind: 'map' as const,
      key: this.shape(shapeNameOf(data.key ?? '')) as ScalarShape,
      value: undefined as unknown as Shape,
    };
    this.#remember(name, shape);
    shape.value = this.shape(shapeNameOf(data.value ?? ''));
    return shape;
  }

  #collection(name: string, data: ShapeData) {
    const { min, max } = data;
    return { name, sensitive: data.sensitive === true, flattened: data.flattened === true, min, max };
  }

  #scalar(name: string, data: ShapeData): ScalarShape {
    const kind = data.document ? 'document' : scalarKinds[data.type];
    if (kind === undefined) throw new Error(`model ${this.#service}: ${name} has the unknown type ${data.type}`);
    const { min, max, pattern, timestampFormat } = data;
    return {
      kind,
      name,
      sensitive: data.sensitive === true,
      min,
      max,
      pattern,
      enforcedPattern: enforcedPatterns[this.#service]?.value[name] ?? pattern,
      values: data.enum,
      timestampFormat,
      streaming: data.streaming === true,
    };
  }
}

/** Compiles something for each shape once; recursive shapes see themselves through the late-bound stand-in. */
export function perShape<F extends (...args: never[]) => unknown>(compile: (shape: Shape) => F): (shape: Shape) => F {
  const compiled = new WeakMap<Shape, F>();
  return (shape) => {
    const known = compiled.get(shape);
    if (known !== undefined) return known;
    compiled.set(shape, ((...args: never[]) => compiled.get(shape)?.(...args)) as F);
    const real = compile(shape);
    compiled.set(shape, real);
    return real;
  };
}
