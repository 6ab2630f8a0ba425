/** The smallest input that the model of an operation takes: what is required, each value within its constraints. */
import type { Operation, ServiceModel } from '../../packages/server/src/wire/models.ts';
import { compilePattern } from '../../packages/server/src/wire/constraints.ts';
import type { Member, ScalarShape, Shape, StructureShape } from '../../packages/server/src/wire/shapes.ts';
import { validateInput } from '../../packages/server/src/wire/validate.ts';
import { account, region } from './server.ts';

const trust =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}';

/** Resource types of IVS by the noun in the operation's name, where it is not `channel`. */
const ivsTypes: readonly (readonly [RegExp, string])[] = [
  [/PlaybackKeyPair/, 'playback-key'],
  [/PlaybackRestrictionPolic/, 'playback-restriction-policy'],
  [/(Get|Delete)StreamKey/, 'stream-key'],
];

function arnFor({ service, name: operation }: Operation, member: string): string {
  if (service.name === 'ivs') {
    const type =
      member === 'channelArn' ? 'channel' : (ivsTypes.find(([noun]) => noun.test(operation))?.[1] ?? 'channel');
    return `arn:aws:ivs:${region}:${account}:${type}/zzzzzzzzzzzz`;
  }
  if (service.name === 'kinesisvideo') {
    const type = /Signaling|MediaStorage/.test(operation) || member === 'ChannelARN' ? 'channel' : 'stream';
    return `arn:aws:kinesisvideo:${region}:${account}:${type}/nothing/1769860800000`;
  }
  if (member === 'PolicyArn' || member === 'PermissionsBoundary') return `arn:aws:iam::${account}:policy/nothing`;
  return `arn:aws:iam::${account}:role/nothing`;
}

/** Members whose text must be of a form that no constraint tells. */
const texts: readonly (readonly [RegExp, string])[] = [
  [/HubDeviceArn/, `arn:aws:iot:${region}:${account}:thing/hub`],
  [/MediaUriSecretArn/, `arn:aws:secretsmanager:${region}:${account}:secret:cam`],
  [/PolicyDocument$/, trust],
  [/^Path/, '/'],
  [/^VersionId$/, 'v1'],
  [/^Url$/, 'https://example.com'],
  [/^EntityPath$/, 'o-0123456789/r-0123/111111111111'],
  [/^NotificationChannel$/, `arn:aws:sns:us-east-1:${account}:nothing`],
  [/^PolicyTemplateArn$/, `arn:aws:iam::${account}:policy/nothing`],
];

/** What is tried for any other text, until one is of the member's pattern. */
const candidates = ['nothing-1', 'nothing1', '123456', 'AKIANOTHING123456789'] as const;

function text(operation: Operation, name: string, shape: ScalarShape): string {
  if (shape.values !== undefined) return shape.values[0]!;
  const known = texts.find(([names]) => names.test(name))?.[1];
  if (known !== undefined) return known;
  if (/arns?$/i.test(name)) return arnFor(operation, name);
  const { min = 0, max = 99, enforcedPattern = '[^]*' } = shape;
  const sized = candidates.map((candidate) => candidate.padEnd(min, candidate.slice(-1)).slice(0, Math.max(max, 1)));
  return sized.find((candidate) => compilePattern(enforcedPattern).test(candidate)) ?? '';
}

function value(operation: Operation, name: string, shape: Shape): unknown {
  switch (shape.kind) {
    case 'structure':
      return structure(operation, shape);
    case 'list':
      return [value(operation, name, shape.element)];
    case 'map':
      return { [text(operation, '', shape.key)]: value(operation, '', shape.value) };
    case 'boolean':
      return true;
    case 'integer':
    case 'long':
    case 'float':
      return shape.min ?? 1;
    case 'timestamp':
      return new Date(0);
    case 'blob':
      return Uint8Array.of(1);
    case 'string':
    case 'document':
      return text(operation, name, shape);
  }
}

/** Kinesis Video requires a name or an ARN, and sessions of roles must name the user: no model says so. */
const alsoNeeded = ({ service }: Operation, { name }: Member): boolean =>
  (service.name === 'kinesisvideo' && /^(Stream|Channel|Resource)ARN$/.test(name)) ||
  // The query protocol cannot carry a structure without members.
  (service.name === 'iam' && (name === 'UserName' || name === 'PolicyTemplateArn'));

function structure(operation: Operation, shape: StructureShape): Record<string, unknown> {
  const wanted = shape.members.filter(
    (member) => member.required || member.location === 'uri' || alsoNeeded(operation, member),
  );
  return Object.fromEntries(wanted.map((member) => [member.name, value(operation, member.name, member.shape)]));
}

/** Throws when the model would not take what was made: then a row above is missing. */
export function minimalInput(operation: Operation): Record<string, unknown> {
  const input = operation.input === undefined ? {} : structure(operation, operation.input);
  const complaint = validateInput(operation, input);
  if (complaint !== undefined) throw new Error(`${operation.action}: ${complaint}`);
  return input;
}

/** The operations of a model that the server serves, in the model's order. */
export const servedOperations = (service: ServiceModel, rows: ReadonlyMap<string, unknown> | undefined): Operation[] =>
  [...service.operations.values()].filter(({ name }) => rows?.has(name) === true);
