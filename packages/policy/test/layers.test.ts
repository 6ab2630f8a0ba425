/** Which layer decides: the tables of same-account and cross-account evaluation, and everyone who is special. */
import { describe, expect, test } from 'vitest';
import { compilePolicies, createContext, decide, decideAll, denialMessage } from '../src/index.ts';
import type { AccessRequest, Decision, Layers, Principal } from '../src/index.ts';
import { account, alice, channel, setOf } from './language.testkit.ts';

const other = '444455556666';
const roleArn = `arn:aws:iam::${account}:role/team/app`;
const sessionArn = `arn:aws:sts::${account}:assumed-role/app/s1`;
const session: Principal = { type: 'AssumedRole', arn: sessionArn, accountId: account, roleArn, uniqueId: 'AROAAPP' };
const federated: Principal = {
  type: 'FederatedUser',
  arn: `arn:aws:sts::${account}:federated-user/app`,
  accountId: account,
  federatingUserArn: `arn:aws:iam::${account}:user/alice`,
};
const root: Principal = { type: 'Root', arn: `arn:aws:iam::${account}:root`, accountId: account };
const bob: Principal = { type: 'User', arn: `arn:aws:iam::${other}:user/bob`, accountId: other };
const service: Principal = { type: 'Service', services: ['ivs.amazonaws.com', 'ivs.us-west-2.amazonaws.com'] };
const anonymous: Principal = { type: 'Anonymous' };
const web: Principal = { type: 'Federated', federatedProvider: 'accounts.example.org' };
const linked: Principal = { ...session, serviceLinkedRole: true };

const all = setOf({ Effect: 'Allow', Action: '*', Resource: '*' });
const silent = setOf({ Effect: 'Allow', Action: 'ec2:*', Resource: '*' });
const denying = setOf({ Effect: 'Deny', Action: '*', Resource: '*' });
const trusting = (Principal: unknown, Effect = 'Allow') => setOf({ Effect, Principal, Action: 'sts:*' });
const naming = (Principal: unknown, Effect = 'Allow') => setOf({ Effect, Principal, Action: '*', Resource: '*' });
const sparing = (AWS: string[], Effect = 'Deny') =>
  setOf({ Effect, NotPrincipal: { AWS }, Action: '*', Resource: '*' });

function asked(principal: Principal, more: Partial<AccessRequest> = {}): AccessRequest {
  return { principal, action: 'ivs:GetChannel', resource: channel, context: createContext([]), ...more };
}

function verdict(principal: Principal, layers: Layers, more: Partial<AccessRequest> = {}): string {
  const { decision, layer } = decide(asked(principal, more), layers);
  return `${decision} ${layer}`;
}

