import { beforeEach, describe, expect, test } from 'vitest';
import type { CreateDelegationRequestRequest } from '../../model/iam.ts';
import type { DelegationNotice } from './delegation-token.ts';
import { account, allow, deny, noon, openIam, otherAccount, policy, type Asker, type World } from './iam.testkit.ts';

const partner = otherAccount;
const day = 86_400_000;
const PolicyTemplateArn = `arn:aws:iam::${partner}:policy/setup`;
const template = policy(allow('ivs:*Channel', 'arn:aws:ivs:us-west-2:@{account}:channel/@{channel}'));
const Permissions = {
  PolicyTemplateArn,
  Parameters: [
    { Name: 'account', Values: [account], Type: 'string' as const },
    { Name: 'channel', Values: ['a'], Type: 'string' as const },
  ],
};
const creation: CreateDelegationRequestRequest = {
  OwnerAccountId: account,
  Description: 'Sets up a channel',
  Permissions,
  RequestorWorkflowId: 'workflow-1',
  NotificationChannel: `arn:aws:sns:us-west-2:${partner}:tokens`,
  SessionDuration: 3600,
};

let world: World;
let sent: DelegationNotice[];
let requestor: Asker;
let root: Asker;
let ann: Asker;
let bob: Asker;
const annArn = `arn:aws:iam::${account}:user/ann`;
const bobArn = `arn:aws:iam::${account}:user/bob`;

