// oxlint-disable typescript/no-unsafe-type-assertion -- values come from models and clients without static types
import { describe, expect, test } from 'vitest';
import { compilePattern } from './constraints.ts';
import { loadModels } from './models.ts';
import { validateInput, validationError } from './validate.ts';

const models = loadModels();
const check = (service: string, name: string, input: object) => validateInput(models.operation(service, name), input);
const map = (entries: Record<string, unknown>): object => Object.assign(Object.create(null) as object, entries);

describe('texts of IAM: the value is not repeated', () => {
  test.each<[string, string, object, string | undefined]>([
    ['a valid input', 'CreateUser', { UserName: 'mateojackson', Path: '/a/b/' }, undefined],
    [
      'a number too large',
      'UpdateAccountPasswordPolicy',
      { MinimumPasswordLength: 129 },
      "1 validation error detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128",
    ],
    [
      'a member missing',
      'CreateUser',
      {},
      "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an enumeration, without its list',
      'UpdateAccessKey',
      { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'On' },
      "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
    ],
    [
      'an element of a list of structures',
      'TagUser',
      {
        UserName: 'a',
        Tags: [
          { Key: 'k', Value: 'v' },
          { Key: 'x'.repeat(129), Value: '' },
        ],
      },
      "1 validation error detected: Value at 'tags.2.member.key' failed to satisfy constraint: Member must have length less than or equal to 128",
    ],
    [
      'an element of a list of strings',
      'UntagUser',
      { UserName: 'a', TagKeys: ['ok', ''] },
      "1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+, Member must not be null]",
    ],
    [
      'several at once',
      'CreateUser',
      { UserName: 'a b', Path: `/${'x'.repeat(512)}/`, PermissionsBoundary: 'short' },
      "3 validation errors detected: Value at 'path' failed to satisfy constraint: Member must have length less than or equal to 512; Value at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+; Value at 'permissionsBoundary' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ],
    [
      'a policy outside Latin-1',
      'CreatePolicy',
      { PolicyName: 'p', PolicyDocument: '{"あ":1}' },
      "1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
    ],
    [
      'text that only begins well',
      'CreateUser',
      { UserName: 'bob\n' },
      "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
    ],
    ['letters of any script in tags', 'TagUser', { UserName: 'a', Tags: [{ Key: 'ключ', Value: '𠮷' }] }, undefined],
  ])('%s', (_, name, input, expected) => {
    expect(check('iam', name, input)).toBe(expected);
  });
});

describe('texts of STS: the value is repeated', () => {
  const RoleArn = 'arn:aws:iam::123456789012:role/demo';
  test.each<[string, object, string | undefined]>([
    [
      'a pattern',
      { RoleArn, RoleSessionName: 'Session1:2' },
      "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      'a number',
      { RoleArn, RoleSessionName: 'ab', DurationSeconds: 899 },
      "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      'a member missing',
      { RoleArn },
      "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a secret',
      { RoleArn, RoleSessionName: 'ab', TokenCode: '12345' },
      "1 validation error detected: Value at 'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6",
    ],
  ])('%s', (_, input, expected) => {
    expect(check('sts', 'AssumeRole', input)).toBe(expected);
  });
});

describe('texts of the JSON services', () => {
  test.each<[string, string, string, object, string | undefined]>([
    [
      'an ARN of another kind',
      'ivs',
      'GetChannel',
      { arn: 'arn:aws:ivs:us-west-2:123456789012:stage/x' },
      "1 validation error detected: Value 'arn:aws:ivs:us-west-2:123456789012:stage/x' at 'arn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws:ivs:[a-z0-9-]+:[0-9]+:channel/[a-zA-Z0-9-]+",
    ],
    [
      'an enumeration with its list',
      'ivs',
      'CreateChannel',
      { latencyMode: 'FAST' },
      "1 validation error detected: Value 'FAST' at 'latencyMode' failed to satisfy constraint: Member must satisfy enum value set: [NORMAL, LOW]",
    ],
    [
      'a list too short',
      'ivs',
      'BatchGetChannel',
      { arns: [] },
      "1 validation error detected: Value '[]' at 'arns' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a null in a list',
      'ivs',
      'BatchGetChannel',
      { arns: [undefined] },
      "1 validation error detected: Value '[null]' at 'arns' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: arn:aws:ivs:[a-z0-9-]+:[0-9]+:channel/[a-zA-Z0-9-]+, Member must not be null]",
    ],
    [
      'a nested member',
      'ivs',
      'CreateChannel',
      { multitrackInputConfiguration: { policy: 'x' } },
      "1 validation error detected: Value 'x' at 'multitrackInputConfiguration.policy' failed to satisfy constraint: Member must satisfy enum value set: [ALLOW, REQUIRE]",
    ],
    [
      'a map key',
      'ivs',
      'CreateChannel',
      { tags: map({ a$: 'b' }) },
      "1 validation error detected: Value '{a$=b}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+), Member must not be null]",
    ],
    [
      'a secret that is too long',
      'ivs',
      'PutMetadata',
      { channelArn: 'arn:aws:ivs:us-west-2:123456789012:channel/a', metadata: '' },
      "1 validation error detected: Value at 'metadata' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'an abbreviation keeps its capitals',
      'kinesisvideo',
      'DescribeStream',
      { StreamARN: 'x' },
      "1 validation error detected: Value 'x' at 'streamARN' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:[a-z\\d-]+:kinesisvideo:[a-z0-9-]+:[0-9]+:[a-z]+/[a-zA-Z0-9_.-]+/[0-9]+",
    ],
    [
      'tags of real resources, against the letter of the model',
      'ivs',
      'ListTagsForResource',
      { resourceArn: 'arn:aws:ivs:us-west-2:123456789012:stream-key/a' },
      undefined,
    ],
  ])('%s', (_, service, name, input, expected) => {
    expect(check(service, name, input)).toBe(expected);
  });

  test('one of the destinations of chat logs, and only one', () => {
    const s3 = { s3: { bucketName: 'abc' } };
    const both = { ...s3, firehose: { deliveryStreamName: 'd' } };
    expect(check('ivschat', 'CreateLoggingConfiguration', { destinationConfiguration: s3 })).toBeUndefined();
    expect(check('ivschat', 'CreateLoggingConfiguration', { destinationConfiguration: both })).toContain(
      'exactly one of [s3, cloudWatchLogs, firehose]',
    );
  });
});

test('each service refuses with its own code', () => {
  const code = (service: string, name: string) => validationError(models.operation(service, name), 'text');
  expect(code('iam', 'GetUser')).toEqual({ code: 'ValidationError', message: 'text' });
  expect(code('ivs', 'GetChannel')).toEqual({ code: 'ValidationException', message: 'text' });
  expect(code('ivschat', 'GetRoom')).toEqual({
    code: 'ValidationException',
    message: 'text',
    members: { reason: 'FIELD_VALIDATION_FAILED' },
  });
  expect(code('kinesisvideo', 'CreateStream')).toEqual({ code: 'InvalidArgumentException', message: 'text' });
});

test('a request that breaks everything gets a bounded answer', () => {
  const Tags = Array.from({ length: 5000 }, () => ({ Key: '', Value: 'v' }));
  expect(check('iam', 'TagUser', { UserName: 'a', Tags })?.length).toBeLessThan(20_000);
});

describe('patterns', () => {
  test('values far too long are refused for their length, without matching them', () => {
    expect(check('ivs', 'GetChannel', { arn: '*'.repeat(2000) })).toMatch(
      /^1 validation error .* less than or equal to 128$/,
    );
    expect(check('ivs', 'GetChannel', { arn: '*'.repeat(200) })).toMatch(/^2 validation errors /);
  });
  test('every modelled pattern compiles', () => {
    for (const service of models.services.values()) {
      for (const operation of service.operations.values()) expect(() => validateInput(operation, {})).not.toThrow();
    }
  });
  test.each([
    ['\\p{..} is a property class', '[\\p{L}]*', 'é', true],
    ['the whole value must match', '[a-z]+', 'ab1', false],
    ['alternatives are anchored together', '^$|^arn:x$', 'arn:xy', false],
    ['\\u10000 reads as U+1000 and 0', '[\\u0020-\\u007E\\u10000-\\u10FFFF]+', '😀', false],
    ['… so that U+10FF is inside', '[\\u10000-\\u10FFFF]+', '\u10ff', true],
  ])('%s', (_, pattern, value, expected) => {
    expect(compilePattern(pattern).test(value)).toBe(expected);
  });
});