describe('S0-30 same account, a resource policy that names the caller', () => {
  const quiet = { identity: silent, boundary: silent, session: silent };
  test.each<[string, Principal, unknown, string]>([
    ['a user, by its ARN', alice, { AWS: alice.arn }, 'Allow resource'],
    ['a user, by its id', alice, { AWS: 'AIDAALICE' }, 'Allow resource'],
    ['a session, by its ARN', session, { AWS: sessionArn }, 'Allow resource'],
    ['a session, by its role', session, { AWS: roleArn }, 'ImplicitDeny boundary'],
    ['a session, by its role’s id', session, { AWS: 'AROAAPP' }, 'ImplicitDeny boundary'],
    [
      'a session, by its role without the path',
      session,
      { AWS: `arn:aws:iam::${account}:role/app` },
      'ImplicitDeny identity',
    ],
    ['a federated session, by its ARN', federated, { AWS: federated.arn }, 'Allow resource'],
    ['a federated session, by its user', federated, { AWS: alice.arn }, 'ImplicitDeny boundary'],
    ['anyone, by the account', alice, { AWS: account }, 'ImplicitDeny identity'],
    ['anyone, by the account’s root', alice, { AWS: root.arn }, 'ImplicitDeny identity'],
    [
      'anyone, by the root of another partition',
      alice,
      { AWS: `arn:aws-cn:iam::${account}:root` },
      'ImplicitDeny identity',
    ],
    ['everyone', session, '*', 'Allow resource'],
    ['everyone of AWS', federated, { AWS: '*' }, 'Allow resource'],
    ['the strongest of several', session, { AWS: [account, roleArn, sessionArn] }, 'Allow resource'],
    [
      'a wildcard in a name, which is nobody',
      alice,
      { AWS: `arn:aws:iam::${account}:user/*` },
      'ImplicitDeny identity',
    ],
    ['another type', alice, { CanonicalUser: '*' }, 'ImplicitDeny identity'],
  ])('%s', (_name, principal, named, expected) => {
    expect(verdict(principal, { ...quiet, resource: naming(named) })).toBe(expected);
  });

  test('the role’s grant passes a boundary that allows, then needs the session policy', () => {
    const resource = naming({ AWS: roleArn });
    expect(verdict(session, { resource, boundary: all })).toBe('Allow resource');
    expect(verdict(session, { resource, boundary: all, session: silent })).toBe('ImplicitDeny session');
    expect(verdict(session, { resource })).toBe('Allow resource');
  });

  test('the account’s grant leaves it to identity, boundary and session policies', () => {
    const resource = naming({ AWS: account });
    expect(verdict(alice, { resource, identity: all })).toBe('Allow identity');
    expect(verdict(alice, { resource, identity: all, boundary: silent })).toBe('ImplicitDeny boundary');
    expect(verdict(session, { resource, identity: all, session: silent })).toBe('ImplicitDeny session');
  });
});

describe('a federated session', () => {
  test('has nothing from the user’s policies unless a session policy was passed', () => {
    expect(verdict(federated, { identity: all })).toBe('ImplicitDeny session');
    expect(verdict(federated, { identity: all, session: all })).toBe('Allow identity');
    expect(verdict(federated, { resource: naming({ AWS: alice.arn }) })).toBe('ImplicitDeny session');
    expect(verdict(federated, { resource: naming({ AWS: alice.arn }), session: all })).toBe('Allow resource');
  });
});

describe('cross account', () => {
  test.each<[string, Layers, string]>([
    ['both sides', { identity: all, resource: naming({ AWS: other }) }, 'Allow identity'],
    ['identity alone', { identity: all }, 'ImplicitDeny resource'],
    ['resource alone, by the user’s ARN', { resource: naming({ AWS: bob.arn }) }, 'ImplicitDeny identity'],
    ['resource alone, everyone', { resource: naming('*') }, 'ImplicitDeny identity'],
    ['a silent boundary', { identity: all, boundary: silent, resource: naming('*') }, 'ImplicitDeny boundary'],
    ['a silent session policy', { identity: all, session: silent, resource: naming('*') }, 'ImplicitDeny session'],
  ])('%s', (_name, layers, expected) => {
    expect(verdict(bob, layers)).toBe(expected);
  });

  test('the resource’s account is the one stated, else the one in its ARN, else the caller’s', () => {
    expect(verdict(bob, { identity: all }, { resourceAccount: other })).toBe('Allow identity');
    expect(verdict(bob, { identity: all }, { resource: 'arn:aws:s3:::bucket/x' })).toBe('Allow identity');
    expect(verdict(alice, { identity: all }, { resourceAccount: other })).toBe('ImplicitDeny resource');
    expect(verdict({ type: 'User', arn: alice.arn ?? '' }, { identity: all })).toBe('Allow identity');
    expect(verdict({ type: 'User', arn: bob.arn ?? '' }, { identity: all })).toBe('ImplicitDeny resource');
  });

  test('root of another account is as good as its account', () => {
    const theirs: Principal = { type: 'Root', arn: `arn:aws:iam::${other}:root`, accountId: other };
    expect(verdict(theirs, { resource: naming({ AWS: other }) })).toBe('Allow root');
    expect(verdict(theirs, {})).toBe('ImplicitDeny resource');
  });

  test('partitions never mix', () => {
    const abroad: Principal = { ...bob, arn: `arn:aws-cn:iam::${other}:user/bob` };
    expect(verdict(abroad, { identity: all, resource: naming('*') })).toBe('ImplicitDeny resource');
  });
});

