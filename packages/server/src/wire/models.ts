/** The services as the wire knows them, read once at start from the generated files. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import { readFileSync } from 'node:fs';
import { errorStatuses } from '../model/overlay.ts';
import { RouteTable } from './routes.ts';
import { ShapeLinker, type ShapeData, type StructureShape } from './shapes.ts';

export type ProtocolName = 'awsQuery' | 'restJson1' | 'awsJson';

export interface ErrorModel {
  /** As the client reads it. */
  readonly code: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  readonly shape: StructureShape;
}

interface Pagination {
  readonly input_token?: string | readonly string[];
  readonly output_token?: string | readonly string[];
  readonly limit_key?: string;
  readonly more_results?: string;
  readonly result_key?: string | readonly string[];
}

export interface Operation {
  readonly service: ServiceModel;
  readonly name: string;
  /** What policies call it: IAM prefix and operation name. */
  readonly action: string;
  readonly method: string;
  readonly uri: string;
  /** HTTP status of success. */
  readonly status: number;
  /** Callers need not sign. */
  readonly unsigned: boolean;
  readonly input: StructureShape | undefined;
  readonly output: StructureShape | undefined;
  readonly resultWrapper: string | undefined;
  /** Declared errors by their wire codes. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
  readonly pagination: Pagination | undefined;
}

export interface ServiceModel {
  /** Folder name in botocore: `iam`, `ivs-realtime`, `kinesis-video-media` … */
  readonly name: string;
  readonly serviceId: string;
  readonly apiVersion: string;
  readonly protocol: ProtocolName;
  readonly endpointPrefix: string;
  /** Service in the credential scope. */
  readonly signingName: string;
  readonly iamPrefix: string;
  readonly xmlNamespace: string | undefined;
  readonly targetPrefix: string | undefined;
  readonly operations: ReadonlyMap<string, Operation>;
  /** Every error that some operation declares, by wire code. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
}

export interface Models {
  readonly services: ReadonlyMap<string, ServiceModel>;
  /** Services by the name in the credential scope; the first is the one meant when nothing else tells. */
  readonly byScope: ReadonlyMap<string, readonly ServiceModel[]>;
  /** Services by the first label of their host names. */
  readonly byHost: ReadonlyMap<string, readonly ServiceModel[]>;
  /** REST routes by signing name. */
  readonly routes: ReadonlyMap<string, RouteTable>;
  /** An operation that must exist; throws when it does not. */
  operation(service: string, name: string): Operation;
}

interface OperationData {
  readonly http: readonly [method: string, uri: string, status: number];
  readonly input?: string;
  readonly output?: string;
  readonly resultWrapper?: string;
  readonly errors: readonly string[];
  readonly auth?: 'none';
  readonly pagination?: Pagination;
}

/** A generated file, e.g. `model/ivs.json`. */
export interface ServiceData {
  readonly service: string;
  readonly serviceId: string;
  readonly apiVersion: string;
  readonly protocol: ProtocolName;
  readonly endpointPrefix: string;
  readonly signingName: string;
  readonly iamPrefix: string;
  readonly xmlNamespace?: string;
  readonly targetPrefix?: string;
  readonly operations: Readonly<Record<string, OperationData>>;
  readonly shapes: Readonly<Record<string, ShapeData>>;
}

/** Every service served, in order of precedence where two share a signing name. */
export const serviceNames = [
  'iam',
  'iam-toolbox',
  'sts',
  'ivs',
  'ivs-realtime',
  'ivschat',
  'kinesisvideo',
  'kinesis-video-media',
  'kinesis-video-archived-media',
  'kinesis-video-signaling',
  'kinesis-video-webrtc-storage',
] as const;

function linkErrors(data: ServiceData, linker: ShapeLinker): Map<string, ErrorModel> {
  const errors = new Map<string, ErrorModel>();
  for (const [name, { error }] of Object.entries(data.shapes)) {
    if (error === undefined) continue;
    const status = errorStatuses[data.service]?.value[error.code] ?? error.status;
    errors.set(
      error.code,
      Object.freeze({ code: error.code, status, fault: error.fault, shape: linker.structure(name) }),
    );
  }
  return errors;
}

function linkOperation(
  service: ServiceModel,
  name: string,
  data: OperationData,
  shapes: ServiceData['shapes'],
  linker: ShapeLinker,
): Operation {
  const structure = (shape: string | undefined) => (shape === undefined ? undefined : linker.structure(shape));
  const declared = data.errors
    .map((shape) => service.errors.get(shapes[shape]?.error?.code ?? ''))
    .filter((e) => e !== undefined);
  return Object.freeze({
    service,
    name,
    action: `${service.iamPrefix}:${name}`,
    method: data.http[0],
    uri: data.http[1],
    status: data.http[2],
    unsigned: data.auth === 'none',
    input: structure(data.input),
    output: structure(data.output),
    resultWrapper: data.resultWrapper,
    errors: new Map(declared.map((e) => [e.code, e])),
    pagination: data.pagination,
  });
}

/** Turns a generated file into a service with its names resolved. */
export function linkService(data: ServiceData): ServiceModel {
  const linker = new ShapeLinker(data.service, data.shapes);
  const operations = new Map<string, Operation>();
  const service: ServiceModel = Object.freeze({
    name: data.service,
    serviceId: data.serviceId,
    apiVersion: data.apiVersion,
    protocol: data.protocol,
    endpointPrefix: data.endpointPrefix,
    signingName: data.signingName,
    iamPrefix: data.iamPrefix,
    xmlNamespace: data.xmlNamespace,
    targetPrefix: data.targetPrefix,
    operations,
    errors: linkErrors(data, linker),
  });
  for (const [name, operation] of Object.entries(data.operations)) {
    operations.set(name, linkOperation(service, name, operation, data.shapes, linker));
  }
  return service;
}

function groupBy(
  services: readonly ServiceModel[],
  key: (service: ServiceModel) => string,
): Map<string, ServiceModel[]> {
  const groups = new Map<string, ServiceModel[]>();
  for (const service of services) groups.set(key(service), [...(groups.get(key(service)) ?? []), service]);
  return groups;
}

/** Indexes services for recognition. `loadModels` does this with the generated files. */
export function modelsOf(services: readonly ServiceModel[]): Models {
  const byName = new Map(services.map((service) => [service.name, service]));
  const byScope = groupBy(services, (service) => service.signingName);
  return Object.freeze({
    services: byName,
    byScope,
    byHost: groupBy(services, (service) => service.endpointPrefix),
    routes: new Map([...byScope].map(([scope, group]) => [scope, new RouteTable(group)])),
    operation(service: string, name: string): Operation {
      const found = byName.get(service)?.operations.get(name);
      if (found === undefined) throw new Error(`no operation ${name} in the model of ${service}`);
      return found;
    },
  });
}

const readData = (service: string): ServiceData =>
  JSON.parse(readFileSync(new URL(`../../model/${service}.json`, import.meta.url), 'utf8')) as ServiceData;

/** Reads and links every generated service model: about 20 ms, once per process. */
export const loadModels = (): Models => modelsOf(serviceNames.map((name) => linkService(readData(name))));
