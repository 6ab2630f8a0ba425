/** The simulator answers what the engine decides: every golden case that its input can express, and random scenes. */
import { compilePolicies, decide, readDecisionCase } from '@stagedoor/policy';
import type { DecisionCase } from '@stagedoor/policy';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { IamModel } from '../../model/iam.ts';
import { authorize } from '../authorize.ts';
import { userCaller } from '../credentials.ts';
import { account, allow, deny, openIam, policy, type World } from './iam.testkit.ts';
import { loadPrincipalPolicies } from './principal-policies.ts';
import { global, users } from './records.ts';

interface Level {
  readonly policies: readonly object[];
}

interface Golden {
  readonly id: string;
  readonly identityPolicies?: readonly object[];
  readonly groupPolicies?: readonly object[];
  readonly resourcePolicy?: object;
  readonly permissionBoundary?: object;
  readonly sessionPolicy?: object;
  readonly scps?: readonly Level[];
  readonly rcps?: readonly Level[];
  readonly vpcEndpointPolicies?: readonly object[];
  readonly request: {
    readonly principal: string;
    readonly principalType: string;
    readonly action: string;
    readonly resource: string;
    readonly resourceAccount?: string;
    readonly context?: Readonly<Record<string, string | readonly string[]>>;
  };
}

type Input = IamModel['SimulateCustomPolicy']['input'];

const lines = readFileSync(new URL('../../../../policy/test/cases/decisions.jsonl', import.meta.url), 'utf8');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the cases are part of the product
const golden = lines
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Golden);

/** What the simulator has an input for: callers with policies of their own, and no session, endpoint or resource control policy. */
function isExpressible({
  sessionPolicy,
  rcps,
  vpcEndpointPolicies,
  permissionBoundary,
  scps,
  request,
}: Golden): boolean {
  const owner = request.resource.split(':')[4] ?? '';
  return (
    sessionPolicy === undefined &&
    rcps === undefined &&
    vpcEndpointPolicies === undefined &&
    [permissionBoundary ?? []].flat().length < 2 &&
    (scps ?? []).length < 8 &&
    /^arn:aws:iam::\d{12}:(user|role)\//.test(request.principal) &&
    ['User', 'Role'].includes(request.principalType) &&
    (owner === '' || request.resourceAccount === undefined || request.resourceAccount === owner) &&
    (request.resource === '*' || request.resource.startsWith('arn:'))
  );
}

const texts = (documents: readonly object[] = []): string[] => documents.map((document) => JSON.stringify(document));

function inputOf({ identityPolicies = [], groupPolicies = [], request, ...one }: Golden): Input {
  const entries = Object.entries(request.context ?? {});
  return {
    PolicyInputList: texts([...identityPolicies, ...groupPolicies]),
    ...(one.permissionBoundary && { PermissionsBoundaryPolicyInputList: texts([one.permissionBoundary].flat()) }),
    ...(one.scps && {
      OrderedOrganizationPolicyInputList: one.scps.map(({ policies }) => ({
        ServiceControlPolicyInputList: texts(policies),
      })),
    }),
    ...(one.resourcePolicy && { ResourcePolicy: JSON.stringify(one.resourcePolicy) }),
    ...(request.resourceAccount && { ResourceOwner: request.resourceAccount }),
    CallerArn: request.principal,
    ActionNames: [request.action],
    ResourceArns: [request.resource],
    ContextEntries: entries.map(([ContextKeyName, value]) => ({
      ContextKeyName,
      ContextKeyType: Array.isArray(value) ? 'stringList' : 'string',
      ContextKeyValues: [value].flat(),
    })),
  };
}

const words = { Allow: 'allowed', ExplicitDeny: 'explicitDeny', ImplicitDeny: 'implicitDeny' } as const;

function caseOf(one: Golden): DecisionCase {
  const read = readDecisionCase(JSON.stringify(one));
  if (!read.ok) throw new Error(read.message);
  return read.case;
}

let world: World;
beforeAll(async () => {
  world = await openIam();
});

