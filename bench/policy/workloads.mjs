// The workloads as plain statements {effect, actions, resources, conditions: [{key, value}]} that every engine can
// express: actions with a trailing *, resources with *, string equality on context keys, deny overrides allow.
import { readFileSync } from 'node:fs';
import { seeded } from './random.mjs';

const account = '123456789012';
const verbs = ['Get', 'List', 'Create', 'Delete', 'Update', 'Put', 'Batch', 'Stop'];
const nouns = ['Channel', 'StreamKey', 'Stream', 'Recording', 'Playback', 'Stage', 'Room', 'Token', 'Session', 'Clip'];
const services = ['ivs', 'kinesisvideo', 's3', 'iam', 'sts'];
/** Every action that a request may name; engines without action wildcards get them expanded over this list. */
export const universe = services.flatMap((service) =>
  verbs.flatMap((verb) => nouns.map((noun) => `${service}:${verb}${noun}`)),
);
const arn = (service, type, id) => `arn:aws:${service}:us-west-2:${account}:${type}/${id}`;
const id = (random) =>
  Array.from(
    { length: 12 },
    () => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[random.int(62)],
  ).join('');

const documentOf = (statements) => ({
  Version: '2012-10-17',
  Statement: statements.map(({ effect, actions, resources, conditions }) => ({
    Effect: effect,
    Action: actions,
    Resource: resources,
    ...(conditions.length === 0
      ? {}
      : { Condition: { StringEquals: Object.fromEntries(conditions.map(({ key, value }) => [key, value])) } }),
  })),
});

const examples = [
  'ivs-console',
  'ivs-view-own-permissions',
  'ivs-access-channel',
  'ivs-tag-owner',
  'kinesisvideo-cross-account-assume-role',
  'kinesisvideo-read-any-stream',
  'kinesisvideo-create-and-write',
  'kinesisvideo-full-access',
  'kinesisvideo-write-one-stream',
];

/** W1: the source documents' nine policies as one user has them; 1,000 mixed requests, half of them allowed. */
export function w1() {
  const random = seeded(1);
  const list = (value) => (Array.isArray(value) ? value : [value]);
  const user = 'richard-roe';
  // Two broad documents are left out: with ivs:* and kinesisvideo:* on * nearly everything would be allowed.
  const documents = examples
    .filter((name) => name !== 'ivs-console' && name !== 'kinesisvideo-full-access')
    .map((name) => JSON.parse(readFileSync(new URL(`../../examples/policies/${name}.json`, import.meta.url), 'utf8')));
  const statements = documents.flatMap((document) =>
    list(document.Statement).map((s) => ({
      effect: s.Effect,
      actions: list(s.Action),
      resources: list(s.Resource).map((r) => r.replace('${aws:username}', user)),
      conditions: Object.entries(s.Condition?.StringEquals ?? {}).map(([key, value]) => ({
        key,
        value: value.replace('${aws:username}', user),
      })),
    })),
  );
  const actions = [
    'ivs:ListChannels',
    'ivs:GetChannel',
    'ivs:GetStream',
    'ivs:StopStream',
    'ivs:PutMetadata',
    'ivs:UpdateChannel',
    'ivs:DeleteChannel',
    'iam:GetUser',
    'iam:ListUsers',
    'iam:GetPolicy',
    'iam:CreateUser',
    'kinesisvideo:GetMedia',
    'kinesisvideo:DescribeStream',
    'kinesisvideo:PutMedia',
    'kinesisvideo:DeleteStream',
    'sts:AssumeRole',
  ];
  const resources = {
    ivs: [arn('ivs', 'channel', 'VgNkEJgOVX9N'), arn('ivs', 'channel', 'Ab1Cd2Ef3Gh4'), arn('ivs', 'channel', '*')],
    iam: [
      `arn:aws:iam::${account}:user/${user}`,
      `arn:aws:iam::${account}:user/other`,
      `arn:aws:iam::${account}:policy/p`,
    ],
    kinesisvideo: [
      arn('kinesisvideo', 'stream', 'your_stream/0123456789012'),
      arn('kinesisvideo', 'stream', 'my-stream/0123456789012'),
    ],
    sts: [`arn:aws:iam::${account}:role/CustomRole`, `arn:aws:iam::${account}:role/Other`],
  };
  const request = () => {
    const action = random.pick(actions);
    return {
      action,
      resource: random.pick(resources[action.split(':')[0]]),
      context: { 'aws:username': user, 'aws:ResourceTag/Owner': random.pick([user, 'other']) },
    };
  };
  return { name: 'W1 source documents', documents, statements, request, half: true, extraActions: actions };
}

const wildAction = (random) => {
  const service = random.pick(services);
  const shape = random.int(4);
  if (shape === 0) return `${service}:*`;
  if (shape === 1) return `${service}:${random.pick(verbs)}*`;
  return `${service}:${random.pick(verbs)}${random.pick(nouns)}`;
};

function wildResource(random, ids) {
  const service = random.pick(services);
  const shape = random.int(4);
  if (shape === 0) return arn(service, 'channel', '*');
  if (shape === 1) return arn(service, 'channel', `${random.pick(ids).slice(0, 3)}*`);
  return arn(service, 'channel', random.pick(ids));
}

