import { beforeEach, expect, test } from 'vitest';
import { account, allow, openIam, otherAccount, policy, type Asker, type World } from './iam.testkit.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam({ publicUrl: 'https://iam.example.com' });
  root = world.root();
});

test('the version of global tokens shows in the account summary', async () => {
  const version = async () => (await root.ask('GetAccountSummary', {})).SummaryMap?.['GlobalEndpointTokenVersion'];
  expect(await version()).toBe(1);
  await root.ask('SetSecurityTokenServicePreferences', { GlobalEndpointTokenVersion: 'v2Token' });
  expect(await version()).toBe(2);
  await root.ask('SetSecurityTokenServicePreferences', { GlobalEndpointTokenVersion: 'v1Token' });
  expect(await version()).toBe(1);
});

test('identity providers are counted in the account summary', async () => {
  const count = async () => (await root.ask('GetAccountSummary', {})).SummaryMap?.['Providers'];
  expect(await count()).toBe(0);
  await root.ask('CreateOpenIDConnectProvider', { Url: 'https://id.example.com' });
  expect(await count()).toBe(1);
});

test('properties are put into one namespace at a time, over those that are there', async () => {
  await root.ask('PutAccountProperties', { Properties: { 'A/x': '1', 'A/y': '2' } });
  await root.ask('PutAccountProperties', { Properties: { 'A/y': '3' } });
  await root.ask('PutAccountProperties', { Properties: { 'B/x': '4' } });
  const { Properties } = await root.ask('GetAccountProperties', {});
  expect(Properties).toEqual({ 'A/x': '1', 'A/y': '3', 'B/x': '4' });
  const mixed = { Properties: { 'A/x': '1', 'B/x': '1' } };
  expect(await root.refusal('PutAccountProperties', mixed)).toMatch(/^InvalidInput: .* one namespace/);
  for (const key of ['A', 'A/', '/x', 'A/x/y']) {
    expect(await root.refusal('PutAccountProperties', { Properties: { [key]: '1' } })).toMatch(/^InvalidInput: /);
  }
  expect(await root.ask('GetAccountProperties', {})).toEqual({ Properties });
});

test('an account has so many properties', async () => {
  const some = (from: number) =>
    Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`A/p${from + i}`, 'x'] as const));
  await root.ask('PutAccountProperties', { Properties: some(0) });
  await root.ask('PutAccountProperties', { Properties: some(100) });
  await root.ask('PutAccountProperties', { Properties: some(50) });
  expect(await root.refusal('PutAccountProperties', { Properties: { 'A/more': 'x' } })).toMatch(/^InvalidInput: /);
});

test('who may put into one namespace may not put into another', async () => {
  await root.ask('CreateUser', { UserName: 'bob' });
  const Condition = { 'ForAllValues:StringEquals': { 'iam:AccountPropertyNamespaces': 'A' } };
  const PolicyDocument = policy(allow('iam:PutAccountProperties', '*', { Condition }));
  await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'p', PolicyDocument });
  const bob = await world.user('bob');
  await bob.ask('PutAccountProperties', { Properties: { 'A/x': '1' } });
  const other = { Properties: { 'B/x': '1' } };
  expect(await bob.refusal('PutAccountProperties', other)).toMatch(/^AccessDenied: /);
});

test('outbound federation is off at first, and keeps its issuer over turning it off and on', async () => {
  const off = 'FeatureDisabled: Outbound web identity federation is disabled for this account.';
  expect(await root.refusal('GetOutboundWebIdentityFederationInfo', {})).toBe(off);
  expect(await root.refusal('DisableOutboundWebIdentityFederation', {})).toBe(off);
  const { IssuerIdentifier } = await root.ask('EnableOutboundWebIdentityFederation', {});
  expect(IssuerIdentifier).toMatch(/^https:\/\/iam\.example\.com\/outbound-identity\/[0-9a-f-]{36}$/);
  expect(await root.refusal('EnableOutboundWebIdentityFederation', {})).toMatch(/^FeatureEnabled: /);
  const on = { IssuerIdentifier, JwtVendingEnabled: true };
  expect(await root.ask('GetOutboundWebIdentityFederationInfo', {})).toEqual(on);
  await root.ask('DisableOutboundWebIdentityFederation', {});
  expect(await root.refusal('GetOutboundWebIdentityFederationInfo', {})).toBe(off);
  expect(await root.ask('EnableOutboundWebIdentityFederation', {})).toEqual({ IssuerIdentifier });
  // It is this account's own.
  const other = await world.root(otherAccount).ask('EnableOutboundWebIdentityFederation', {});
  expect(other.IssuerIdentifier).not.toBe(IssuerIdentifier);
  expect(account).not.toBe(otherAccount);
});
