// oxlint-disable typescript/no-unsafe-type-assertion -- values come from models and clients without static types
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseInput } from './input.ts';
import { loadModels } from './models.ts';
import type { Recognized, RequestLine } from './recognize.ts';
import { recognize } from './recognize.ts';

const models = loadModels();
const at = (path: string): RequestLine => ({ method: 'POST', path, query: '', host: 'localhost' });

function match(service: string, name: string, labels: Record<string, string> = {}): Recognized {
  return { ok: true, operation: models.operation(service, name), labels, parameters: 'body' };
}
const json = (service: string, name: string, body: string | Uint8Array) =>
  parseInput(match(service, name), at('/'), typeof body === 'string' ? Buffer.from(body) : body);
const form = (name: string, body: string) => parseInput(match('iam', name), at('/'), Buffer.from(body));
const refusal = (code: string, message: string) => ({ ok: false, error: { code, status: 400, message } });

describe('JSON bodies', () => {
  test.each([
    ['an empty body is an empty object', '', {}],
    ['null is absence', '{"arn":null}', {}],
    ['unknown members are passed over', '{"arn":"a","more":{"x":1}}', { arn: 'a' }],
    ['__proto__ is no way in', '{"__proto__":{"arn":"a"}}', {}],
  ])('%s', (_, body, input) => {
    expect(json('ivs', 'GetChannel', body)).toEqual({ ok: true, input });
  });

  test.each([
    ['not JSON', '{', 'The request body is not JSON'],
    ['a list for a structure', '[]', 'Start of list found where not expected'],
    ['a number for text', '{"arn":5}', 'NUMBER_VALUE can not be converted to a String'],
    ['a structure for text', '{"arn":{}}', 'Start of structure or map found where not expected.'],
  ])('%s is refused', (_, body, message) => {
    expect(json('ivs', 'GetChannel', body)).toEqual(refusal('SerializationException', message));
  });

  test.each([
    [
      'text for a number',
      'ivs',
      'ListChannels',
      '{"maxResults":"5"}',
      'STRING_VALUE can not be converted to an Integer',
    ],
    [
      'a fraction for an integer',
      'ivs',
      'ListChannels',
      '{"maxResults":1.5}',
      'NUMBER_VALUE can not be converted to an Integer',
    ],
    [
      'more than 32 bits',
      'ivs',
      'ListChannels',
      '{"maxResults":2147483648}',
      'NUMBER_VALUE can not be converted to an Integer',
    ],
    [
      'text for a flag',
      'ivs',
      'CreateChannel',
      '{"authorized":"true"}',
      'STRING_VALUE can not be converted to a Boolean',
    ],
    ['text for a list', 'ivs', 'BatchGetChannel', '{"arns":"a"}', 'Expected list or null'],
  ])('%s is refused', (_, service, name, body, message) => {
    expect(json(service, name, body)).toEqual(refusal('SerializationException', message));
  });

  test('bytes that are not UTF-8 are refused', () => {
    expect(json('ivs', 'GetChannel', Buffer.from([0x7b, 0xff, 0x7d]))).toMatchObject({ ok: false });
  });

  test('map keys may be anything, and maps have no prototype', () => {
    const parsed = json('ivs', 'CreateChannel', '{"tags":{"__proto__":"a","constructor":"b"}}');
    if (!parsed.ok) throw new Error('refused');
    const { tags } = parsed.input as { tags: Record<string, string> };
    expect(Object.entries(tags)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.getPrototypeOf(tags)).toBeNull();
    expect(tags['toString']).toBeUndefined();
  });

  test('lists are bounded', () => {
    const body = JSON.stringify({ arns: Array.from({ length: 10_001 }, () => '') });
    expect(json('ivs', 'BatchGetChannel', body)).toMatchObject({
      ok: false,
      error: { code: 'SerializationException' },
    });
  });

  test('times are read in seconds, in ISO 8601 and as HTTP dates', () => {
    const read = (value: unknown) =>
      json(
        'kinesis-video-archived-media',
        'GetClip',
        JSON.stringify({ ClipFragmentSelector: { TimestampRange: { StartTimestamp: value } } }),
      );
    const expected = {
      ok: true,
      input: { ClipFragmentSelector: { TimestampRange: { StartTimestamp: new Date(1_700_000_000_500) } } },
    };
    expect(read(1_700_000_000.5)).toEqual(expected);
    expect(read('2023-11-14T22:13:20.5Z')).toEqual(expected);
    expect(read('2023-11-14T23:13:20.5+01:00')).toEqual(expected);
    for (const bad of ['yesterday', '2023-13-01', true, '']) expect(read(bad)).toMatchObject({ ok: false });
  });

  test('a query string gives lists, and labels go where the model says', () => {
    const parsed = parseInput(
      match('ivs', 'UntagResource', { resourceArn: 'arn' }),
      { ...at('/tags/arn'), query: 'tagKeys=a&tagKeys=b%20c' },
      Buffer.alloc(0),
    );
    expect(parsed).toEqual({ ok: true, input: { resourceArn: 'arn', tagKeys: ['a', 'b c'] } });
  });
});