describe('control policies', () => {
  test('every level must allow, and any level may deny', () => {
    expect(verdict(alice, { identity: all, scps: [all, all] })).toBe('Allow identity');
    expect(verdict(alice, { identity: all, scps: [all, silent] })).toBe('ImplicitDeny scp');
    expect(verdict(alice, { identity: all, scps: [all, denying] })).toBe('ExplicitDeny scp');
    expect(verdict(root, { scps: [silent] })).toBe('ImplicitDeny scp');
  });

  test.each([
    ['a service', service],
    ['the anonymous caller', anonymous],
    ['a web identity', web],
  ])('SCPs do not bind %s', (_name, principal) => {
    expect(verdict(principal, { resource: naming('*'), scps: [denying] })).toBe('Allow resource');
    expect(verdict(principal, { resource: naming('*'), rcps: [denying] })).toBe('ExplicitDeny rcp');
  });

  test('neither kind binds a service-linked role', () => {
    expect(verdict(linked, { identity: all, scps: [denying], rcps: [denying] })).toBe('Allow identity');
  });

  test('an RCP level carries full access unless it is said not to', () => {
    expect(verdict(alice, { identity: all, rcps: [silent] })).toBe('Allow identity');
    expect(verdict(alice, { identity: all, rcps: [silent], rcpDefaultFullAccess: true })).toBe('Allow identity');
    expect(verdict(alice, { identity: all, rcps: [all, silent], rcpDefaultFullAccess: false })).toBe(
      'ImplicitDeny rcp',
    );
    expect(verdict(root, { rcps: [denying] })).toBe('ExplicitDeny rcp');
  });

  test('an endpoint policy must allow, and may name its callers', () => {
    expect(verdict(alice, { identity: all, vpcEndpoint: silent })).toBe('ImplicitDeny vpcEndpoint');
    expect(verdict(alice, { identity: all, vpcEndpoint: naming({ AWS: account }) })).toBe('Allow identity');
    expect(verdict(bob, { identity: all, resource: naming('*'), vpcEndpoint: naming({ AWS: account }) })).toBe(
      'ImplicitDeny vpcEndpoint',
    );
  });

  test('the first layer that denies is named: RCP, SCP, endpoint, resource, identity, boundary, session', () => {
    const deniedBy = { boundary: denying, session: denying } satisfies Layers;
    expect(verdict(alice, deniedBy)).toBe('ExplicitDeny boundary');
    expect(verdict(alice, { ...deniedBy, identity: denying })).toBe('ExplicitDeny identity');
    expect(verdict(alice, { ...deniedBy, identity: denying, resource: naming('*', 'Deny') })).toBe(
      'ExplicitDeny resource',
    );
    expect(verdict(alice, { ...deniedBy, vpcEndpoint: denying, resource: naming('*', 'Deny') })).toBe(
      'ExplicitDeny vpcEndpoint',
    );
    expect(verdict(alice, { ...deniedBy, vpcEndpoint: denying, scps: [denying] })).toBe('ExplicitDeny scp');
    expect(verdict(alice, { scps: [denying], rcps: [denying] })).toBe('ExplicitDeny rcp');
  });
});

