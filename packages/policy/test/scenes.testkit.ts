/* oxlint-disable typescript/no-unsafe-type-assertion -- documents of tests are plain JSON */
/** Random scenes in the form of the golden cases: small vocabularies, so that things often match. */
import { array, constant, constantFrom, dictionary, oneof, record, tuple } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { operatorTypes } from '../src/operator-names.ts';
import type { GoldenCase } from './cases.testkit.ts';

const A = '111122223333';
const B = '444455556666';

const users = [`arn:aws:iam::${A}:user/alice`, `arn:aws:iam::${A}:user/team/bob`, `arn:aws:iam::${B}:user/alice`];
const sessions = [`arn:aws:sts::${A}:assumed-role/app/s1`, `arn:aws:sts::${B}:assumed-role/app/s1`];
const provider = `arn:aws:iam::${A}:oidc-provider/id.example.org`;

const callers = [
  ...users.map((arn) => [arn, 'User'] as const),
  ...sessions.map((arn) => [arn, 'AssumedRole'] as const),
  [`arn:aws:sts::${A}:federated-user/alice`, 'FederatedUser'],
  [`arn:aws:iam::${A}:root`, 'Root'],
  [`arn:aws:iam::${B}:root`, 'Root'],
  ['ivs.amazonaws.com', 'Service'],
  ['anonymous', 'Anonymous'],
  [provider, 'Federated'],
  [`arn:aws:iam::${A}:role/aws-service-role/ivs.amazonaws.com/AWSServiceRoleForIVS`, 'Role'],
] as const;

const principals = [
  ...users,
  ...sessions,
  A,
  B,
  `arn:aws:iam::${A}:root`,
  `arn:aws-cn:iam::${A}:root`,
  `arn:aws:iam::${A}:role/app`,
  `arn:aws:sts::${A}:federated-user/alice`,
  `arn:aws:iam::${A}:user/*`,
  '*',
];

const actions = [
  'ivs:GetChannel',
  'IVS:getchannel',
  'ivs:DeleteChannel',
  'ivschat:SendEvent',
  'kms:Decrypt',
  'sts:AssumeRole',
  'sts:GetCallerIdentity',
  'sts:GetSessionToken',
];
const actionPatterns = [
  ...actions,
  '*',
  'ivs:*',
  'ivs:Get*',
  'ivs:*Channel',
  'iv?:*',
  '*:Get*',
  'ivs:?etChannel',
  'ivs',
  'ivs:',
  'sts:*',
];

const resources = [
  `arn:aws:ivs:us-east-1:${A}:channel/abc`,
  `arn:aws:ivs:us-east-1:${A}:channel/alice/x:y`,
  `arn:aws:ivs:us-west-2:${B}:channel/abc`,
  `arn:aws:iam::${A}:role/target`,
  `arn:aws-cn:ivs:us-east-1:${A}:channel/abc`,
  'arn:aws:s3:::bucket/alice/*',
  '*',
];
const resourcePatterns = [
  ...resources,
  '**',
  'arn:aws:ivs:*',
  'arn:aws:ivs',
  'arn:*',
  `arn:aws:ivs:*:${A}:channel/*`,
  `arn:aws:ivs:us-east-1:${A}:channel/a*`,
  `arn:aws:ivs:us-east-1:${A}:channel/ab?`,
  `arn:aws:ivs:us-east-1:${A}:channel/*c`,
  'arn:aws:ivs:us-????-1:*:*/abc',
  'arn:aws:ivs:*:*:channel/*/x:*',
  'arn:*:ivs:*:*:channel/abc',
  'arn:aws:ivs:*:*:channel/${aws:username}/*',
  "arn:aws:ivs:*:*:channel/${aws:PrincipalTag/team, 'abc'}",
  'arn:aws:ivs:us-east-1:${aws:PrincipalAccount}:channel/abc',
  'arn:aws:s3:::bucket/${aws:username}/${*}',
  'arn:aws:ivs:*:*:channel/${aws:TagKeys}*',
  'channel/abc',
];

const keys = ['aws:username', 'AWS:UserName', 'aws:PrincipalTag/team', 'aws:TagKeys', 'test:Key', 'aws:SourceArn'];
const values = [
  'alice',
  'Alice',
  'al*',
  'a?ice',
  'abc',
  '',
  '*',
  '5',
  '5.0',
  '-3',
  '10',
  'true',
  'False',
  '2024-01-01T00:00:00Z',
  '2024-01-01T01:00:00+01:00',
  '2024',
  '2024-02-30',
  '1704067200',
  '203.0.113.0/24',
  '203.0.113.7',
  '2001:db8::/32',
  '2001:db8::7',
  '::ffff:203.0.113.7',
  'QQ==',
  'QQ',
  'arn:aws:sns:us-east-1:111122223333:t',
  'arn:aws:sns:*:111122223333:*',
  'arn:aws:sns:*',
  '${aws:username}',
  "${aws:PrincipalTag/team, 'abc'}",
  '${aws:username}*',
  'al${*}',
  '${',
  'arn:aws:sns:us-east-1:${aws:PrincipalTag/team}:t',
];

const few = <T>(one: Arbitrary<T>, maxLength = 3): Arbitrary<T | T[]> =>
  oneof(one, array(one, { minLength: 1, maxLength }));

const operators = [...operatorTypes.keys()];
const operator = tuple(
  constantFrom('', '', '', 'ForAllValues:', 'ForAnyValue:'),
  oneof({ weight: 30, arbitrary: constantFrom(...operators) }, { weight: 1, arbitrary: constant('StringResembles') }),
  constantFrom('', '', 'IfExists'),
).map((parts) => parts.join(''));