const asUser = async (UserName: string, ...statements: readonly object[]): Promise<Asker> => {
  await root.ask('CreateUser', { UserName });
  await root.ask('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: policy(...statements) });
  return world.user(UserName);
};

beforeEach(async () => {
  sent = [];
  const delegationNotices = { post: (_: unknown, notice: DelegationNotice) => Promise.resolve(void sent.push(notice)) };
  world = await openIam({}, { delegationNotices });
  requestor = world.root(partner);
  root = world.root();
  await requestor.ask('CreatePolicy', { PolicyName: 'setup', PolicyDocument: template });
  ann = await asUser('ann', allow('iam:AssociateDelegationRequest'));
  bob = await asUser('bob', allow('iam:*DelegationRequest*'), allow('iam:SendDelegationToken'));
});

async function created(more: Partial<CreateDelegationRequestRequest> = {}): Promise<string> {
  return (await requestor.ask('CreateDelegationRequest', { ...creation, ...more })).DelegationRequestId!;
}

const get = async (asker: Asker, DelegationRequestId: string) =>
  (await asker.ask('GetDelegationRequest', { DelegationRequestId })).DelegationRequest;
const stateOf = async (id: string) => (await get(bob, id))?.State;

describe('a request', () => {
  test('goes from its requestor over its owner to an approver, and ends with a token', async () => {
    const id = await created();
    const DelegationRequestId = id;
    expect(await get(bob, id)).toEqual({
      DelegationRequestId: id,
      OwnerAccountId: account,
      Description: 'Sets up a channel',
      Permissions,
      PermissionPolicy: policy(allow('ivs:*Channel', `arn:aws:ivs:us-west-2:${account}:channel/a`)),
      State: 'UNASSIGNED',
      ExpirationTime: new Date(noon + day),
      RequestorId: partner,
      RequestorName: partner,
      CreateDate: new Date(noon),
      SessionDuration: 3600,
      OnlySendByOwner: false,
      UpdatedTime: new Date(noon),
    });
    world.now += 1000;
    await ann.ask('AssociateDelegationRequest', { DelegationRequestId });
    expect(await get(bob, id)).toMatchObject({
      State: 'ASSIGNED',
      OwnerId: annArn,
      UpdatedTime: new Date(noon + 1000),
    });
    // No policy of hers says so: owners may see and forward what is theirs, and no more.
    await ann.ask('UpdateDelegationRequest', { DelegationRequestId, Notes: 'please' });
    expect(await get(ann, id)).toMatchObject({ State: 'PENDING_APPROVAL', Notes: 'please' });
    for (const operation of ['AcceptDelegationRequest', 'RejectDelegationRequest', 'SendDelegationToken'] as const) {
      expect(await ann.refusal(operation, { DelegationRequestId })).toMatch(/^AccessDenied: /);
    }
    await bob.ask('AcceptDelegationRequest', { DelegationRequestId });
    expect(await get(ann, id)).toMatchObject({ State: 'ACCEPTED', OwnerId: annArn, ApproverId: bobArn });
    await bob.ask('SendDelegationToken', { DelegationRequestId });
    expect(await stateOf(id)).toBe('FINALIZED');
    expect(sent).toEqual([
      {
        requestorId: partner,
        channel: creation.NotificationChannel,
        delegationRequestId: id,
        tradeInToken: expect.stringMatching(/^[\w-]{20,}$/),
      },
    ]);
  });

  test('is only made of a template that its requestor has, filled in whole', async () => {
    const refusal = (more: Partial<CreateDelegationRequestRequest>) =>
      requestor.refusal('CreateDelegationRequest', { ...creation, ...more });
    const none = `arn:aws:iam::${partner}:policy/none`;
    expect(await refusal({ Permissions: { PolicyTemplateArn: none } })).toMatch(/^InvalidInput: .* cannot be found/);
    expect(await refusal({ Permissions: {} })).toMatch(/^InvalidInput: /);
    expect(await refusal({ Permissions: { PolicyTemplateArn } })).toBe(
      'InvalidInput: The parameter account of the policy template has no value.',
    );
    const foreign = {
      ...creation,
      Permissions: { ...Permissions, PolicyTemplateArn: 'arn:aws:iam::999988887777:policy/x' },
    };
    expect(await requestor.refusal('CreateDelegationRequest', foreign)).toMatch(/^InvalidInput: /);
    expect(await refusal({ NotificationChannel: 'queue' })).toMatch(/^InvalidInput: The notification channel/);
  });

  test('values of parameters cannot add statements to the policy', async () => {
    const evil = `a","arn:aws:ivs:*:*:*`;
    const Parameters = [Permissions.Parameters[0], { Name: 'channel', Values: [evil], Type: 'string' as const }];
    const id = await created({ Permissions: { PolicyTemplateArn, Parameters } });
    const text = (await get(bob, id))?.PermissionPolicy ?? '';
    expect((JSON.parse(text) as { Statement: { Resource: string }[] }).Statement).toMatchObject([
      { Resource: `arn:aws:ivs:us-west-2:${account}:channel/${evil}` },
    ]);
  });

  test('is asked for once by each workflow', async () => {
    await created();
    expect(await requestor.refusal('CreateDelegationRequest', creation)).toMatch(/^EntityAlreadyExists: /);
    await created({ RequestorWorkflowId: 'workflow-2' });
  });

  test('belongs to nobody else once it is for an account or has an owner', async () => {
    const DelegationRequestId = await created();
    const stranger = world.root(partner);
    expect(await stranger.refusal('GetDelegationRequest', { DelegationRequestId })).toMatch(/^AccessDenied: /);
    expect(await stranger.refusal('AssociateDelegationRequest', { DelegationRequestId })).toMatch(/^AccessDenied: /);
    const open = await created({ OwnerAccountId: undefined, RequestorWorkflowId: 'workflow-2' });
    expect((await get(stranger, open))?.State).toBe('UNASSIGNED');
    expect(await stateOf(open)).toBe('UNASSIGNED');
    await ann.ask('AssociateDelegationRequest', { DelegationRequestId: open });
    expect(await get(bob, open)).toMatchObject({ OwnerAccountId: account, OwnerId: annArn });
    expect(await stranger.refusal('GetDelegationRequest', { DelegationRequestId: open })).toMatch(/^AccessDenied: /);
    const again = await bob.refusal('AssociateDelegationRequest', { DelegationRequestId: open });
    expect(again).toBe('InvalidInput: The delegation request is in state ASSIGNED.');
  });

  test("whose owner was deleted is not the namesake's", async () => {
    const DelegationRequestId = await created();
    await ann.ask('AssociateDelegationRequest', { DelegationRequestId });
    await root.ask('DeleteUserPolicy', { UserName: 'ann', PolicyName: 'p' });
    await root.ask('DeleteUser', { UserName: 'ann' });
    await root.ask('CreateUser', { UserName: 'ann' });
    const namesake = await world.user('ann');
    expect(await namesake.refusal('GetDelegationRequest', { DelegationRequestId })).toMatch(/^AccessDenied: /);
  });

  test('denies its owner what a policy denies', async () => {
    const DelegationRequestId = await created();
    await ann.ask('AssociateDelegationRequest', { DelegationRequestId });
    await root.ask('PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'p',
      PolicyDocument: policy(deny('iam:GetDelegationRequest')),
    });
    expect(await ann.refusal('GetDelegationRequest', { DelegationRequestId })).toContain('explicit deny');
  });
});

