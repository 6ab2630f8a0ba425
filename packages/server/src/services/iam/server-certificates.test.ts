import { createPrivateKey } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newCertificate } from './certificates.testkit.ts';
import type { Pair } from './certificates.testkit.ts';
import { serverCertificates } from './credential-records.ts';
import { account, allow, noon, openIam, policy, type Asker, type World } from './iam.testkit.ts';
import { global } from './records.ts';

const day = 86_400_000;
let ca: Pair;
let middle: Pair;
let leaf: Pair;
let stranger: Pair;
beforeAll(async () => {
  ca = await newCertificate('root', noon - day, { isCa: true });
  middle = await newCertificate('middle', noon - day, { isCa: true, ca });
  leaf = await newCertificate('leaf', noon - day, { ca: middle });
  stranger = await newCertificate('stranger', noon - day, {});
});

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

const arn = (name: string) => `arn:aws:iam::${account}:server-certificate/${name}`;
const inputOf = (ServerCertificateName: string, pair = leaf) => ({
  ServerCertificateName,
  CertificateBody: pair.cert,
  PrivateKey: pair.key,
});
const chainText = (index: number) =>
  `MalformedCertificate: Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: ${index}`;

describe('uploading', () => {
  test('keeps the key sealed and never shows it', async () => {
    const CertificateChain = `${middle.cert}\n${ca.cert}`;
    const made = await root.ask('UploadServerCertificate', {
      ...inputOf('tv'),
      Path: '/cloudfront/',
      CertificateChain,
    });
    const ServerCertificateMetadata = {
      Path: '/cloudfront/',
      ServerCertificateName: 'tv',
      ServerCertificateId: expect.stringMatching(/^ASCA[A-Z2-7]{17}$/),
      Arn: arn('cloudfront/tv'),
      UploadDate: new Date(noon),
      Expiration: new Date(noon + 364 * day),
    };
    expect(made.ServerCertificateMetadata).toEqual(ServerCertificateMetadata);
    const read = await root.ask('GetServerCertificate', { ServerCertificateName: 'tv' });
    expect(read.ServerCertificate).toEqual({
      ServerCertificateMetadata,
      CertificateBody: leaf.cert,
      CertificateChain,
      Tags: [],
    });
    expect(JSON.stringify(read)).not.toContain('PRIVATE');
    expect(serverCertificates.sealed).toEqual(['privateKey']);
    const stored = await world.store.reader.get(serverCertificates, global(account), 'tv');
    expect(stored?.privateKey).toBe(leaf.key);
  });

  test('takes keys in either form', async () => {
    const sec1 = createPrivateKey(leaf.key).export({ format: 'pem', type: 'sec1' }).toString();
    await root.ask('UploadServerCertificate', { ...inputOf('a'), PrivateKey: sec1 });
  });

  test('refuses a key of another certificate', async () => {
    const input = { ...inputOf('tv'), PrivateKey: stranger.key };
    expect(await root.refusal('UploadServerCertificate', input)).toMatch(/^KeyPairMismatch: /);
  });

  test('refuses what is no certificate, or not one', async () => {
    const unparsed = 'Unable to parse certificate. Please ensure the certificate is in PEM format.';
    for (const CertificateBody of [
      'hello',
      leaf.key,
      `${leaf.cert}\n${middle.cert}`,
      leaf.cert.replace('MII', 'MIJ'),
    ]) {
      expect(await root.refusal('UploadServerCertificate', { ...inputOf('tv'), CertificateBody })).toBe(
        `MalformedCertificate: ${unparsed}`,
      );
    }
  });

  test('refuses keys that are encrypted or none', async () => {
    const encrypted = createPrivateKey(leaf.key)
      .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString();
    for (const PrivateKey of [encrypted, leaf.cert, 'hello']) {
      expect(await root.refusal('UploadServerCertificate', { ...inputOf('tv'), PrivateKey })).toMatch(
        /^MalformedCertificate: Unable to parse private key/,
      );
    }
  });

  test.each([
    ['the right order', () => [middle.cert, ca.cert], undefined],
    ['no root', () => [middle.cert], undefined],
    ['the wrong order', () => [ca.cert, middle.cert], 0],
    ['a stranger in it', () => [middle.cert, stranger.cert], 1],
    ['something else in it', () => [middle.cert, 'hello'], -1],
    ['nothing in it', () => [' '], -1],
  ])('a chain with %s', async (_, chain, broken) => {
    const input = { ...inputOf('tv'), CertificateChain: chain().join('\n') };
    if (broken === undefined) await root.ask('UploadServerCertificate', input);
    else expect(await root.refusal('UploadServerCertificate', input)).toBe(chainText(broken));
  });

  test('refuses certificates before and after their time', async () => {
    for (const at of [noon - 2 * day, noon + 365 * day]) {
      world.now = at;
      expect(await root.refusal('UploadServerCertificate', inputOf('tv'))).toMatch(/^MalformedCertificate: /);
    }
  });

  test('names are unique ignoring case; twenty certificates at most', async () => {
    await root.ask('UploadServerCertificate', inputOf('tv'));
    expect(await root.refusal('UploadServerCertificate', inputOf('TV'))).toBe(
      'EntityAlreadyExists: The Server Certificate with name TV already exists.',
    );
    for (let n = 1; n < 20; n += 1) await root.ask('UploadServerCertificate', inputOf(`c${n}`));
    expect(await root.refusal('UploadServerCertificate', inputOf('c20'))).toBe(
      'LimitExceeded: Cannot exceed quota for ServerCertificatesPerAccount: 20',
    );
    expect((await root.ask('GetAccountSummary', {})).SummaryMap?.ServerCertificates).toBe(20);
    const { ServerCertificateMetadataList, IsTruncated } = await root.ask('ListServerCertificates', { MaxItems: 2 });
    expect([ServerCertificateMetadataList.map((c) => c.ServerCertificateName), IsTruncated]).toEqual([
      ['c1', 'c10'],
      true,
    ]);
  });
});

