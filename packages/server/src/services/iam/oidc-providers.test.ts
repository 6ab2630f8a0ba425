import { beforeEach, expect, test } from 'vitest';
import { account, noon, openIam, otherAccount, type Asker, type World } from './iam.testkit.ts';

const Url = 'https://id.example.com/Tenant/';
const OpenIDConnectProviderArn = `arn:aws:iam::${account}:oidc-provider/id.example.com/Tenant/`;
const thumbprint = (letter: string): string => letter.repeat(40);

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

test('a provider keeps its URL as given, and is shown without the scheme', async () => {
  const made = await root.ask('CreateOpenIDConnectProvider', { Url, ClientIDList: ['a', 'b', 'a'] });
  expect(made).toEqual({ OpenIDConnectProviderArn, Tags: undefined });
  expect(await root.ask('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).toEqual({
    Url: 'id.example.com/Tenant/',
    ClientIDList: ['a', 'b'],
    ThumbprintList: [],
    CreateDate: new Date(noon),
    Tags: [],
  });
  // Another case or slash is another issuer.
  await root.ask('CreateOpenIDConnectProvider', { Url: 'https://id.example.com/tenant' });
  const { OpenIDConnectProviderList } = await root.ask('ListOpenIDConnectProviders', {});
  expect(OpenIDConnectProviderList).toEqual([
    { Arn: OpenIDConnectProviderArn },
    { Arn: `arn:aws:iam::${account}:oidc-provider/id.example.com/tenant` },
  ]);
});

test.each([
  'http://id.example.com',
  'id.example.com',
  'https://',
  'https:///path',
  'https://id.example.com?a=b',
  'https://id.example.com#a',
  'https://user:secret@id.example.com',
  'https://id.exam ple.com',
  'HTTPS://id.example.com',
])('%s is no URL of a provider', async (bad) => {
  expect(await root.refusal('CreateOpenIDConnectProvider', { Url: bad })).toBe(
    'ValidationError: Invalid Open ID Connect Provider URL',
  );
});

test('a URL is taken once in an account', async () => {
  await root.ask('CreateOpenIDConnectProvider', { Url });
  expect(await root.refusal('CreateOpenIDConnectProvider', { Url })).toBe(
    `EntityAlreadyExists: Provider with url ${Url} already exists.`,
  );
  await world.root(otherAccount).ask('CreateOpenIDConnectProvider', { Url });
  expect(await world.root(otherAccount).refusal('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).toMatch(
    /^AccessDenied: /,
  );
});

test('client ids are added and removed, each as often as one likes, a hundred at most', async () => {
  const ClientIDList = Array.from({ length: 99 }, (_, i) => `c${i}`);
  await root.ask('CreateOpenIDConnectProvider', { Url, ClientIDList });
  const add = { OpenIDConnectProviderArn, ClientID: 'more' };
  await root.ask('AddClientIDToOpenIDConnectProvider', add);
  await root.ask('AddClientIDToOpenIDConnectProvider', add);
  const tooMany = 'LimitExceeded: Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100';
  expect(await root.refusal('AddClientIDToOpenIDConnectProvider', { ...add, ClientID: 'most' })).toBe(tooMany);
  await root.ask('RemoveClientIDFromOpenIDConnectProvider', add);
  await root.ask('RemoveClientIDFromOpenIDConnectProvider', add);
  expect((await root.ask('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).ClientIDList).toEqual(ClientIDList);
  const another = { Url: 'https://b.example.com', ClientIDList: [...ClientIDList, 'x', 'y'] };
  expect(await root.refusal('CreateOpenIDConnectProvider', another)).toBe(tooMany);
});

test('thumbprints are replaced as a whole, five at most', async () => {
  await root.ask('CreateOpenIDConnectProvider', { Url, ThumbprintList: [thumbprint('a')] });
  const ThumbprintList = ['b', 'c', 'd', 'e', 'f'].map(thumbprint);
  await root.ask('UpdateOpenIDConnectProviderThumbprint', { OpenIDConnectProviderArn, ThumbprintList });
  const six = { OpenIDConnectProviderArn, ThumbprintList: [...ThumbprintList, thumbprint('a')] };
  const refused = 'InvalidInput: Thumbprint list must contain fewer than 5 entries.';
  expect(await root.refusal('UpdateOpenIDConnectProviderThumbprint', six)).toBe(refused);
  expect(await root.refusal('CreateOpenIDConnectProvider', { ...six, Url: 'https://b.example.com' })).toBe(refused);
  const got = await root.ask('GetOpenIDConnectProvider', { OpenIDConnectProviderArn });
  expect(got.ThumbprintList).toEqual(ThumbprintList);
});

test('a provider is deleted once', async () => {
  await root.ask('CreateOpenIDConnectProvider', { Url });
  await root.ask('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn });
  expect(await root.refusal('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn })).toBe(
    `NoSuchEntity: OpenId connect Provider ${OpenIDConnectProviderArn} cannot be found.`,
  );
  const missing = `NoSuchEntity: OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`;
  expect(await root.refusal('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).toBe(missing);
  expect(await root.refusal('ListOpenIDConnectProviderTags', { OpenIDConnectProviderArn })).toBe(missing);
});

test('an ARN of something else finds nothing', async () => {
  await root.ask('CreateOpenIDConnectProvider', { Url });
  const arn = `arn:aws:iam::${account}:saml-provider/id.example.com/Tenant/`;
  expect(await root.refusal('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })).toMatch(
    /^NoSuchEntity: /,
  );
  expect(await root.refusal('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })).toMatch(/^NoSuchEntity: /);
});

test('tags tell case apart and come in pages', async () => {
  await root.ask('CreateOpenIDConnectProvider', { Url, Tags: [{ Key: 'a', Value: '1' }] });
  await root.ask('TagOpenIDConnectProvider', { OpenIDConnectProviderArn, Tags: [{ Key: 'A', Value: '2' }] });
  const first = await root.ask('ListOpenIDConnectProviderTags', { OpenIDConnectProviderArn, MaxItems: 1 });
  expect(first).toMatchObject({ Tags: [{ Key: 'A', Value: '2' }], IsTruncated: true });
  const Marker = first.Marker!;
  const rest = await root.ask('ListOpenIDConnectProviderTags', { OpenIDConnectProviderArn, Marker });
  expect(rest).toEqual({ Tags: [{ Key: 'a', Value: '1' }], IsTruncated: false });
  await root.ask('UntagOpenIDConnectProvider', { OpenIDConnectProviderArn, TagKeys: ['a', 'b'] });
  expect((await root.ask('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })).Tags).toEqual([
    { Key: 'A', Value: '2' },
  ]);
});
