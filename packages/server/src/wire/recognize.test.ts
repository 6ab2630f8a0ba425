// oxlint-disable typescript/no-unsafe-type-assertion -- values come from models and clients without static types
import { describe, expect, test } from 'vitest';
import { linkService, loadModels, modelsOf } from './models.ts';
import { recognize, type RequestLine } from './recognize.ts';

const models = loadModels();
const line = (part: Partial<RequestLine>): RequestLine => ({
  method: 'POST',
  path: '/',
  query: '',
  host: '127.0.0.1:4577',
  ...part,
});
const form = (text: string): Uint8Array => Buffer.from(text);
const FORM = 'application/x-www-form-urlencoded; charset=utf-8';

function found(part: Partial<RequestLine>, body = ''): string {
  const match = recognize(models, line(part), form(body));
  return match.ok
    ? `${match.operation.service.name} ${match.operation.name}`
    : `${match.status} ${match.code}: ${match.message}`;
}

describe('recognition', () => {
  const tags = (type: string) => `/tags/arn%3Aaws%3Aivs%3Aus-west-2%3A123456789012%3A${type}%2FVgNkEJgOVX9N`;
  const createUser = 'Action=CreateUser&Version=2010-05-08';

  test.each<[string, Partial<RequestLine>, string, string]>([
    ['scope and form', { scopeService: 'iam', contentType: FORM }, createUser, 'iam CreateUser'],
    [
      'action in the query of a GET',
      { method: 'GET', scopeService: 'sts', query: 'Action=GetCallerIdentity&Version=2011-06-15' },
      '',
      'sts GetCallerIdentity',
    ],
    ['action in the query of a POST', { scopeService: 'iam', query: createUser }, '', 'iam CreateUser'],
    [
      'action anywhere in the form',
      { scopeService: 'iam' },
      'UserName=a&Version=2010-05-08&Action=GetUser',
      'iam GetUser',
    ],
    [
      'other fields that end in Action',
      { scopeService: 'iam' },
      'MyAction=DeleteUser&Action=GetUser&Version=2010-05-08',
      'iam GetUser',
    ],
    [
      'first of two actions',
      { scopeService: 'iam' },
      'Action=GetUser&Action=DeleteUser&Version=2010-05-08',
      'iam GetUser',
    ],
    [
      'unsigned, by host',
      { host: 'sts.us-west-2.amazonaws.com' },
      'Action=GetCallerIdentity&Version=2011-06-15',
      'sts GetCallerIdentity',
    ],
    ['unsigned, by version', {}, 'Action=AssumeRoleWithSAML&Version=2011-06-15', 'sts AssumeRoleWithSAML'],
    ['low-latency by path', { scopeService: 'ivs', path: '/GetChannel' }, '', 'ivs GetChannel'],
    ['real-time by path', { scopeService: 'ivs', path: '/GetStage' }, '', 'ivs-realtime GetStage'],
    ['chat', { scopeService: 'ivschat', path: '/GetRoom' }, '', 'ivschat GetRoom'],
    ['tags of a channel', { method: 'GET', scopeService: 'ivs', path: tags('channel') }, '', 'ivs ListTagsForResource'],
    [
      'tags of a stage',
      { method: 'GET', scopeService: 'ivs', path: tags('stage') },
      '',
      'ivs-realtime ListTagsForResource',
    ],
    ['tags of a room', { method: 'DELETE', scopeService: 'ivschat', path: tags('room') }, '', 'ivschat UntagResource'],
    ['tags of anything else', { scopeService: 'ivs', path: '/tags/nonsense' }, '', 'ivs TagResource'],
    ['control plane', { scopeService: 'kinesisvideo', path: '/createStream' }, '', 'kinesisvideo CreateStream'],
    ['media', { scopeService: 'kinesisvideo', path: '/getMedia' }, '', 'kinesis-video-media GetMedia'],
    ['archived media', { scopeService: 'kinesisvideo', path: '/getClip' }, '', 'kinesis-video-archived-media GetClip'],
    [
      'signaling',
      { scopeService: 'kinesisvideo', path: '/v1/get-ice-server-config' },
      '',
      'kinesis-video-signaling GetIceServerConfig',
    ],
    [
      'WebRTC storage',
      { scopeService: 'kinesisvideo', path: '/joinStorageSession' },
      '',
      'kinesis-video-webrtc-storage JoinStorageSession',
    ],
    [
      'REST operation under the IAM name',
      { method: 'GET', scopeService: 'iam', path: '/authorization-details/abc1' },
      '',
      'iam-toolbox GetRequestAuthorizationDetails',
    ],
    [
      'data endpoint host',
      { host: 's-1a2b3c4d.kinesisvideo.us-west-2.amazonaws.com', path: '/getMedia' },
      '',
      'kinesis-video-media GetMedia',
    ],
    ['unsigned, by path alone', { path: '/GetChannel' }, '', 'ivs GetChannel'],
    ['foreign scope, by path', { scopeService: 's3', path: '/GetChannel' }, '', 'ivs GetChannel'],
  ])('%s', (_, part, body, expected) => {
    expect(found(part, body)).toBe(expected);
  });

  test.each<[string, Partial<RequestLine>, string, string]>([
    [
      'unknown action',
      { scopeService: 'iam' },
      'Action=Foo&Version=2010-05-08',
      '400 InvalidAction: Could not find operation Foo for version 2010-05-08',
    ],
    [
      'inherited property as action',
      { scopeService: 'iam' },
      'Action=constructor&Version=2010-05-08',
      '400 InvalidAction: Could not find operation constructor for version 2010-05-08',
    ],
    [
      'no version',
      { scopeService: 'iam' },
      'Action=GetUser',
      '400 InvalidAction: Could not find operation GetUser for version NO_VERSION_SPECIFIED',
    ],
    [
      'wrong version',
      { scopeService: 'iam' },
      'Action=GetUser&Version=2010-01-01',
      '400 NoSuchVersion: The requested version ( 2010-01-01 ) is not valid.',
    ],
    [
      'no action',
      { scopeService: 'iam' },
      'UserName=a',
      '400 MissingAction: The request is missing an action or a required parameter.',
    ],
    [
      'no action, no scope',
      { contentType: FORM },
      'UserName=a',
      '400 MissingAction: The request is missing an action or a required parameter.',
    ],
    [
      'REST path unknown',
      { scopeService: 'ivs', path: '/GetNothing' },
      '',
      '404 UnknownOperationException: The requested operation is not known to this service.',
    ],
    [
      'REST path in other case',
      { scopeService: 'ivs', path: '/getchannel' },
      '',
      '404 UnknownOperationException: The requested operation is not known to this service.',
    ],
    [
      'REST method wrong',
      { method: 'GET', scopeService: 'ivs', path: '/GetChannel' },
      '',
      '404 UnknownOperationException: The requested operation is not known to this service.',
    ],
    [
      'operation of another service',
      { scopeService: 'ivschat', path: '/GetChannel' },
      '',
      '404 UnknownOperationException: The requested operation is not known to this service.',
    ],
    [
      'label with a broken escape',
      { scopeService: 'ivs', path: '/tags/%zz' },
      '',
      '404 UnknownOperationException: The requested operation is not known to this service.',
    ],
    [
      'nothing at all',
      { method: 'GET' },
      '',
      '404 UnknownOperationException: The requested operation is not known to this service.',
    ],
  ])('%s is refused', (_, part, body, expected) => {
    expect(found(part, body)).toBe(expected);
  });

  test('labels are matched raw and decoded once', () => {
    const match = recognize(models, line({ scopeService: 'ivs', path: '/tags/a%252Fb%2Fc' }));
    expect(match).toMatchObject({ ok: true, labels: { resourceArn: 'a%2Fb/c' } });
  });

  test('long names are cut in the answer', () => {
    expect(found({ scopeService: 'iam' }, `Action=${'x'.repeat(5000)}&Version=2010-05-08`).length).toBeLessThan(250);
  });

  test('two services that share a literal route are refused at start', () => {
    const ivs = models.services.get('ivs');
    if (ivs === undefined) throw new Error('no model of ivs');
    expect(() => modelsOf([ivs, { ...ivs, name: 'twin' }])).toThrow('is both ivs and');
  });

  test('the JSON protocol is recognized by its target', () => {
    const organizations = linkService({
      service: 'organizations',
      serviceId: 'Organizations',
      apiVersion: '2016-11-28',
      protocol: 'awsJson',
      endpointPrefix: 'organizations',
      signingName: 'organizations',
      iamPrefix: 'organizations',
      targetPrefix: 'AWSOrganizationsV20161128',
      operations: { ListRoots: { http: ['POST', '/', 200], errors: [] } },
      shapes: {},
    });
    const one = modelsOf([organizations]);
    const call = (amzTarget: string) => recognize(one, line({ scopeService: 'organizations', amzTarget }));
    expect(call('AWSOrganizationsV20161128.ListRoots')).toMatchObject({ ok: true, operation: { name: 'ListRoots' } });
    expect(call('AWSOrganizationsV20161128.ListNothing')).toMatchObject({
      ok: false,
      code: 'UnknownOperationException',
    });
  });
});