/** W2: ten managed policies of ten statements, mixed wildcards, 30% with conditions, policies on half of the resources. */
export function w2() {
  const random = seeded(2);
  const ids = Array.from({ length: 40 }, () => id(random));
  const conditions = () =>
    random.chance(0.3)
      ? [
          {
            key: random.pick(['aws:PrincipalTag/team', 'aws:ResourceTag/stage']),
            value: random.pick(['red', 'blue', 'green']),
          },
        ]
      : [];
  const statement = () => ({
    effect: random.chance(0.9) ? 'Allow' : 'Deny',
    actions: Array.from({ length: 1 + random.int(3) }, () => wildAction(random)),
    resources: Array.from({ length: 1 + random.int(2) }, () => wildResource(random, ids)),
    conditions: conditions(),
  });
  const groups = Array.from({ length: 10 }, () => Array.from({ length: 10 }, statement));
  const resourcePolicies = new Map();
  for (const service of services) {
    for (const one of ids.filter((_, i) => i % 2 === 0)) {
      const on = arn(service, 'channel', one);
      resourcePolicies.set(on, [
        {
          effect: random.chance(0.8) ? 'Allow' : 'Deny',
          actions: [wildAction(random)],
          resources: [on],
          conditions: [],
        },
      ]);
    }
  }
  const request = () => ({
    action: random.pick(universe),
    resource: arn(random.pick(services), 'channel', random.pick(ids)),
    context: {
      'aws:PrincipalTag/team': random.pick(['red', 'blue', 'green', 'black']),
      'aws:ResourceTag/stage': random.pick(['red', 'blue']),
    },
  });
  return {
    name: 'W2 10 policies x 10 statements',
    documents: groups.map(documentOf),
    statements: [...groups.flat(), ...[...resourcePolicies.values()].flat()],
    resourcePolicies: new Map([...resourcePolicies].map(([on, s]) => [on, documentOf(s)])),
    request,
    half: true,
  };
}

/** W4: one principal with `count` statements that name exact ARNs. */
export function w4(count) {
  const random = seeded(4);
  const arns = Array.from({ length: count }, () => arn('ivs', 'channel', id(random)));
  const statements = arns.map((resource) => ({
    effect: 'Allow',
    actions: ['ivs:GetChannel'],
    resources: [resource],
    conditions: [],
  }));
  const request = () => ({
    action: 'ivs:GetChannel',
    resource: random.chance(0.5) ? random.pick(arns) : arn('ivs', 'channel', id(random)),
    context: {},
  });
  return {
    name: `W4 ${count} exact ARNs`,
    documents: Array.from({ length: count / 500 }, (_, i) => documentOf(statements.slice(i * 500, (i + 1) * 500))),
    statements,
    request,
  };
}

/** W3: `count` principals with three policies each, all different. Texts, as a store would hand them over. */
export function w3Principal(index) {
  const own = `p${index}`;
  return [
    documentOf([
      {
        effect: 'Allow',
        actions: ['ivs:Get*', 'ivs:List*'],
        resources: [arn('ivs', 'channel', `${own}-*`)],
        conditions: [],
      },
    ]),
    documentOf([
      {
        effect: 'Allow',
        actions: ['ivs:PutMetadata', 'ivs:StopStream'],
        resources: [arn('ivs', 'channel', `${own}-main`)],
        conditions: [{ key: 'aws:PrincipalTag/team', value: `team-${index % 100}` }],
      },
    ]),
    documentOf([
      { effect: 'Deny', actions: ['ivs:Delete*'], resources: [arn('ivs', 'channel', `${own}-*`)], conditions: [] },
      {
        effect: 'Allow',
        actions: ['kinesisvideo:PutMedia'],
        resources: [arn('kinesisvideo', 'stream', `${own}/*`)],
        conditions: [],
      },
    ]),
  ].map((document) => JSON.stringify(document));
}

/** W3 with managed policies: three of a pool that everyone shares. */
export function w3Pool(size) {
  const pool = Array.from({ length: size }, (_, i) => w3Principal(i)[i % 3]);
  return (index) => [0, 1, 2].map((n) => pool[(index * 7 + n * 331) % size]);
}

export function w3Request(random, index) {
  return {
    action: random.pick(['ivs:GetChannel', 'ivs:StopStream', 'ivs:DeleteChannel', 'kinesisvideo:PutMedia']),
    resource: random.chance(0.5)
      ? arn('ivs', 'channel', `p${index}-main`)
      : arn('kinesisvideo', 'stream', `p${index}/1234567890123`),
    context: { 'aws:PrincipalTag/team': `team-${index % 100}` },
  };
}

/** Requests of a workload, half of them allowed where it asks for that. */
export function requestsOf(workload, count, allowed) {
  if (!workload.half) return Array.from({ length: count }, workload.request);
  const [yes, no] = [[], []];
  for (let tries = 0; tries < count * 200 && (yes.length < count / 2 || no.length < count / 2); tries += 1) {
    const request = workload.request();
    const side = allowed(request) ? yes : no;
    if (side.length < count / 2) side.push(request);
  }
  return yes.flatMap((request, i) => [request, no[i % no.length]]);
}
