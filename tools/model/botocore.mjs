// Reads the pinned botocore service data and strips it to what a server needs.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const BOTOCORE = '1.43.11';

const PROTOCOLS = { query: 'awsQuery', 'rest-json': 'restJson1', json: 'awsJson', 'rest-xml': 'restXml' };
const SHAPE_TRAITS = [
  'enum',
  'min',
  'max',
  'pattern',
  'sensitive',
  'streaming',
  'flattened',
  'payload',
  'timestampFormat',
  'union',
  'document',
  'locationName',
  'xmlNamespace',
];
const MEMBER_TRAITS = [
  'location',
  'locationName',
  'flattened',
  'xmlNamespace',
  'xmlAttribute',
  'timestampFormat',
  'jsonvalue',
  'idempotencyToken',
  'streaming',
  'hostLabel',
  'queryName',
];

/** Folder of botocore's service data; refuses any other version than the pinned one. */
export function dataFolder() {
  const script =
    'import botocore,os;print(botocore.__version__);print(os.path.join(os.path.dirname(botocore.__file__),"data"))';
  const [version, folder] = execFileSync('python3', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
  if (version !== BOTOCORE)
    throw new Error(`botocore ${BOTOCORE} is needed (pip install botocore==${BOTOCORE}), found ${version}`);
  return folder;
}

const readJson = (file) =>
  JSON.parse(file.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file, 'utf8'));

function readService(folder, service) {
  const versions = join(folder, service);
  let latest;
  try {
    latest = readdirSync(versions).sort().at(-1);
  } catch {
    return { metadata: {}, operations: {}, shapes: {}, pagination: {} };
  }
  const { metadata, operations, shapes } = readJson(join(versions, latest, 'service-2.json.gz'));
  const { pagination } = readJson(join(versions, latest, 'paginators-1.json'));
  return { metadata, operations, shapes, pagination };
}

function mergeShape(base = {}, newer) {
  return { ...base, ...newer, ...(base.members && { members: { ...base.members, ...newer.members } }) };
}

/** Adds what later botocore releases know (newer.json) to the pinned model. */
function merge(base, newer = {}) {
  const shapes = { ...base.shapes };
  for (const [name, shape] of Object.entries(newer.shapes ?? {})) shapes[name] = mergeShape(shapes[name], shape);
  return {
    metadata: { ...base.metadata, ...newer.metadata },
    operations: { ...base.operations, ...newer.operations },
    pagination: { ...base.pagination, ...newer.pagination },
    shapes,
  };
}

const pick = (from, names) =>
  Object.fromEntries(names.filter((n) => from[n] !== undefined && from[n] !== false).map((n) => [n, from[n]]));

function memberOf(member) {
  const traits = pick(member, MEMBER_TRAITS);
  return Object.keys(traits).length === 0 ? member.shape : { shape: member.shape, ...traits };
}

function errorOf(name, shape) {
  if (!shape.exception) return {};
  const { code = name, httpStatusCode: status = shape.fault ? 500 : 400 } = shape.error ?? {};
  return { error: { code, status, fault: status >= 500 ? 'server' : 'client' } };
}

function shapeOf(name, shape) {
  const out = { type: shape.type };
  if (shape.members) {
    if (shape.required?.length) out.required = shape.required;
    out.members = Object.fromEntries(Object.entries(shape.members).map(([n, m]) => [n, memberOf(m)]));
  }
  if (shape.member) out.member = memberOf(shape.member);
  if (shape.key) Object.assign(out, { key: memberOf(shape.key), value: memberOf(shape.value) });
  return { ...out, ...pick(shape, SHAPE_TRAITS), ...errorOf(name, shape) };
}

function operationOf(operation, pagination) {
  const unsigned = operation.authtype === 'none';
  return {
    http: [operation.http.method, operation.http.requestUri, operation.http.responseCode ?? 200],
    ...(operation.input && { input: operation.input.shape }),
    ...(operation.output && { output: operation.output.shape }),
    ...(operation.output?.resultWrapper && { resultWrapper: operation.output.resultWrapper }),
    errors: (operation.errors ?? []).map((e) => e.shape ?? e),
    ...(unsigned && { auth: 'none' }),
    ...(pagination && {
      pagination: pick(pagination, ['input_token', 'output_token', 'limit_key', 'more_results', 'result_key']),
    }),
  };
}

function reachable(model) {
  const seen = new Set();
  const visit = (name) => {
    if (name === undefined || seen.has(name)) return;
    seen.add(name);
    const shape = model.shapes[name];
    if (shape === undefined) throw new Error(`shape ${name} is not defined`);
    for (const part of [shape.member, shape.key, shape.value, ...Object.values(shape.members ?? {})])
      visit(part?.shape);
  };
  for (const { input, output, errors = [] } of Object.values(model.operations)) {
    visit(input?.shape);
    visit(output?.shape);
    errors.forEach((e) => visit(e.shape ?? e));
  }
  return [...seen].toSorted((a, b) => (a < b ? -1 : 1));
}

/** One service as the server reads it: operations and the shapes they reach, without documentation. */
export function distilService(folder, service, row, newer) {
  const model = merge(readService(folder, service), newer);
  const { metadata } = model;
  const protocol = PROTOCOLS[metadata.protocol];
  const names = Object.keys(model.operations).sort();
  return {
    service,
    serviceId: metadata.serviceId,
    apiVersion: metadata.apiVersion,
    protocol,
    endpointPrefix: metadata.endpointPrefix,
    signingName: metadata.signingName ?? metadata.endpointPrefix,
    iamPrefix: row.iamPrefix,
    ...(metadata.xmlNamespace && { xmlNamespace: metadata.xmlNamespace }),
    ...(metadata.targetPrefix && { targetPrefix: metadata.targetPrefix, jsonVersion: metadata.jsonVersion }),
    operations: Object.fromEntries(names.map((n) => [n, operationOf(model.operations[n], model.pagination?.[n])])),
    shapes: Object.fromEntries(reachable(model).map((n) => [n, shapeOf(n, model.shapes[n])])),
  };
}
