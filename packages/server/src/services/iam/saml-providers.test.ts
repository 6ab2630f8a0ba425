import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { account, allow, noon, openIam, otherAccount, policy, type Asker, type World } from './iam.testkit.ts';
import { samlPrivateKeys } from './provider-records.ts';
import { global } from './records.ts';
import { readSamlMetadata } from './saml-metadata.ts';
import { metadataOf, newSigningCertificate, signingCertificate } from './saml-providers.testkit.ts';

const SAMLProviderArn = `arn:aws:iam::${account}:saml-provider/idp`;
const Name = 'idp';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const AddPrivateKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

describe('metadata', () => {
  test('tells the entity, its end and its signing keys', () => {
    const text = metadataOf({ attributes: ' validUntil="2027-01-01T00:00:00Z"' });
    expect(readSamlMetadata(text)).toEqual({
      entityId: 'https://idp.example.com/metadata',
      certificates: [signingCertificate],
      validUntil: Date.parse('2027-01-01T00:00:00Z'),
    });
  });

  test.each([
    ['no XML', 'x'.repeat(1000)],
    ['a DTD', metadataOf({ prolog: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' })],
    ['a DTD in small letters', metadataOf({ prolog: '<!doctype a>' })],
    ['an undeclared entity', metadataOf({ entityId: '&b;' })],
    ['no entity id', metadataOf({ entityId: '' })],
    ['no key', metadataOf({ keys: [] })],
    ['a key that is none', metadataOf({ keys: ['AAAA'] })],
    ['an end that is no time', metadataOf({ attributes: ' validUntil="tomorrow"' })],
    ['another root', metadataOf().replaceAll('EntityDescriptor', 'EntitiesDescriptor')],
    ['a service provider', metadataOf().replaceAll('IDPSSODescriptor', 'SPSSODescriptor')],
    ['an open element', metadataOf().replace('</md:EntityDescriptor>', '')],
    ['elements in elements without end', '<a>'.repeat(200_000)],
  ])('with %s is refused', async (_, SAMLMetadataDocument) => {
    const refusal = await root.refusal('CreateSAMLProvider', { Name, SAMLMetadataDocument });
    expect(refusal).toBe('InvalidInput: Could not parse metadata');
  });

  test('may hold ten keys, not eleven; the same key counts once', async () => {
    const keys = await Promise.all(Array.from({ length: 11 }, newSigningCertificate));
    const SAMLMetadataDocument = metadataOf({ keys });
    expect(await root.refusal('CreateSAMLProvider', { Name, SAMLMetadataDocument })).toBe(
      'LimitExceeded: Cannot exceed quota for KeysPerSAMLProvider: 10',
    );
    const ten = keys.slice(0, 10);
    expect(readSamlMetadata(metadataOf({ keys: [...ten, ...ten] }))?.certificates).toEqual(ten);
    await root.ask('CreateSAMLProvider', { Name, SAMLMetadataDocument: metadataOf({ keys: ten }) });
  });
});

describe('a SAML provider', () => {
  const create = () => root.ask('CreateSAMLProvider', { Name, SAMLMetadataDocument: metadataOf() });

  test('is returned with its metadata byte for byte and its defaults', async () => {
    expect(await create()).toEqual({ SAMLProviderArn, Tags: undefined });
    const got = await root.ask('GetSAMLProvider', { SAMLProviderArn });
    expect(got).toEqual({
      SAMLProviderUUID: expect.stringMatching(/^[A-Z0-9]{22,64}$/),
      SAMLMetadataDocument: metadataOf(),
      CreateDate: new Date(noon),
      ValidUntil: new Date(noon + 36_525 * 86_400_000),
      Tags: [],
      AssertionEncryptionMode: 'Allowed',
      PrivateKeyList: [],
    });
    const { SAMLProviderList } = await root.ask('ListSAMLProviders', {});
    expect(SAMLProviderList).toEqual([
      { Arn: SAMLProviderArn, ValidUntil: got.ValidUntil, CreateDate: got.CreateDate },
    ]);
  });

  test('exists once, and in its account alone', async () => {
    await create();
    const again = await root.refusal('CreateSAMLProvider', { Name, SAMLMetadataDocument: metadataOf() });
    expect(again).toBe('EntityAlreadyExists: SAMLProvider with name idp already exists.');
    const stranger = world.root(otherAccount);
    expect(await stranger.refusal('GetSAMLProvider', { SAMLProviderArn })).toMatch(/^AccessDenied: /);
  });

  test('keeps its id when its metadata is replaced', async () => {
    await create();
    const before = await root.ask('GetSAMLProvider', { SAMLProviderArn });
    const SAMLMetadataDocument = metadataOf({ entityId: 'https://new.example.com' });
    await root.ask('UpdateSAMLProvider', { SAMLProviderArn, SAMLMetadataDocument });
    const after = await root.ask('GetSAMLProvider', { SAMLProviderArn });
    expect(after).toEqual({ ...before, SAMLMetadataDocument });
  });

  test('once deleted is not found, by any operation', async () => {
    await create();
    await root.ask('DeleteSAMLProvider', { SAMLProviderArn });
    const missing = `NoSuchEntity: Manifest not found for arn ${SAMLProviderArn}`;
    expect(await root.refusal('GetSAMLProvider', { SAMLProviderArn })).toBe(missing);
    expect(await root.refusal('UpdateSAMLProvider', { SAMLProviderArn })).toBe(missing);
    expect(await root.refusal('DeleteSAMLProvider', { SAMLProviderArn })).toBe(missing);
    expect(await root.refusal('TagSAMLProvider', { SAMLProviderArn, Tags: [] })).toBe(missing);
    expect(await root.refusal('ListSAMLProviderTags', { SAMLProviderArn })).toBe(missing);
    const noArn = 'ValidationError: ARN not-an-arn-of-anything is not valid.';
    expect(await root.refusal('GetSAMLProvider', { SAMLProviderArn: 'not-an-arn-of-anything' })).toBe(noArn);
  });

  test('has tags, in either case of a key, that conditions see', async () => {
    await root.ask('CreateSAMLProvider', {
      Name,
      SAMLMetadataDocument: metadataOf(),
      Tags: [{ Key: 'team', Value: 'red' }],
    });
    await root.ask('TagSAMLProvider', { SAMLProviderArn, Tags: [{ Key: 'Team', Value: 'blue' }] });
    await root.ask('UntagSAMLProvider', { SAMLProviderArn, TagKeys: ['none'] });
    const { Tags } = await root.ask('ListSAMLProviderTags', { SAMLProviderArn });
    expect(Tags).toEqual([
      { Key: 'Team', Value: 'blue' },
      { Key: 'team', Value: 'red' },
    ]);
    await root.ask('UntagSAMLProvider', { SAMLProviderArn, TagKeys: ['Team'] });
    await root.ask('CreateUser', { UserName: 'bob' });
    const Condition = { StringEquals: { 'aws:ResourceTag/team': 'red' } };
    const PolicyDocument = policy(allow('iam:GetSAMLProvider', SAMLProviderArn, { Condition }));
    await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'p', PolicyDocument });
    const bob = await world.user('bob');
    expect((await bob.ask('GetSAMLProvider', { SAMLProviderArn })).Tags).toEqual([{ Key: 'team', Value: 'red' }]);
    await root.ask('UntagSAMLProvider', { SAMLProviderArn, TagKeys: ['team'] });
    expect(await bob.refusal('GetSAMLProvider', { SAMLProviderArn })).toMatch(/^AccessDenied: /);
  });
});

describe('private keys', () => {
  const create = () => root.ask('CreateSAMLProvider', { Name, SAMLMetadataDocument: metadataOf(), AddPrivateKey });
  const keyIds = async () =>
    (await root.ask('GetSAMLProvider', { SAMLProviderArn })).PrivateKeyList!.map(({ KeyId }) => KeyId!);

  test('are rotated by adding and removing in turn, two at most, and never shown', async () => {
    await create();
    const [first] = await keyIds();
    world.now += 1000;
    await root.ask('UpdateSAMLProvider', { SAMLProviderArn, AddPrivateKey });
    expect(await root.refusal('UpdateSAMLProvider', { SAMLProviderArn, AddPrivateKey })).toBe(
      'LimitExceeded: Cannot exceed quota for PrivateKeysPerSAMLProvider: 2',
    );
    const both = { SAMLProviderArn, AddPrivateKey, RemovePrivateKey: first };
    expect(await root.refusal('UpdateSAMLProvider', both)).toMatch(/^InvalidInput: /);
    await root.ask('UpdateSAMLProvider', { SAMLProviderArn, RemovePrivateKey: first });
    expect(await keyIds()).toHaveLength(1);
    expect(await keyIds()).not.toContain(first);
    expect(JSON.stringify(await root.ask('GetSAMLProvider', { SAMLProviderArn }))).not.toContain('PRIVATE KEY');
    const gone = { SAMLProviderArn, RemovePrivateKey: first };
    expect(await root.refusal('UpdateSAMLProvider', gone)).toMatch(/^NoSuchEntity: /);
  });

  test('go with their provider', async () => {
    await create();
    await root.ask('DeleteSAMLProvider', { SAMLProviderArn });
    expect(await world.store.reader.count(samlPrivateKeys, global(account))).toBe(0);
  });

  test('must be RSA keys in PEM, in clear', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    for (const bad of ['x', ec.toString()]) {
      const input = { Name, SAMLMetadataDocument: metadataOf(), AddPrivateKey: bad };
      expect(await root.refusal('CreateSAMLProvider', input)).toMatch(/^InvalidInput: /);
    }
    expect((await root.ask('ListSAMLProviders', {})).SAMLProviderList).toEqual([]);
  });

  test('are needed while encryption is required', async () => {
    const input = { Name, SAMLMetadataDocument: metadataOf(), AssertionEncryptionMode: 'Required' } as const;
    expect(await root.refusal('CreateSAMLProvider', input)).toMatch(/^InvalidInput: A private key is needed/);
    await root.ask('CreateSAMLProvider', { ...input, AddPrivateKey });
    const [RemovePrivateKey] = await keyIds();
    const removal = { SAMLProviderArn, RemovePrivateKey };
    expect(await root.refusal('UpdateSAMLProvider', removal)).toMatch(/^InvalidInput: A private key is needed/);
    await root.ask('UpdateSAMLProvider', { ...removal, AssertionEncryptionMode: 'Allowed' });
    expect(await keyIds()).toEqual([]);
  });
});