describe('states', () => {
  const operations = {
    associate: 'AssociateDelegationRequest',
    update: 'UpdateDelegationRequest',
    accept: 'AcceptDelegationRequest',
    reject: 'RejectDelegationRequest',
    send: 'SendDelegationToken',
  } as const;
  type Step = keyof typeof operations;
  const ways: Readonly<Record<string, readonly Step[]>> = {
    UNASSIGNED: [],
    ASSIGNED: ['associate'],
    PENDING_APPROVAL: ['associate', 'update'],
    ACCEPTED: ['associate', 'accept'],
    REJECTED: ['associate', 'reject'],
    FINALIZED: ['associate', 'accept', 'send'],
  };
  const admitted: Readonly<Record<string, readonly Step[]>> = {
    UNASSIGNED: ['associate'],
    ASSIGNED: ['update', 'accept', 'reject'],
    PENDING_APPROVAL: ['update', 'accept', 'reject'],
    ACCEPTED: ['reject', 'send'],
    REJECTED: [],
    FINALIZED: [],
  };

  test.each(Object.keys(ways))('%s admits its own steps and no others', async (state) => {
    let place = 0;
    const inState = async (): Promise<string> => {
      const id = await created({ RequestorWorkflowId: `workflow-${(place += 1)}` });
      for (const step of ways[state]) await bob.ask(operations[step], { DelegationRequestId: id });
      return id;
    };
    for (const step of Object.keys(operations) as Step[]) {
      const DelegationRequestId = await inState();
      if (admitted[state].includes(step)) await bob.ask(operations[step], { DelegationRequestId });
      else {
        const refusal = await bob.refusal(operations[step], { DelegationRequestId });
        expect(refusal).toMatch(new RegExp(`: The delegation request is in state ${state}\\.$`));
        expect(await stateOf(DelegationRequestId)).toBe(state);
      }
    }
  });

  test('a request expires after a day that nobody takes it, and is gone a week later', async () => {
    const id = await created();
    world.now += day;
    expect(await stateOf(id)).toBe('UNASSIGNED');
    world.now += 1;
    expect(await stateOf(id)).toBe('EXPIRED');
    expect(await ann.refusal('AssociateDelegationRequest', { DelegationRequestId: id })).toMatch(/EXPIRED/);
    world.now += 7 * day;
    expect(await bob.refusal('GetDelegationRequest', { DelegationRequestId: id })).toMatch(/^NoSuchEntity: /);
    // Its workflow may ask again.
    await created();
  });

  test('a rejected request tells why, for seven days', async () => {
    const id = await created();
    await bob.ask('AssociateDelegationRequest', { DelegationRequestId: id });
    await bob.ask('RejectDelegationRequest', { DelegationRequestId: id, Notes: 'no' });
    world.now += 7 * day;
    expect(await get(bob, id)).toMatchObject({ State: 'REJECTED', RejectionReason: 'no' });
    world.now += 1;
    expect(await bob.refusal('GetDelegationRequest', { DelegationRequestId: id })).toMatch(/^NoSuchEntity: /);
  });

  test('the root user approves up to four hours', async () => {
    const long = await created({ SessionDuration: 4 * 3600 + 1 });
    await root.ask('AssociateDelegationRequest', { DelegationRequestId: long });
    expect(await root.refusal('AcceptDelegationRequest', { DelegationRequestId: long })).toMatch(/^AccessDenied: /);
    await bob.ask('AcceptDelegationRequest', { DelegationRequestId: long });
    const short = await created({ SessionDuration: 4 * 3600, RequestorWorkflowId: 'workflow-2' });
    await root.ask('AssociateDelegationRequest', { DelegationRequestId: short });
    await root.ask('AcceptDelegationRequest', { DelegationRequestId: short });
  });

  test('a token that only the owner may send is sent by nobody else', async () => {
    const DelegationRequestId = await created({ OnlySendByOwner: true });
    await ann.ask('AssociateDelegationRequest', { DelegationRequestId });
    await bob.ask('AcceptDelegationRequest', { DelegationRequestId });
    expect(await bob.refusal('SendDelegationToken', { DelegationRequestId })).toMatch(/^AccessDenied: .*owner/);
    await root.ask('PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'p',
      PolicyDocument: policy(allow('iam:SendDelegationToken')),
    });
    await ann.ask('SendDelegationToken', { DelegationRequestId });
    expect(sent).toHaveLength(1);
  });

  test('without anything to deliver it a token is not sent, and the request stays accepted', async () => {
    world = await openIam();
    [requestor, root] = [world.root(partner), world.root()];
    await requestor.ask('CreatePolicy', { PolicyName: 'setup', PolicyDocument: template });
    const DelegationRequestId = await created();
    await root.ask('AssociateDelegationRequest', { DelegationRequestId });
    await root.ask('AcceptDelegationRequest', { DelegationRequestId });
    expect(await root.refusal('SendDelegationToken', { DelegationRequestId })).toMatch(/^InvalidInput: .*reached/);
    expect((await get(root, DelegationRequestId))?.State).toBe('ACCEPTED');
  });
});