describe('golden cases', () => {
  const expressible = golden.filter(isExpressible);

  test('most of those about users and roles can be simulated', () => {
    expect(expressible.length).toBeGreaterThan(100);
  });

  test.each(expressible.map((one) => [one.id, one] as const))('S4-13 %s', async (_, one) => {
    const { request, layers } = caseOf(one);
    const { decision } = decide(request, layers);
    const refusable = /must (not )?name/;
    const answer = await world
      .root()
      .ask('SimulateCustomPolicy', inputOf(one))
      .then(
        ({ EvaluationResults: [result] = [] }) => result?.EvalDecision,
        (error: unknown) => (refusable.test(String(error)) ? 'refused' : Promise.reject(error as Error)),
      );
    // A document whose elements are misplaced is refused here; stored by other means it would never allow.
    if (answer === 'refused') expect(decision).not.toBe('Allow');
    else expect(answer).toBe(words[decision]);
  });
});

describe('live decisions', () => {
  const actions = ['ivs:GetChannel', 'ivs:StopStream', 'iam:GetUser', 'kinesisvideo:GetMedia'];
  const patterns = ['*', 'ivs:*', 'ivs:Get*', 'iam:Get*', 'kinesisvideo:GetMedia'];
  const resources = ['a', 'b'].map((id) => `arn:aws:ivs:us-west-2:${account}:channel/${id}`);
  const conditions = [
    {},
    { Condition: { StringEquals: { 'aws:username': 'bob' } } },
    { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'tv' } } },
    { Condition: { StringNotEquals: { 'aws:userid': 'AIDA' } } },
    { Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/b*' } } },
    { Condition: { Null: { 'aws:TokenIssueTime': 'true' } } },
  ];
  const statement = fc
    .tuple(
      fc.boolean(),
      fc.constantFrom(...patterns),
      fc.constantFrom('*', ...resources, `arn:aws:ivs:us-west-2:${account}:channel/\${aws:username}`),
      fc.constantFrom(...conditions),
    )
    .map(([allows, action, resource, more]) =>
      allows ? allow(action, resource, more) : { ...deny(action, resource), ...more },
    );
  const documents = fc.array(statement, { minLength: 1, maxLength: 3 }).map((all) => policy(...all));

  test('S4-13 S0-93 what a user may do by stored policies is what the simulator says of the user', async () => {
    const root = world.root();
    await root.ask('CreateUser', { UserName: 'bob', Tags: [{ Key: 'team', Value: 'tv' }] });
    const PolicySourceArn = `arn:aws:iam::${account}:user/bob`;
    const scene = fc.record({ own: documents, boundary: fc.option(documents, { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(scene, async ({ own, boundary }) => {
        await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'p', PolicyDocument: own });
        const PermissionsBoundaryPolicyInputList = boundary === undefined ? [] : [boundary];
        const input = {
          PolicySourceArn,
          ActionNames: actions,
          ResourceArns: resources,
          PermissionsBoundaryPolicyInputList,
        };
        const { EvaluationResults = [] } = await root.ask('SimulatePrincipalPolicy', input);
        const said = EvaluationResults.flatMap(({ ResourceSpecificResults = [] }) =>
          ResourceSpecificResults.map((one) => one.EvalResourceDecision),
        );
        const live = await Promise.all(
          actions.flatMap((action) => resources.map((resource) => liveVerdict(action, resource, boundary))),
        );
        expect(said).toEqual(live);
      }),
      { numRuns: 60 },
    );
  });

  /** Decided as the door does for the user's own request. */
  async function liveVerdict(action: string, resource: string, boundary: string | undefined) {
    const { reader } = world.store;
    const bob = (await reader.get(users, global(account), 'bob'))!;
    const name = { accountId: account, kind: 'user', principalId: bob.userId } as const;
    const { identity } = await loadPrincipalPolicies(reader, name, world.now, 0);
    const facts = {
      now: world.now,
      secure: true,
      sourceIp: '192.0.2.1',
      userAgent: undefined,
      referer: undefined,
      region: 'us-west-2',
    };
    const layers = {
      identity: compilePolicies(identity),
      ...(boundary !== undefined && { boundary: boundaryOf(boundary) }),
    };
    const { evaluations } = authorize(
      facts,
      userCaller('aws', account, 'AKIA', bob),
      layers,
      [{ action, resource }],
      action,
    );
    return words[evaluations[0].decision.decision];
  }

  function boundaryOf(text: string) {
    const one = caseOf({
      id: 'boundary',
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above
      permissionBoundary: JSON.parse(text) as object,
      request: { principal: 'arn:aws:iam::123456789012:user/bob', principalType: 'User', action: 'a:b', resource: '*' },
    });
    return one.layers.boundary!;
  }
});