describe('root, services, anonymous and federated callers', () => {
  test('root may do everything in its account and is not bound by identity policies', () => {
    expect(verdict(root, {})).toBe('Allow root');
    expect(verdict(root, { identity: denying, boundary: denying, session: silent })).toBe('Allow root');
    expect(verdict(root, { resource: naming({ AWS: account }, 'Deny') })).toBe('ExplicitDeny resource');
  });

  test('services are named by service, not by account', () => {
    expect(verdict(service, { resource: naming({ Service: 'ivs.amazonaws.com' }) })).toBe('Allow resource');
    expect(verdict(service, { resource: naming({ Service: 'ivs.us-west-2.amazonaws.com' }) })).toBe('Allow resource');
    expect(verdict(service, { resource: naming({ Service: 'ec2.amazonaws.com' }) })).toBe('ImplicitDeny resource');
    expect(verdict(service, { resource: naming({ AWS: account }), identity: all })).toBe('ImplicitDeny resource');
    expect(verdict(alice, { resource: naming({ Service: 'ivs.amazonaws.com' }) })).toBe('ImplicitDeny identity');
  });

  test('the anonymous caller is everyone and nobody else', () => {
    expect(verdict(anonymous, { resource: naming({ AWS: '*' }) })).toBe('Allow resource');
    expect(verdict(anonymous, { resource: naming({ AWS: account }), identity: all })).toBe('ImplicitDeny resource');
    expect(verdict(anonymous, { identity: denying })).toBe('ImplicitDeny resource');
  });

  test('GetCallerIdentity cannot be denied to a signed caller', () => {
    const action = 'STS:GetCallerIdentity';
    for (const principal of [alice, session, federated, root])
      expect(verdict(principal, { identity: denying, scps: [denying] }, { action })).toBe('Allow always');
    expect(verdict(anonymous, {}, { action })).toBe('ImplicitDeny resource');
    expect(verdict(alice, {}, { action: 'sts:GetSessionToken' })).toBe('Allow always');
    expect(verdict(session, {}, { action: 'sts:GetSessionToken' })).toBe('ImplicitDeny identity');
  });
});

describe('trust policies', () => {
  const target = { action: 'sts:AssumeRole', resource: `arn:aws:iam::${account}:role/target` };
  test.each<[string, Principal, Layers, string]>([
    ['a user who is named needs nothing else', alice, { trust: trusting({ AWS: alice.arn }) }, 'Allow trust'],
    [
      'an account that is named leaves it to the identity policy',
      alice,
      { trust: trusting({ AWS: account }) },
      'ImplicitDeny identity',
    ],
    ['… which may allow it', alice, { trust: trusting({ AWS: account }), identity: all }, 'Allow identity'],
    [
      'an identity policy alone never suffices',
      alice,
      { trust: trusting({ AWS: bob.arn }), identity: all },
      'ImplicitDeny trust',
    ],
    ['a Deny wins', alice, { trust: trusting({ AWS: alice.arn }, 'Deny'), identity: all }, 'ExplicitDeny trust'],
    ['cross account needs both', bob, { trust: trusting({ AWS: bob.arn }) }, 'ImplicitDeny identity'],
    ['… and has them', bob, { trust: trusting({ AWS: bob.arn }), identity: all }, 'Allow identity'],
    ['root takes no roles', root, { trust: trusting({ AWS: root.arn }) }, 'ImplicitDeny root'],
    ['a service', service, { trust: trusting({ Service: 'ivs.amazonaws.com' }) }, 'Allow trust'],
    ['a federated caller', web, { trust: trusting({ Federated: 'accounts.example.org' }) }, 'Allow trust'],
    ['another provider', web, { trust: trusting({ Federated: 'other.example.org' }) }, 'ImplicitDeny trust'],
    ['everyone of AWS is no web identity', web, { trust: trusting({ AWS: '*' }) }, 'ImplicitDeny trust'],
    [
      'a deleted user’s id is nobody',
      { ...alice, uniqueId: 'AIDANEW' },
      { trust: trusting({ AWS: 'AIDAALICE' }) },
      'ImplicitDeny trust',
    ],
    [
      'the role’s own sessions are not trusted by themselves',
      session,
      { trust: trusting({ AWS: alice.arn }), identity: all },
      'ImplicitDeny trust',
    ],
  ])('%s', (_name, principal, layers, expected) => {
    expect(verdict(principal, layers, target)).toBe(expected);
  });

  test('a key policy takes part like a trust policy', () => {
    const key = { action: 'kms:Decrypt', resource: `arn:aws:kms:us-west-2:${account}:key/1` };
    expect(verdict(alice, { identity: all, resource: naming({ AWS: bob.arn }) }, key)).toBe('ImplicitDeny resource');
    expect(verdict(alice, { identity: all, resource: naming({ AWS: account }) }, key)).toBe('Allow identity');
    expect(verdict(root, { resource: naming({ AWS: bob.arn }) }, key)).toBe('ImplicitDeny resource');
  });
});