describe('a list', () => {
  test("holds the account's requests that have an owner, in the order they came, in pages", async () => {
    const ids: string[] = [];
    for (const [place, owner] of [ann, bob, ann].entries()) {
      world.now += 1;
      const DelegationRequestId = await created({ RequestorWorkflowId: `workflow-${place}` });
      await owner.ask('AssociateDelegationRequest', { DelegationRequestId });
      ids.push(DelegationRequestId);
    }
    await created({ RequestorWorkflowId: 'workflow-unowned' });
    const idsOf = (list: readonly { readonly DelegationRequestId?: string | undefined }[] = []) =>
      list.map(({ DelegationRequestId }) => DelegationRequestId);
    const all = await root.ask('ListDelegationRequests', {});
    expect(idsOf(all.DelegationRequests)).toEqual(ids);
    expect(all.isTruncated).toBe(false);
    const hers = await root.ask('ListDelegationRequests', { OwnerId: annArn });
    expect(idsOf(hers.DelegationRequests)).toEqual([ids[0], ids[2]]);
    const first = await root.ask('ListDelegationRequests', { MaxItems: 2 });
    expect(first.isTruncated).toBe(true);
    const rest = await root.ask('ListDelegationRequests', { Marker: first.Marker });
    expect([...idsOf(first.DelegationRequests), ...idsOf(rest.DelegationRequests)]).toEqual(ids);
    expect(idsOf((await requestor.ask('ListDelegationRequests', {})).DelegationRequests)).toEqual([]);
  });

  test("of one's own can be allowed alone", async () => {
    const Condition = { StringEquals: { 'iam:DelegationRequestOwner': annArn } };
    await root.ask('PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'p',
      PolicyDocument: policy(allow('iam:ListDelegationRequests', '*', { Condition })),
    });
    expect((await ann.ask('ListDelegationRequests', { OwnerId: annArn })).DelegationRequests).toEqual([]);
    expect(await ann.refusal('ListDelegationRequests', {})).toMatch(/^AccessDenied: /);
    expect(await ann.refusal('ListDelegationRequests', { OwnerId: bobArn })).toMatch(/^AccessDenied: /);
  });
});