describe('server certificates', () => {
  beforeEach(() => root.ask('UploadServerCertificate', { ...inputOf('tv'), Path: '/a/' }));

  test('are renamed and moved, which is asked of the old and the new ARN', async () => {
    const move = { ServerCertificateName: 'tv', NewServerCertificateName: 'radio', NewPath: '/b/' };
    await root.ask('CreateUser', { UserName: 'bob' });
    const document = policy(allow('iam:UpdateServerCertificate', arn('a/tv')));
    await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'p', PolicyDocument: document });
    const bob = await world.user('bob');
    expect(await bob.refusal('UpdateServerCertificate', move)).toContain(`on resource: ${arn('b/radio')}`);
    await root.ask('UpdateServerCertificate', move);
    const { ServerCertificateMetadataList } = await root.ask('ListServerCertificates', { PathPrefix: '/b' });
    expect(ServerCertificateMetadataList.map(({ Arn }) => Arn)).toEqual([arn('b/radio')]);
    expect(await root.refusal('GetServerCertificate', { ServerCertificateName: 'tv' })).toBe(
      'NoSuchEntity: The Server Certificate with name tv cannot be found.',
    );
    await root.ask('UploadServerCertificate', inputOf('tv'));
    const back = { ServerCertificateName: 'radio', NewServerCertificateName: 'TV' };
    expect(await root.refusal('UpdateServerCertificate', back)).toMatch(/^EntityAlreadyExists: /);
  });

  test('carry tags that policies see', async () => {
    const ServerCertificateName = 'tv';
    const Tags = [{ Key: 'Team', Value: 'tv' }];
    await root.ask('TagServerCertificate', { ServerCertificateName, Tags });
    expect((await root.ask('ListServerCertificateTags', { ServerCertificateName })).Tags).toEqual(Tags);
    expect(await root.checks('DeleteServerCertificate', { ServerCertificateName })).toMatchObject([
      { resource: arn('a/tv'), resourceTags: { Team: 'tv' } },
    ]);
    await root.ask('UntagServerCertificate', { ServerCertificateName, TagKeys: ['Team'] });
    const { ServerCertificate } = await root.ask('GetServerCertificate', { ServerCertificateName });
    expect(ServerCertificate.Tags).toEqual([]);
    const made = await root.ask('UploadServerCertificate', { ...inputOf('x'), Tags });
    expect(made.Tags).toEqual(Tags);
  });

  test('are gone once deleted', async () => {
    await root.ask('DeleteServerCertificate', { ServerCertificateName: 'TV' });
    expect(await root.refusal('DeleteServerCertificate', { ServerCertificateName: 'tv' })).toMatch(/^NoSuchEntity: /);
  });
});
