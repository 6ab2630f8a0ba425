/** Which service and operation a request means, before anything is authenticated or parsed. */
import type { Models, Operation, ProtocolName, ServiceModel } from './models.ts';
import type { RouteMatch } from './routes.ts';
import { scanForm } from './form.ts';

/** What recognition may look at. `path` and `query` as sent; `query` without `?`. */
export interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The Host header. */
  readonly host: string;
  /** Service in the credential scope, when the request is signed. */
  readonly scopeService?: string | undefined;
  readonly contentType?: string | undefined;
  /** The X-Amz-Target header. */
  readonly amzTarget?: string | undefined;
}

/** Whom an answer is written for when no operation was found. */
export interface Face {
  readonly protocol: ProtocolName;
  readonly service: ServiceModel | undefined;
}

export interface Recognized {
  readonly ok: true;
  readonly operation: Operation;
  /** URI labels, decoded once; empty for the query protocol. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the parameters of the query protocol stand. */
  readonly parameters: 'body' | 'query';
}

export interface Unrecognized {
  readonly ok: false;
  readonly face: Face;
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

export type Recognition = Recognized | Unrecognized;

const noLabels: Readonly<Record<string, string>> = Object.freeze({});
const noBody = new Uint8Array(0);

const refusal = (face: Face, code: string, message: string, status: number): Unrecognized => ({
  ok: false,
  face,
  code,
  message,
  status,
});

/** `ivsrealtime.us-west-2.amazonaws.com:443` → its labels, without the port. */
const hostLabels = (host: string): string[] => host.replace(/:\d+$/, '').toLowerCase().split('.').slice(0, 3);

function servicesByHost(models: Models, host: string): readonly ServiceModel[] | undefined {
  for (const label of hostLabels(host)) {
    const services = models.byHost.get(label);
    if (services !== undefined) return services;
  }
  return undefined;
}

/** The services a request can mean: by credential scope, else by host name, else all of them. */
function candidates(models: Models, request: RequestLine): readonly ServiceModel[] {
  const scoped = request.scopeService === undefined ? undefined : models.byScope.get(request.scopeService);
  return scoped ?? servicesByHost(models, request.host) ?? [...models.services.values()];
}

function findRoute(models: Models, services: readonly ServiceModel[], request: RequestLine): RouteMatch | undefined {
  for (const scope of new Set(services.map((service) => service.signingName))) {
    const match = models.routes.get(scope)?.find(request.method, request.path);
    if (match !== undefined) return match;
  }
  return undefined;
}

function noSuchAction(service: ServiceModel, action: string, version: string | undefined): Unrecognized {
  const face: Face = { protocol: 'awsQuery', service };
  const known = version === undefined || version === service.apiVersion;
  if (!known)
    return refusal(face, 'NoSuchVersion', `The requested version ( ${version.slice(0, 32)} ) is not valid.`, 400);
  const shown = version ?? 'NO_VERSION_SPECIFIED';
  return refusal(face, 'InvalidAction', `Could not find operation ${action.slice(0, 128)} for version ${shown}`, 400);
}

function findAction(
  services: readonly ServiceModel[],
  scan: { action: string; version: string | undefined },
  parameters: 'body' | 'query',
): Recognition {
  const service = services.find((s) => s.apiVersion === scan.version) ?? services[0];
  if (service === undefined) throw new Error('no query service to choose from');
  const operation = scan.version === service.apiVersion ? service.operations.get(scan.action) : undefined;
  if (operation === undefined) return noSuchAction(service, scan.action, scan.version);
  return { ok: true, operation, labels: noLabels, parameters };
}

const isForm = (request: RequestLine): boolean =>
  request.contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded') === true;

function recognizeQuery(
  services: readonly ServiceModel[],
  request: RequestLine,
  body: Uint8Array,
): Recognition | undefined {
  const inBody = request.method === 'POST' ? scanForm(body) : undefined;
  const scan = inBody ?? scanForm(Buffer.from(request.query, 'latin1'));
  if (scan !== undefined) return findAction(services, scan, inBody === undefined ? 'query' : 'body');
  return undefined;
}

const missingAction = (service: ServiceModel | undefined): Unrecognized =>
  refusal(
    { protocol: 'awsQuery', service },
    'MissingAction',
    'The request is missing an action or a required parameter.',
    400,
  );

function unknownOperation(services: readonly ServiceModel[]): Unrecognized {
  const service = services[0];
  const face: Face = { protocol: service?.protocol ?? 'restJson1', service };
  return refusal(face, 'UnknownOperationException', 'The requested operation is not known to this service.', 404);
}

/** JSON protocol: `X-Amz-Target: Prefix.Operation`. */
function recognizeTarget(services: readonly ServiceModel[], target: string): Recognition | undefined {
  const [prefix = '', name = ''] = target.split('.', 2);
  const service = services.find((s) => s.targetPrefix === prefix);
  if (service === undefined) return undefined;
  const operation = service.operations.get(name);
  return operation === undefined
    ? unknownOperation([service])
    : { ok: true, operation, labels: noLabels, parameters: 'body' };
}

/**
 * Recognizes a request by its credential scope, then its host name, then its path and form.
 * Of a form only `Action` and `Version` are looked at. Never throws on what a client sent.
 */
export function recognize(models: Models, request: RequestLine, body: Uint8Array = noBody): Recognition {
  const services = candidates(models, request);
  const targeted = request.amzTarget === undefined ? undefined : recognizeTarget(services, request.amzTarget);
  if (targeted !== undefined) return targeted;
  const route = findRoute(models, services, request);
  if (route !== undefined) return { ok: true, ...route, parameters: 'body' };
  const query = services.filter((service) => service.protocol === 'awsQuery');
  const atRoot = request.path === '/' || request.path === '';
  if (query.length === 0 || !atRoot) return unknownOperation(services);
  const found = recognizeQuery(query, request, body);
  if (found !== undefined) return found;
  const narrowed = services.length < models.services.size;
  return narrowed || isForm(request) ? missingAction(narrowed ? query[0] : undefined) : unknownOperation([]);
}

/** The answer to an operation that the model knows and the server does not have: AWS's for an unknown one. */
export function notServed({ service, name }: Operation): Unrecognized {
  if (service.protocol === 'awsQuery') return noSuchAction(service, name, service.apiVersion);
  return unknownOperation([service]);
}
