// oxlint-disable typescript/no-unsafe-type-assertion -- values come from models and clients without static types
import { describe, expect, test } from 'vitest';
import { commonError } from './errors.ts';
import { linkService, loadModels } from './models.ts';
import { faceOf, renderError, renderOutput } from './render.ts';
import { escapeXml, urlEncode } from './xml.ts';

const models = loadModels();
const output = (service: string, name: string, value: object) =>
  renderOutput(models.operation(service, name), value, 'r-1');
const error = (service: string, name: string, code: string, members?: Record<string, unknown>) =>
  renderError(faceOf(models.operation(service, name)), { code, message: 'why <not>', members }, 'r-1');

const NS = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"';
const META = '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>';

describe('the query protocol', () => {
  test('an operation without output answers its metadata only', () => {
    expect(output('iam', 'DeleteUser', {})).toEqual({
      status: 200,
      headers: { 'content-type': 'text/xml', 'x-amzn-RequestId': 'r-1' },
      body: `<DeleteUserResponse ${NS}>${META}</DeleteUserResponse>`,
    });
  });

  test('empty lists and structures are empty elements, absent members are absent', () => {
    const User = {
      UserName: 'a',
      Path: '/',
      UserId: 'AIDA',
      Arn: 'arn',
      CreateDate: new Date(1_700_000_000_999),
      Tags: [],
    };
    expect(output('iam', 'GetUser', { User }).body).toBe(
      `<GetUserResponse ${NS}><GetUserResult><User><Path>/</Path><UserName>a</UserName><UserId>AIDA</UserId><Arn>arn</Arn>` +
        `<CreateDate>2023-11-14T22:13:20Z</CreateDate><Tags/></User></GetUserResult>${META}</GetUserResponse>`,
    );
    expect(output('iam', 'UpdateRole', {}).body).toBe(
      `<UpdateRoleResponse ${NS}><UpdateRoleResult/>${META}</UpdateRoleResponse>`,
    );
  });

  test('policy documents are URL-encoded in answers, other text is not', () => {
    const document = '{"a": "%3A +*"}';
    const encoded = '%7B%22a%22%3A%20%22%253A%20%2B%2A%22%7D';
    expect(output('iam', 'GetUserPolicy', { UserName: 'u', PolicyName: 'p', PolicyDocument: document }).body).toContain(
      `<PolicyDocument>${encoded}</PolicyDocument>`,
    );
    expect(output('iam', 'GetPolicyVersion', { PolicyVersion: { Document: document } }).body).toContain(
      `<Document>${encoded}</Document>`,
    );
    expect(output('iam', 'GetSAMLProvider', { SAMLMetadataDocument: '<x a="+"/>' }).body).toContain('&lt;x a=');
  });

  test('members that the model does not know stay inside', () => {
    const User = { UserName: 'a', UserId: 'i', secret: 'SECRET' };
    expect(output('iam', 'GetUser', { User, other: 'SECRET' }).body).not.toContain('SECRET');
  });

  test('errors name their sender, and keep the request id outside', () => {
    expect(error('iam', 'GetUser', 'NoSuchEntity')).toEqual({
      status: 404,
      headers: { 'content-type': 'text/xml', 'x-amzn-RequestId': 'r-1' },
      body: `<ErrorResponse ${NS}><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>why &lt;not&gt;</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
    });
    expect(error('iam', 'GetUser', 'ServiceFailure').body).toContain('<Type>Receiver</Type>');
    expect(error('sts', 'AssumeRole', 'AccessDenied').status).toBe(403);
  });

  test('text that XML cannot carry is replaced, carriage returns are kept', () => {
    expect(escapeXml('a\u0000b\ud800c\r\n<&>😀')).toBe('a\ufffdb\ufffdc&#xD;\n&lt;&amp;&gt;😀');
    expect(urlEncode("a b+c/d'(é)!*~_.-")).toBe('a%20b%2Bc%2Fd%27%28%C3%A9%29%21%2A~_.-');
  });
});

describe('the REST JSON protocol', () => {
  test('204 has neither body nor type', () => {
    expect(output('ivs', 'DeleteChannel', {})).toEqual({
      status: 204,
      headers: { 'x-amzn-RequestId': 'r-1' },
      body: '',
    });
  });

  test('an empty output is an empty object, no output is no body', () => {
    expect(output('ivs', 'StopStream', {})).toMatchObject({
      status: 200,
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(output('kinesis-video-webrtc-storage', 'JoinStorageSession', {})).toMatchObject({ status: 200, body: '' });
  });

  test('times are ISO 8601 for IVS and seconds for Kinesis Video', () => {
    const startTime = new Date(1_700_000_000_250);
    expect(output('ivs', 'GetStream', { stream: { startTime } }).body).toBe(
      '{"stream":{"startTime":"2023-11-14T22:13:20.250Z"}}',
    );
    expect(output('ivs', 'GetStream', { stream: { startTime: new Date(1_700_000_000_000) } }).body).toContain(
      '"2023-11-14T22:13:20Z"',
    );
    const StreamInfo = { CreationTime: startTime };
    expect(output('kinesisvideo', 'DescribeStream', { StreamInfo }).body).toBe(
      '{"StreamInfo":{"CreationTime":1700000000.25}}',
    );
  });

  test('text is escaped as JSON', () => {
    const tags = { 'a"\\\n\u0001\u2028é😀': '</script>' };
    expect(JSON.parse(output('ivs', 'ListTagsForResource', { tags }).body as string)).toEqual({ tags });
  });

  test('a payload is the body, its type comes from the output', () => {
    const Payload = Buffer.from('EBML');
    expect(output('kinesis-video-media', 'GetMedia', { ContentType: 'video/webm', Payload })).toEqual({
      status: 200,
      headers: { 'x-amzn-RequestId': 'r-1', 'content-type': 'video/webm' },
      body: Payload,
    });
  });

  test.each([
    ['ivs', 'GetChannel', 'ResourceNotFoundException', 404, { message: 'why <not>', exceptionMessage: 'why <not>' }],
    [
      'ivs',
      'CreateChannel',
      'ServiceQuotaExceededException',
      402,
      { message: 'why <not>', exceptionMessage: 'why <not>' },
    ],
    ['ivschat', 'GetRoom', 'AccessDeniedException', 403, { message: 'why <not>' }],
    ['kinesisvideo', 'DescribeStream', 'AccessDeniedException', 403, { message: 'why <not>', Message: 'why <not>' }],
    ['kinesisvideo', 'DescribeStream', 'NotAuthorizedException', 401, { message: 'why <not>', Message: 'why <not>' }],
    ['ivs', 'GetChannel', 'InvalidSignatureException', 403, { message: 'why <not>' }],
    ['ivs', 'GetChannel', 'SomethingNew', 400, { message: 'why <not>' }],
  ])('%s %s refuses with %s %i', (service, name, code, status, body) => {
    const answer = error(service, name, code);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-amzn-ErrorType': code,
      'x-amzn-RequestId': 'r-1',
      'content-type': 'application/json',
    });
    expect(JSON.parse(answer.body as string)).toEqual(body);
  });

  test('further members of errors are written, unknown ones are not, and none can replace the text', () => {
    const members = { resourceId: 'r', resourceType: 'ROOM', internal: 'x', message: 'other' };
    expect(JSON.parse(error('ivschat', 'GetRoom', 'ResourceNotFoundException', members).body as string)).toEqual({
      message: 'why <not>',
      resourceId: 'r',
      resourceType: 'ROOM',
    });
  });
});

test('the JSON protocol answers in its own words', () => {
  const service = linkService({
    service: 'quotas',
    serviceId: 'Quotas',
    apiVersion: '1',
    protocol: 'awsJson',
    endpointPrefix: 'quotas',
    signingName: 'quotas',
    iamPrefix: 'quotas',
    targetPrefix: 'Q',
    operations: { Get: { http: ['POST', '/', 200], output: 'Out', errors: [] } },
    shapes: { Out: { type: 'structure', members: { Value: 'Double' } }, Double: { type: 'double' } },
  });
  const operation = service.operations.get('Get');
  if (operation === undefined) throw new Error('no operation');
  expect(renderOutput(operation, { Value: 1.5 }, 'r-1')).toMatchObject({ status: 200, body: '{"Value":1.5}' });
  expect(renderOutput(operation, { Value: Infinity }, 'r-1').body).toBe('{"Value":"Infinity"}');
  const refused = renderError(faceOf(operation), { code: 'AccessDeniedException', message: 'no' }, 'r-1');
  expect(refused).toMatchObject({ status: 400, body: '{"__type":"AccessDeniedException","message":"no"}' });
});

test('conditions have one code per protocol', () => {
  expect(commonError('awsQuery', 'badSignature')).toEqual({ code: 'SignatureDoesNotMatch', status: 403 });
  expect(commonError('restJson1', 'badSignature')).toEqual({ code: 'InvalidSignatureException', status: 403 });
  expect(commonError('awsJson', 'unknownKey')).toEqual({ code: 'UnrecognizedClientException', status: 400 });
});