describe('forms', () => {
  test.each([
    ['spaces, plus signs and escapes', 'UserName=a+b%20c%2Bd%C3%A9', { UserName: 'a b c+dé' }],
    [
      'lists of structures',
      'Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Key=c',
      { Tags: [{ Key: 'a', Value: 'b' }, { Key: 'c' }] },
    ],
    [
      'positions in any order, with gaps',
      'Tags.member.10.Key=b&Tags.member.2.Key=a',
      { Tags: [{ Key: 'a' }, { Key: 'b' }] },
    ],
    ['an empty list', 'Tags=', { Tags: [] }],
    ['fields that the operation does not know', 'Nothing=1&UserName=a&X.Y.Z=2', { UserName: 'a' }],
    ['empty fields', '&&UserName=&', { UserName: '' }],
  ])('%s', (_, body, input) => {
    expect(form('CreateUser', `Action=CreateUser&Version=2010-05-08&${body}`)).toEqual({ ok: true, input });
  });

  test('maps come as numbered entries', () => {
    const parsed = form('PutAccountProperties', 'Properties.entry.1.key=__proto__&Properties.entry.1.value=v');
    if (!parsed.ok) throw new Error('refused');
    expect(Object.entries((parsed.input as { Properties: object }).Properties)).toEqual([['__proto__', 'v']]);
  });

  test.each([
    ['a field given twice', 'UserName=a&UserName=b', 'MalformedInput', 'Parameter given twice: UserName'],
    ['a broken escape', 'UserName=%zz', 'MalformedQueryString', 'Illegal hex character in escape % pattern: %zz'],
    ['a cut escape', 'UserName=%a', 'MalformedQueryString', 'Incomplete trailing escape % sequence'],
    ['escapes that are not UTF-8', 'UserName=%ff', 'MalformedInput', 'The form is not UTF-8'],
    ['a list position that is none', 'Tags.member.x.Key=a', 'MalformedInput', 'Not a list position: x'],
    ['a list position of zero', 'Tags.member.0.Key=a', 'MalformedInput', 'Not a list position: 0'],
    ['a structure for a value', 'UserName.a=b', 'MalformedInput', 'A structure was given where a value is expected'],
    ['too many levels', `${'a.'.repeat(20)}b=1`, 'MalformedInput', 'Parameters may be nested at most 16 deep'],
    ['too many fields', 'a&'.repeat(10_001), 'MalformedInput', 'A request may have at most 10000 parameters'],
    [
      'a field behind so many empty ones that it would not be read',
      `UserName=a${'&'.repeat(10_001)}PermissionsBoundary=b`,
      'MalformedInput',
      'A request may have at most 10000 parameters',
    ],
  ])('%s is refused', (_, body, code, message) => {
    expect(form('CreateUser', body)).toEqual(refusal(code, message));
  });

  test.each([
    ['MaxItems=5', { MaxItems: 5 }],
    ['MaxItems=%2B5', { MaxItems: 5 }],
  ])('numbers: %s', (body, input) => expect(form('ListUsers', body)).toEqual({ ok: true, input }));
  test.each(['MaxItems=five', 'MaxItems=', 'MaxItems=1e3', 'MaxItems=0x10', 'MaxItems=99999999999'])(
    '%s is refused',
    (body) =>
      expect(form('ListUsers', body)).toEqual(refusal('MalformedInput', 'A value cannot be read as an integer')),
  );
});

test('no bytes make recognition or parsing throw', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.stringMatching(/^[A-Za-z.=&%0-9{}[\]":,]{0,60}$/),
    fc.json({ maxDepth: 4 }),
  );
  const paths = fc.constantFrom('/', '/CreateChannel', '/tags/a%3Ab', '/createStream', '/x');
  fc.assert(
    fc.property(
      texts,
      paths,
      fc.constantFrom('iam', 'sts', 'ivs', 'kinesisvideo', undefined),
      (text, path, scopeService) => {
        const body = Buffer.from(`${path === '/' ? 'Action=CreateUser&Version=2010-05-08&' : ''}${text}`);
        const line: RequestLine = { ...at(path), query: text, scopeService };
        const found = recognize(models, line, body);
        if (found.ok) parseInput(found, line, body);
      },
    ),
  );
});