describe('NotPrincipal', () => {
  const layers = (AWS: string[], more: Layers = {}): Layers => ({ identity: all, resource: sparing(AWS), ...more });
  test.each<[string, Principal, string[], string]>([
    ['user and account', alice, [alice.arn ?? '', account], 'Allow identity'],
    ['user’s id and account', alice, ['AIDAALICE', account], 'Allow identity'],
    ['the user alone', alice, [alice.arn ?? ''], 'ExplicitDeny resource'],
    ['the account alone', alice, [account], 'ExplicitDeny resource'],
    ['session, role and account', session, [sessionArn, roleArn, account], 'Allow identity'],
    ['session and account', session, [sessionArn, account], 'ExplicitDeny resource'],
    ['role and account', session, [roleArn, account], 'ExplicitDeny resource'],
    ['root by its account', root, [account], 'Allow root'],
    ['someone else', bob, [alice.arn ?? '', account], 'ExplicitDeny resource'],
    ['everyone', bob, ['*'], 'ImplicitDeny resource'],
  ])('a Deny spares who is listed at every layer: %s', (_name, principal, listed, expected) => {
    expect(verdict(principal, layers(listed))).toBe(expected);
  });

  test('a Deny never spares a caller with a permissions boundary', () => {
    expect(verdict(alice, layers([alice.arn ?? '', account], { boundary: all }))).toBe('ExplicitDeny resource');
  });

  test('a Deny spares services by name', () => {
    const resource = setOf({
      Effect: 'Deny',
      NotPrincipal: { Service: 'ivs.amazonaws.com' },
      Action: '*',
      Resource: '*',
    });
    expect(verdict(service, { resource })).toBe('ImplicitDeny resource');
    expect(verdict(anonymous, { resource })).toBe('ExplicitDeny resource');
  });

  test('an Allow leaves out whoever is listed under any name and admits the rest, the anonymous included', () => {
    const resource = sparing([account], 'Allow');
    expect(verdict(alice, { resource })).toBe('ImplicitDeny identity');
    expect(verdict(anonymous, { resource })).toBe('Allow resource');
  });
});

describe('elements where they do not belong', () => {
  test('a statement with Principal in an identity policy, or without one in a resource policy, never allows and always denies', () => {
    expect(verdict(alice, { identity: naming('*') })).toBe('ImplicitDeny identity');
    expect(verdict(alice, { identity: naming({ AWS: bob.arn }, 'Deny') })).toBe('ExplicitDeny identity');
    expect(verdict(alice, { resource: all })).toBe('ImplicitDeny identity');
    expect(verdict(alice, { identity: all, resource: denying })).toBe('ExplicitDeny resource');
    expect(verdict(alice, { identity: setOf({ Effect: 'Allow', Action: '*' }) })).toBe('ImplicitDeny identity');
  });
});

describe('decideAll', () => {
  const getOnly = setOf([
    { Effect: 'Allow', Action: 'ivs:Get*', Resource: '*' },
    { Effect: 'Deny', Action: 'ivs:Delete*', Resource: '*' },
  ]);
  const pair = (name: string) => ({ action: `ivs:${name}`, resource: channel });
  const base = { principal: alice, context: createContext([]) };

  test('every pair must be allowed; an explicit deny is named before an implicit one', () => {
    expect(decideAll(base, [pair('GetChannel'), pair('GetStream')], { identity: getOnly }).decision.decision).toBe(
      'Allow',
    );
    const mixed = decideAll(base, [pair('GetChannel'), pair('ListX'), pair('DeleteChannel')], { identity: getOnly });
    expect(mixed).toMatchObject({ decision: { decision: 'ExplicitDeny' }, pair: pair('DeleteChannel') });
    expect(decideAll(base, [pair('ListX'), pair('GetStream')], { identity: getOnly })).toMatchObject({
      decision: { decision: 'ImplicitDeny' },
      pair: pair('ListX'),
    });
  });
});

