import { expect, test } from 'vitest';
import { describeRefusal, refusalCode } from './refusal-codes.ts';
import type { WireProtocol } from './refusal-codes.ts';
import { refuse, refuseKey } from './refusal.ts';
import type { RefusalReason } from './refusal.ts';

/** Per protocol: the code and its status. Columns: query, json, rest-json, rest-xml. */
const codes: readonly (readonly [RefusalReason, ...string[]])[] = [
  [
    'missing',
    'MissingAuthenticationToken 403',
    'MissingAuthenticationTokenException 400',
    'MissingAuthenticationTokenException 403',
    'AccessDenied 403',
  ],
  [
    'unknownKey',
    'InvalidClientTokenId 403',
    'UnrecognizedClientException 400',
    'UnrecognizedClientException 403',
    'InvalidAccessKeyId 403',
  ],
  [
    'badToken',
    'InvalidClientTokenId 403',
    'UnrecognizedClientException 400',
    'UnrecognizedClientException 403',
    'InvalidToken 400',
  ],
  ['expiredToken', 'ExpiredToken 403', 'ExpiredTokenException 400', 'ExpiredTokenException 403', 'ExpiredToken 400'],
  [
    'signature',
    'SignatureDoesNotMatch 403',
    'InvalidSignatureException 400',
    'InvalidSignatureException 403',
    'SignatureDoesNotMatch 403',
  ],
  [
    'expired',
    'SignatureDoesNotMatch 403',
    'InvalidSignatureException 400',
    'InvalidSignatureException 403',
    'RequestTimeTooSkewed 403',
  ],
  [
    'notYetCurrent',
    'SignatureDoesNotMatch 403',
    'InvalidSignatureException 400',
    'InvalidSignatureException 403',
    'RequestTimeTooSkewed 403',
  ],
  [
    'scope',
    'SignatureDoesNotMatch 403',
    'InvalidSignatureException 400',
    'InvalidSignatureException 403',
    'AuthorizationHeaderMalformed 400',
  ],
  [
    'incomplete',
    'IncompleteSignature 400',
    'IncompleteSignatureException 400',
    'IncompleteSignatureException 403',
    'AuthorizationHeaderMalformed 400',
  ],
  [
    'malformed',
    'IncompleteSignature 400',
    'IncompleteSignatureException 400',
    'IncompleteSignatureException 403',
    'AuthorizationHeaderMalformed 400',
  ],
  [
    'payloadHash',
    'SignatureDoesNotMatch 403',
    'InvalidSignatureException 400',
    'InvalidSignatureException 403',
    'XAmzContentSHA256Mismatch 400',
  ],
  ['badQuery', 'MalformedQueryString 400', 'MalformedQueryString 400', 'MalformedQueryString 400', 'InvalidURI 400'],
  ['badPath', ' 400', ' 400', ' 400', 'InvalidURI 400'],
];

const protocols: readonly WireProtocol[] = ['query', 'json', 'rest-json', 'rest-xml'];

test.each(codes)('S0-5 S0-176 %s has its code in every protocol', (reason, ...row) => {
  const found = protocols.map((protocol) => refusalCode(reason, protocol));
  expect(found.map(({ code, status }) => `${code} ${status}`)).toEqual(row);
});

test('query services say nothing when a request signs twice, the others do', () => {
  const refusal = refuse('both', 'Found both');
  expect(describeRefusal(refusal, 'query')).toEqual({ code: 'SignatureDoesNotMatch', status: 403, message: '' });
  expect(describeRefusal(refusal, 'rest-json').message).toBe('Found both');
});

test('S3 has its own sentences, and its own codes for presigned requests', () => {
  expect(describeRefusal(refuse('expired', 'x', 'query'), 'rest-xml')).toEqual({
    code: 'AccessDenied',
    status: 403,
    message: 'Request has expired',
  });
  expect(describeRefusal(refuse('malformed', 'x', 'query'), 'rest-xml').code).toBe('AuthorizationQueryParametersError');
  expect(describeRefusal(refuseKey('unknownKey'), 'rest-xml').message).toBe(
    'The AWS Access Key Id you provided does not exist in our records.',
  );
});

test('other protocols answer with the text of the refusal', () => {
  expect(describeRefusal(refuseKey('expiredToken'), 'json')).toEqual({
    code: 'ExpiredTokenException',
    status: 400,
    message: 'The security token included in the request is expired',
  });
});
