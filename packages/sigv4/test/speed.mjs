/** Microseconds to verify a small signed POST, as the AWS SDKs send it: `node packages/sigv4/test/speed.mjs` after a build. */
import { hash } from 'node:crypto';
import { checkClaims, profiles, readAuthorization, sign, verifySignature } from '../dist/index.js';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const now = Date.UTC(2015, 7, 30, 12, 36);
const body = Buffer.from('{"arn":"arn:aws:ivs:us-west-2:123456789012:channel/VgNkEJgOVX9N"}');
const headers = sign(
  {
    method: 'POST',
    url: 'https://ivs.us-west-2.amazonaws.com/GetChannel',
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.length),
      'amz-sdk-invocation-id': '5b1d1c3a-7f6e-4a7b-9a52-0f6d8f0c2a11',
      'amz-sdk-request': 'attempt=1; max=3',
      'user-agent': 'aws-sdk-js/3.1136.0 ua/2.1 os/linux lang/js md/nodejs#20.20.2 api/ivs#3.1136.0',
    },
    body,
  },
  credentials,
  { service: 'ivs', region: 'us-west-2', now, contentHash: true },
);
const rawHeaders = Object.entries({ ...headers, connection: 'keep-alive', accept: '*/*' }).flat();
const rules = { now, profile: profiles.standard, service: 'ivs', region: 'us-west-2' };

function whole() {
  const authorization = readAuthorization({ method: 'POST', target: '/GetChannel', rawHeaders });
  const refused = checkClaims(authorization, rules) ?? verifySignature(authorization, body, credentials, rules);
  if (refused.kind !== 'verified') throw new Error(refused.reason);
}

/** Processor time, the best of several rounds: what the code costs when nothing else runs. */
function microseconds(run, rounds = 20, times = 10_000) {
  for (let i = 0; i < 30_000; i++) run();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    for (let i = 0; i < times; i++) run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / times);
  }
  return best.toFixed(2);
}

console.log(`one SHA-256 of the body alone: ${microseconds(() => hash('sha256', body, 'hex'))} us`);
console.log(`read, check and verify:        ${microseconds(whole)} us (${rawHeaders.length / 2} headers)`);