const operand = oneof(few(constantFrom(...values)), constant([]));
const condition = dictionary(operator, dictionary(constantFrom(...keys), operand, { minKeys: 1, maxKeys: 2 }), {
  maxKeys: 2,
});

const principalElement = oneof(
  constant('*'),
  record({ AWS: few(constantFrom(...principals)) }),
  record({
    Service: few(constantFrom('ivs.amazonaws.com', 'ec2.amazonaws.com')),
    AWS: few(constantFrom(...principals)),
  }),
  record({ Federated: constantFrom(provider, 'www.example.org') }),
);

type Json = Record<string, unknown>;

function either(name: string, value: Arbitrary<unknown>): Arbitrary<Json> {
  return tuple(constantFrom(name, name, name, `Not${name}`), value).map(([key, one]) => ({ [key]: one }));
}

const often = (one: string, others: readonly string[]): Arbitrary<string> =>
  oneof({ weight: 1, arbitrary: constant(one) }, { weight: 2, arbitrary: constantFrom(...others) });

interface Elements {
  readonly principal: 'never' | 'maybe' | 'always';
  readonly resource: boolean;
}

function statement({ principal, resource }: Elements): Arbitrary<Json> {
  const who = either('Principal', principalElement);
  const named = { never: constant({}), maybe: oneof(constant({}), who), always: who }[principal];
  return tuple(
    constantFrom('Allow', 'Allow', 'Deny'),
    either('Action', few(often('*', actionPatterns))),
    resource ? either('Resource', few(often('*', resourcePatterns), 4)) : constant({}),
    named,
    oneof(
      constant({}),
      condition.map((block) => ({ Condition: block })),
    ),
  ).map(([Effect, ...parts]) => Object.assign({ Effect }, ...parts) as Json);
}

function document(elements: Elements, maxLength = 3): Arbitrary<Json> {
  return tuple(
    constantFrom('2012-10-17', '2012-10-17', '2008-10-17'),
    array(statement(elements), { minLength: 1, maxLength }),
  ).map(([Version, Statement]) => ({ Version, Statement }));
}

const own: Elements = { principal: 'never', resource: true };
const identityDocuments = oneof(
  array(document(own), { maxLength: 3 }),
  array(document(own, 12), { minLength: 1, maxLength: 3 }),
);
const levels = (elements: Elements) =>
  array(record({ policies: array(document(elements, 2), { minLength: 1, maxLength: 2 }) }), { maxLength: 2 });

const context = dictionary(
  constantFrom(...keys, 'aws:principaltag/TEAM'),
  oneof(
    { weight: 3, arbitrary: constantFrom<string | string[]>(...values) },
    { weight: 1, arbitrary: array(constantFrom(...values), { maxLength: 3 }) },
  ),
  { maxKeys: 4 },
);

/** Present `present` times in ten. */
const maybe = <T>(one: Arbitrary<T>, present: number): Arbitrary<T | undefined> =>
  oneof({ weight: present, arbitrary: one }, { weight: 10 - present, arbitrary: constant(undefined) });

const request = tuple(
  constantFrom(...callers),
  constantFrom(...actions),
  constantFrom(...resources),
  constantFrom(undefined, undefined, A, B),
  context,
).map(([[principal, principalType], action, resource, resourceAccount, facts]) => ({
  principal,
  principalType,
  action,
  resource,
  ...(resourceAccount === undefined ? {} : { resourceAccount }),
  context: facts,
}));

function defined(entries: Record<string, unknown>): Json {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

/** Any caller, request and set of layers. */
export const anyScene: Arbitrary<GoldenCase> = tuple(
  request,
  identityDocuments,
  maybe(
    oneof(
      document({ principal: 'maybe', resource: true }),
      document({ principal: 'always', resource: false }),
      document({ principal: 'always', resource: true }, 12),
    ),
    5,
  ),
  maybe(document(own), 3),
  maybe(oneof(document(own), array(document(own), { minLength: 1, maxLength: 2 })), 3),
  maybe(levels(own), 2),
  maybe(levels({ principal: 'maybe', resource: true }), 2),
  constantFrom(undefined, undefined, true, false),
  maybe(array(document({ principal: 'maybe', resource: true }), { minLength: 1, maxLength: 2 }), 1),
).map(
  ([
    asked,
    identityPolicies,
    resourcePolicy,
    permissionBoundary,
    sessionPolicy,
    scps,
    rcps,
    rcpDefaultFullAccess,
    vpcEndpointPolicies,
  ]) =>
    ({
      ...defined({
        identityPolicies,
        resourcePolicy,
        permissionBoundary,
        sessionPolicy,
        scps,
        rcps,
        rcpDefaultFullAccess,
        vpcEndpointPolicies,
      }),
      id: 'generated',
      name: 'generated',
      request: asked,
      expected: { decision: 'Deny' },
      meta: { status: 'generated' },
    }) as unknown as GoldenCase,
);

/** A user, a role's session or root with one statement whose conditions alone decide. */
export const conditionScene: Arbitrary<GoldenCase> = tuple(
  request,
  constantFrom('2012-10-17', '2008-10-17'),
  constantFrom('Allow', 'Deny'),
  condition,
).map(([asked, Version, Effect, Condition]) => ({
  id: 'generated',
  name: 'generated',
  identityPolicies: [
    { Version, Statement: [{ Effect, Action: '*', Resource: '*', Condition }] },
    ...(Effect === 'Deny' ? [{ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }] : []),
  ],
  request: { ...asked, action: 'ivs:GetChannel', principal: users[0], principalType: 'User' as const, resource: '*' },
  expected: { decision: 'Deny' as const },
  meta: { status: 'generated' },
}));
