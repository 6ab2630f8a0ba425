/** Who is authenticated, and who is not and why: the same cases on both protocols, each with its own code. */
import { CreateAccessKeyCommand, DeleteAccessKeyCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, trusting } from './support/cast.ts';
import type { Cast, Person } from './support/cast.ts';
import { form, harmless, presigned, send, signedFetch } from './support/raw.ts';
import type { RawAnswer, RawRequest, Signing } from './support/raw.ts';
import { account, channelArn, keys, testServer } from './support/server.ts';
import type { Credentials, TestServer } from './support/server.ts';

const minute = 60_000;

/** What a condition is called, by protocol (spec of the services: query for IAM and STS, rest-json for the others). */
const codes = {
  query: {
    missing: 'MissingAuthenticationToken',
    unknown: 'InvalidClientTokenId',
    mismatch: 'SignatureDoesNotMatch',
    incomplete: 'IncompleteSignature',
    expired: 'ExpiredToken',
    malformedStatus: 400,
  },
  rest: {
    missing: 'MissingAuthenticationTokenException',
    unknown: 'UnrecognizedClientException',
    mismatch: 'InvalidSignatureException',
    incomplete: 'IncompleteSignatureException',
    expired: 'ExpiredTokenException',
    malformedStatus: 403,
  },
} as const;

const services = [
  { service: 'iam', codes: codes.query, other: 'sts' },
  { service: 'sts', codes: codes.query, other: 'ivs' },
  { service: 'ivs', codes: codes.rest, other: 'kinesisvideo' },
  { service: 'kinesisvideo', codes: codes.rest, other: 'iam' },
] as const;

let server: TestServer;
let cast: Cast;
let user: Person;
let session: Person & { readonly credentials: Credentials };
let otherSession: Person;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  user = await cast.user('signer', allow('*'));
  const role = await cast.role('signing', trusting(account), allow('*'));
  session = await cast.assume(user, role);
  otherSession = await cast.assume(user, role, { RoleSessionName: 'other' });
});
afterEach(() => server.clock.set(null));
afterAll(() => server.close());

const told = ({ code, status }: RawAnswer) => ({ code, status });