describe('denial messages', () => {
  const on = (layer: Decision['layer'], decision: Decision['decision'] = 'ImplicitDeny', policy = 'inline:x') =>
    ({
      decision,
      layer,
      statements: decision === 'ExplicitDeny' ? [{ policy, index: 0, sid: undefined }] : [],
      unevaluated: [],
    }) satisfies Decision;
  const prefix = `User: ${sessionArn} is not authorized to perform: ivs:GetChannel on resource: ${channel}`;

  test.each([
    [
      'identity',
      'because no identity-based policy allows the ivs:GetChannel action',
      'with an explicit deny in an identity-based policy',
    ],
    [
      'boundary',
      'because no permissions boundary allows the ivs:GetChannel action',
      'with an explicit deny in a permissions boundary',
    ],
    [
      'session',
      'because no session policy allows the ivs:GetChannel action',
      'with an explicit deny in a session policy',
    ],
    [
      'resource',
      'because no resource-based policy allows the ivs:GetChannel action',
      'with an explicit deny in a resource-based policy',
    ],
    [
      'trust',
      'because no role trust policy allows the ivs:GetChannel action',
      'with an explicit deny in the role trust policy',
    ],
    ['scp', 'with an explicit deny in a service control policy', 'with an explicit deny in a service control policy'],
    [
      'rcp',
      'because no resource control policy allows the ivs:GetChannel action',
      'with an explicit deny in a resource control policy',
    ],
    [
      'vpcEndpoint',
      'because no VPC endpoint policy allows the ivs:GetChannel action',
      'with an explicit deny in a VPC endpoint policy',
    ],
  ] as const)('%s', (layer, implicit, explicit) => {
    expect(denialMessage(asked(session), on(layer))).toBe(`${prefix} ${implicit}`);
    expect(denialMessage(asked(session), on(layer, 'ExplicitDeny'))).toBe(`${prefix} ${explicit}`);
  });

  test('the resource is left out, or said in other words', () => {
    expect(denialMessage(asked(alice, { resource: '*' }), on('identity'))).toBe(
      `User: ${alice.arn} is not authorized to perform: ivs:GetChannel because no identity-based policy allows the ivs:GetChannel action`,
    );
    expect(denialMessage(asked(alice), on('identity'), { resource: 'user bob' })).toContain(
      ' on resource: user bob because ',
    );
    expect(denialMessage(asked(alice), on('identity'), { resource: '' })).not.toContain('on resource');
  });

  test('a managed policy that denied is named on request, an inline one never', () => {
    const arn = `arn:aws:iam::${account}:policy/guard`;
    const options = { namePolicy: true };
    expect(denialMessage(asked(alice), on('identity', 'ExplicitDeny', arn), options)).toMatch(
      new RegExp(`an identity-based policy: ${arn}$`),
    );
    expect(denialMessage(asked(alice), on('identity', 'ExplicitDeny'), options)).toMatch(/an identity-based policy$/);
    expect(denialMessage(asked(alice), on('identity'), options)).toMatch(/action$/);
    expect(denialMessage(asked(alice), on('scp'), options)).toMatch(/policy$/);
  });

  test.each([
    [service, 'User: ivs.amazonaws.com is'],
    [web, 'User: accounts.example.org is'],
    [anonymous, 'User: anonymous is'],
  ])('callers without an ARN', (principal, start) => {
    expect(denialMessage(asked(principal), on('resource'))).toContain(start);
  });
});

test('a set that was not compiled works as one that was', () => {
  const plain = { sources: all.sources };
  expect(verdict(alice, { identity: plain })).toBe('Allow identity');
  expect(verdict(alice, { identity: compilePolicies([]) })).toBe('ImplicitDeny identity');
});
