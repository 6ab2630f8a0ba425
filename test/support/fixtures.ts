/** Names and keys of examples/fixtures.yaml, for tests whose server is another process. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const examples = resolve(import.meta.dirname, '../../examples');

export const fixturesFile = resolve(examples, 'fixtures.yaml');
export const policyFile = (name: string): string => resolve(examples, 'policies', `${name}.json`);
export const region = 'us-west-2';
export const account = '123456789012';
export const channelArn = `arn:aws:ivs:${region}:${account}:channel/VgNkEJgOVX9N`;
/** Tagged Owner = richard-roe. */
export const ownedChannelArn = `arn:aws:ivs:${region}:${account}:channel/Ab1Cd2Ef3Gh4`;

const text = readFileSync(fixturesFile, 'utf8');

/** The key of this id, with its secret as the file has it. */
function keyOf(accessKeyId: string) {
  const secretAccessKey = new RegExp(`id: ${accessKeyId}, secret: (\\S+) `).exec(text)?.[1];
  if (secretAccessKey === undefined) throw new Error(`fixtures.yaml has no key ${accessKeyId}`);
  return { accessKeyId, secretAccessKey };
}

export const keys = {
  root: keyOf('AKIAROOT123456789012'),
  admin: keyOf('AKIAADMIN12345678901'),
  mateojackson: keyOf('AKIAIOSFODNN7EXAMPLE'),
  richardRoe: keyOf('AKIARICHARDROE345678'),
  /** Root of 111111111111, the account of `partner`, who may assume CustomRole. */
  partnerRoot: keyOf('AKIAROOT111111111111'),
  partner: keyOf('AKIAPARTNER111111111'),
};
