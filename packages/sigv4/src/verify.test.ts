import { expect, test } from 'vitest';
import { profiles, readAuthorization, sign, verifySignature } from './index.ts';

test('the published get-vanilla signature', () => {
  const rawHeaders = [
    'Host',
    'example.amazonaws.com',
    'X-Amz-Date',
    '20150830T123600Z',
    'Authorization',
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ];
  const a = readAuthorization({ method: 'GET', target: '/', rawHeaders });
  if (a.kind === 'none' || a.kind === 'refused') throw new Error(JSON.stringify(a));
  expect(
    verifySignature(
      a,
      new Uint8Array(),
      { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
      { now: 0, profile: profiles.standard, service: 'service' },
    ),
  ).toEqual({ kind: 'verified', payload: { kind: 'signed' } });
  const signed = sign(
    { method: 'GET', url: 'https://example.amazonaws.com/' },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    { service: 'service', region: 'us-east-1', now: Date.UTC(2015, 7, 30, 12, 36) },
  );
  expect(signed['authorization']).toBe(rawHeaders[5]);
});