describe.each(services)('$service', ({ service, codes: code, other }) => {
  const request: RawRequest = harmless[service];
  const call = (
    credentials: Credentials,
    signing?: Signing,
    spoil?: (sent: RawRequest, headers: Record<string, string>) => RawRequest | void,
  ) => signedFetch(server.url, request, credentials, signing, spoil);
  const mismatch = { code: code.mismatch, status: 403 };
  const unknown = { code: code.unknown, status: 403 };

  test('S0-5 S0-38 S1-5 a rightly signed request passes', async () => {
    expect(told(await call(user.credentials))).toEqual({ code: '', status: 200 });
  });

  test('S0-5 S0-83 unsigned', async () => {
    const answer = await send(`${server.url}${request.path ?? '/'}`, request, request.headers ?? {});
    expect(told(answer)).toEqual({ code: code.missing, status: 403 });
  });

  test('S0-5 S0-176 an access key that does not exist', async () => {
    expect(told(await call({ ...user.credentials, accessKeyId: 'AKIAUNKNOWN123456789' }))).toEqual(unknown);
  });

  test('S0-5 S0-176 the right id with a wrong secret', async () => {
    const answer = await call({ ...user.credentials, secretAccessKey: keys.richardRoe.secretAccessKey });
    expect(told(answer)).toEqual(mismatch);
    expect(answer.text).toContain('The request signature we calculated does not match the signature you provided.');
  });

  test('S0-5 the signature of 16 minutes ago or ahead', async () => {
    const now = Date.now();
    for (const at of [now - 16 * minute, now + 16 * minute]) {
      const answer = await call(user.credentials, { now: at });
      expect(told(answer)).toEqual(mismatch);
      expect(answer.text).toMatch(at < now ? /Signature expired: / : /Signature not yet current: /);
    }
  });

  test('S0-5 S1-5 the signature of 14 minutes ago or ahead is good', async () => {
    for (const minutes of [-14, 14]) {
      expect((await call(user.credentials, { now: Date.now() + minutes * minute })).status).toBe(200);
    }
  });

  test('S0-5 a signature that has become stale since', async () => {
    const now = Date.now();
    server.clock.set(now + 20 * minute);
    expect(told(await call(user.credentials, { now }))).toEqual(mismatch);
  });

  test('S0-5 the scope of another service, of no region, of another terminator', async () => {
    const respelled = (from: RegExp, to: string) => (_: RawRequest, headers: Record<string, string>) => {
      headers['authorization'] = headers['authorization']!.replace(from, to);
    };
    const spoils = [
      () => call(user.credentials, { region: 'Not A Region' }),
      () => call(user.credentials, {}, respelled(/aws4_request/, 'aws5_request')),
      // Under the other service's name the request is another service's, or none that is known.
      () => call(user.credentials, { service: other }),
      () => call(user.credentials, { service: 'nonsense' }),
    ];
    for (const spoil of spoils) {
      const answer = await spoil();
      expect([400, 403, 404]).toContain(answer.status);
      expect(answer.code).toMatch(
        /^(SignatureDoesNotMatch|InvalidSignatureException|UnknownOperationException|InvalidAction|NoSuchVersion|MissingAction)$/,
      );
    }
    expect(told(await spoils[1]!())).toEqual(mismatch);
    expect((await spoils[3]!()).text).toContain(`Credential should be scoped to correct service: '${service}'.`);
  });

  test('S0-5 a body that was altered on the way', async () => {
    const answer = await call(user.credentials, {}, (sent) => ({ ...sent, body: `${sent.body}&x=1` }));
    expect(told(answer)).toEqual(mismatch);
  });

  test('S0-5 a query, a method or a signed header that was altered on the way', async () => {
    expect(told(await call(user.credentials, {}, (sent) => ({ ...sent, query: 'x=1' })))).toEqual(mismatch);
    const dated = await call(user.credentials, {}, (_, headers) => {
      headers['content-type'] = `${headers['content-type']}; charset=x`;
    });
    expect(told(dated)).toEqual(mismatch);
  });

  test('S0-5 an Authorization header that lacks its parts', async () => {
    const answer = await call(user.credentials, {}, (_, headers) => {
      headers['authorization'] = headers['authorization']!.replace(/, Signature=.*/, '');
    });
    expect(told(answer)).toEqual({ code: code.incomplete, status: code.malformedStatus });
  });

  test('S0-75 S0-25 a session signs with its token, and not without or with another', async () => {
    const { credentials } = session;
    const { sessionToken = '', ...withoutToken } = credentials;
    expect((await call(credentials)).status).toBe(200);
    expect(told(await call(withoutToken))).toEqual(unknown);
    const altered = `${sessionToken.slice(0, 40)}${sessionToken[40] === 'A' ? 'B' : 'A'}${sessionToken.slice(41)}`;
    expect(told(await call({ ...credentials, sessionToken: altered }))).toEqual(unknown);
    expect(told(await call({ ...credentials, sessionToken: otherSession.credentials.sessionToken! }))).toEqual(unknown);
    expect(told(await call({ ...user.credentials, sessionToken }))).toEqual(unknown);
    expect(told(await call({ ...credentials, secretAccessKey: otherSession.credentials.secretAccessKey }))).toEqual(
      mismatch,
    );
  });

  test('S0-81 S0-75 a session ends with its time', async () => {
    const later = Date.now() + 61 * minute;
    server.clock.set(later);
    expect(told(await call(session.credentials, { now: later }))).toEqual({ code: code.expired, status: 403 });
  });

  test('S0-42 S1-5 a presigned URL is worth as much as a header', async () => {
    const url = presigned(server.url, request, user.credentials);
    expect((await send(url, request, request.headers ?? {})).status).toBe(200);
    expect(told(await send(`${url}&x=1`, request, request.headers ?? {}))).toEqual(mismatch);
    const wrong = presigned(server.url, request, { ...user.credentials, secretAccessKey: 'x'.repeat(40) });
    expect(told(await send(wrong, request, request.headers ?? {}))).toEqual(mismatch);
    const ofSession = presigned(server.url, request, session.credentials);
    expect((await send(ofSession, request, request.headers ?? {})).status).toBe(200);
    const stale = presigned(server.url, request, user.credentials, { now: Date.now() - 16 * minute });
    expect(told(await send(stale, request, request.headers ?? {}))).toEqual(mismatch);
  });

  test('S0-5 both forms of signature at once', async () => {
    const url = presigned(server.url, request, user.credentials);
    const answer = await send(url, request, { ...request.headers, authorization: 'AWS4-HMAC-SHA256 x' });
    expect(told(answer)).toEqual(mismatch);
  });

  test('S0-5 S0-173 S0-179 S0-183 a key stops with its deactivation and deletion, and works again when activated', async () => {
    const UserName = `keys-${service}`;
    const { credentials } = await cast.user(UserName, allow('*'));
    const AccessKeyId = credentials.accessKeyId;
    const { iam } = cast.root;
    expect((await call(credentials)).status).toBe(200);
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
    expect(told(await call(credentials))).toEqual(unknown);
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Active' }));
    expect((await call(credentials)).status).toBe(200);
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const next = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    expect(told(await call(credentials))).toEqual(unknown);
    expect((await call(next)).status).toBe(200);
  });
});

describe('the form of the query protocol', () => {
  const identity = { Action: 'GetCallerIdentity', Version: '2011-06-15' };

  test('S0-42 a GET with its parameters in the query, presigned, is a bearer proof', async () => {
    const query = new URLSearchParams(identity).toString();
    const request = { service: 'sts', method: 'GET', query, headers: { 'x-k8s-aws-id': 'cluster' } };
    const url = presigned(server.url, request, user.credentials);
    const answer = await send(url, request, request.headers);
    expect(answer.text).toContain(`<Arn>${user.arn}</Arn>`);
    expect((await send(url, request, { 'x-k8s-aws-id': 'another' })).status).toBe(403);
    const other = url.replace('GetCallerIdentity', 'GetSessionToken');
    expect((await send(other, request, request.headers)).code).toBe('SignatureDoesNotMatch');
  });

  test('S0-5 an action in the query cannot replace the signed one of the body', async () => {
    const request = { service: 'sts', query: 'Action=GetSessionToken&Version=2011-06-15', ...form(identity) };
    const answer = await signedFetch(server.url, request, user.credentials);
    expect(answer.text).toContain('GetCallerIdentityResponse');
  });
});

describe('ids, secrets and tokens', () => {
  test('S0-5 S0-176 the key of one account is not a key of another', async () => {
    const request = {
      service: 'ivs',
      path: '/GetChannel',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ arn: channelArn }),
    };
    expect((await signedFetch(server.url, request, keys.root)).status).toBe(200);
    const answer = await signedFetch(server.url, request, keys.otherRoot);
    expect([403, 404]).toContain(answer.status);
  });

  test('S0-5 a token that is no token, or is very long, is refused as an invalid one', async () => {
    for (const sessionToken of ['x', '%', 'A'.repeat(9000), '=====', '{"v":1}']) {
      const answer = await signedFetch(server.url, harmless.ivs, { ...session.credentials, sessionToken });
      expect(told(answer)).toEqual({ code: 'UnrecognizedClientException', status: 403 });
    }
  });
});