describe('a permission check', () => {
  const check = async (...statements: readonly object[]) => {
    const eve = await asUser('eve', allow('iam:GetDelegationRequest'), ...statements);
    const DelegationRequestId = await created();
    return eve.ask('GetDelegationRequest', { DelegationRequestId, DelegationPermissionCheck: true });
  };

  test.each([
    ['ALLOWED', [allow('ivs:*')]],
    ['ALLOWED', [allow('ivs:*Channel', `arn:aws:ivs:us-west-2:${account}:channel/*`)]],
    ['DENIED', []],
    ['DENIED', [allow('ivs:GetChannel')]],
    ['DENIED', [allow('ivs:*'), deny('ivs:DeleteChannel')]],
    ['UNSURE', [allow('ivs:*', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })]],
  ])('answers %s', async (PermissionCheckResult, statements) => {
    expect(await check(...statements)).toMatchObject({ PermissionCheckStatus: 'COMPLETE', PermissionCheckResult });
  });

  test('minds the boundary', async () => {
    await asUser('max', allow('*'));
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/IVSReadOnlyAccess';
    await root.ask('PutUserPermissionsBoundary', { UserName: 'max', PermissionsBoundary });
    const PolicyDocument = policy(allow('iam:GetDelegationRequest'));
    const { Policy } = await root.ask('CreatePolicy', { PolicyName: 'b', PolicyDocument });
    await root.ask('PutUserPermissionsBoundary', { UserName: 'max', PermissionsBoundary: Policy!.Arn! });
    const max = await world.user('max');
    const DelegationRequestId = await created();
    const asked = { DelegationRequestId, DelegationPermissionCheck: true };
    expect((await max.ask('GetDelegationRequest', asked)).PermissionCheckResult).toBe('DENIED');
  });
});

test('a summary says in English what is asked for', async () => {
  const id = await created();
  const EntityArn = `arn:aws:iam::${account}:delegation-request/${id}`;
  expect(await root.ask('GetHumanReadableSummary', { EntityArn })).toEqual({
    Locale: 'en',
    SummaryState: 'AVAILABLE',
    SummaryContent: [
      `${partner} (account ${partner}) asks for access for 60 minutes: Sets up a channel`,
      'It',
      `- may do ivs:*Channel on arn:aws:ivs:us-west-2:${account}:channel/a`,
    ].join('\n'),
  });
  expect(await root.ask('GetHumanReadableSummary', { EntityArn, Locale: 'de' })).toEqual({
    Locale: 'de',
    SummaryState: 'NOT_SUPPORTED',
  });
  const other = { EntityArn: `arn:aws:iam::${account}:role/x-and-more` };
  expect(await root.refusal('GetHumanReadableSummary', other)).toMatch(/^InvalidInput: /);
});

test('boundaries that the policy demands of new roles are listed', async () => {
  const boundary = `arn:aws:iam::${partner}:policy/bounds`;
  const Condition = { StringEquals: { 'iam:PermissionsBoundary': boundary } };
  const PolicyDocument = policy(allow('iam:CreateRole', '*', { Condition }));
  const { Policy } = await requestor.ask('CreatePolicy', { PolicyName: 'roles', PolicyDocument });
  const id = await created({ Permissions: { PolicyTemplateArn: Policy!.Arn! } });
  expect((await get(bob, id))?.RolePermissionRestrictionArns).toEqual([boundary]);
});
