import { beforeEach, describe, expect, test } from 'vitest';
import { account, allow, deny, noon, openIam, otherAccount, policy, type Asker, type World } from './iam.testkit.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

const aws = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
const own = (name: string): string => `arn:aws:iam::${account}:policy/${name}`;
const create = (PolicyName: string, ...statements: readonly object[]) =>
  root.ask('CreatePolicy', { PolicyName, PolicyDocument: policy(...statements) });

describe('managed policies', () => {
  test('S0-19 a policy is created, read, listed and deleted, in the shapes of AWS', async () => {
    const PolicyDocument =
      '{ "Version": "2012-10-17",\n "Statement": {"Effect":"Allow","Action":"ivs:*","Resource":"*"}}';
    const { Policy } = await root.ask('CreatePolicy', {
      PolicyName: 'Live',
      Path: '/tv/',
      Description: 'é',
      PolicyDocument,
    });
    expect(Policy).toEqual({
      PolicyName: 'Live',
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: own('tv/Live'),
      Path: '/tv/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: new Date(noon),
      UpdateDate: new Date(noon),
    });
    const PolicyArn = own('tv/Live');
    expect((await root.ask('GetPolicy', { PolicyArn })).Policy).toEqual({ ...Policy, Description: 'é', Tags: [] });
    expect((await root.ask('ListPolicies', { Scope: 'Local' })).Policies).toEqual([Policy]);
    const { PolicyVersion } = await root.ask('GetPolicyVersion', { PolicyArn, VersionId: 'v1' });
    expect(PolicyVersion).toEqual({
      Document: PolicyDocument,
      VersionId: 'v1',
      IsDefaultVersion: true,
      CreateDate: new Date(noon),
    });
    await root.ask('DeletePolicy', { PolicyArn });
    expect(await root.refusal('GetPolicy', { PolicyArn })).toBe(`NoSuchEntity: Policy ${PolicyArn} was not found.`);
  });

  test('names are unique ignoring case; ARNs are compared exactly', async () => {
    await create('Live', allow('ivs:*'));
    expect(await root.refusal('CreatePolicy', { PolicyName: 'LIVE', PolicyDocument: policy(allow('ivs:*')) })).toBe(
      'EntityAlreadyExists: A policy called LIVE already exists. Duplicate names are not allowed.',
    );
    expect(await root.refusal('GetPolicy', { PolicyArn: own('live') })).toContain('was not found.');
    expect(await root.refusal('GetPolicy', { PolicyArn: 'x'.repeat(20) })).toBe(
      `ValidationError: ARN ${'x'.repeat(20)} is not valid.`,
    );
  });

  test.each([
    ['S0-44 text that is not JSON', 'not json', 'Syntax errors in policy.'],
    ['S0-44 a wrong type', '{"Version":"2012-10-17","Statement":"x"}', 'Syntax errors in policy.'],
    [
      'S0-48 neither Action nor NotAction',
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*"}}',
      'Policy statement must contain actions.',
    ],
    [
      'S0-48 both Action and NotAction',
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","NotAction":"a:c","Resource":"*"}}',
      'Syntax errors in policy.',
    ],
  ])('%s is refused with MalformedPolicyDocument, managed and inline', async (_, document, text) => {
    await root.ask('CreateUser', { UserName: 'bob' });
    const refused = `MalformedPolicyDocument: ${text}`;
    expect(await root.refusal('CreatePolicy', { PolicyName: 'p', PolicyDocument: document })).toBe(refused);
    const inline = { PolicyName: 'p', PolicyDocument: document };
    expect(await root.refusal('PutUserPolicy', { UserName: 'bob', ...inline })).toBe(refused);
    expect(await root.refusal('PutUserPolicy', { UserName: 'nobody', ...inline })).toBe(refused);
  });

  test('S0-48 NotAction alone is accepted', async () => {
    await root.ask('CreatePolicy', {
      PolicyName: 'p',
      PolicyDocument: policy({ Effect: 'Deny', NotAction: 'ivs:*', Resource: '*' }),
    });
  });

  test('a document is at most 6144 characters, white space not counted', async () => {
    const long = (length: number): object => allow(`ivs:${'a'.repeat(length)}`);
    const spaced = policy(long(6000)).replaceAll(',', ',' + ' '.repeat(200));
    await root.ask('CreatePolicy', { PolicyName: 'spaced', PolicyDocument: spaced });
    expect(await root.refusal('CreatePolicy', { PolicyName: 'p', PolicyDocument: policy(long(6144)) })).toBe(
      'LimitExceeded: Cannot exceed quota for PolicySize: 6144',
    );
  });

  test('S0-20 a policy that is not attached has no effect; attaching gives it, detaching takes it away', async () => {
    await root.ask('CreateUser', { UserName: 'bob' });
    await create('Live', allow('ivs:GetChannel'));
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(false);
    await root.ask('AttachUserPolicy', { UserName: 'BOB', PolicyArn: own('Live') });
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(true);
    expect((await root.ask('GetPolicy', { PolicyArn: own('Live') })).Policy?.AttachmentCount).toBe(1);
    await root.ask('DetachUserPolicy', { UserName: 'bob', PolicyArn: own('Live') });
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(false);
  });

  test('an attached or bounding policy cannot be deleted', async () => {
    const PolicyArn = own('Live');
    await root.ask('CreateUser', { UserName: 'bob' });
    await create('Live', allow('ivs:*'));
    await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn });
    await root.ask('CreatePolicyVersion', { PolicyArn, PolicyDocument: policy(allow('ivs:*')) });
    const attached = 'DeleteConflict: Cannot delete a policy attached to entities.';
    expect(await root.refusal('DeletePolicy', { PolicyArn })).toBe(attached);
    await root.ask('DetachUserPolicy', { UserName: 'bob', PolicyArn });
    await root.ask('PutUserPermissionsBoundary', { UserName: 'bob', PermissionsBoundary: PolicyArn });
    expect(await root.refusal('DeletePolicy', { PolicyArn })).toBe(attached);
    await root.ask('DeleteUserPermissionsBoundary', { UserName: 'bob' });
    expect(await root.refusal('DeletePolicy', { PolicyArn })).toBe(
      "DeleteConflict: This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
    await root.ask('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' });
    await root.ask('DeletePolicy', { PolicyArn });
  });

  test('who uses a policy: three lists, filtered and paged', async () => {
    const PolicyArn = own('Live');
    await create('Live', allow('ivs:*'));
    for (const UserName of ['zed', 'Amy']) await root.ask('CreateUser', { UserName });
    await root.ask('CreateGroup', { GroupName: 'g', Path: '/x/' });
    await root.ask('AttachUserPolicy', { UserName: 'zed', PolicyArn });
    await root.ask('AttachGroupPolicy', { GroupName: 'g', PolicyArn });
    await root.ask('PutUserPermissionsBoundary', { UserName: 'Amy', PermissionsBoundary: PolicyArn });
    const all = await root.ask('ListEntitiesForPolicy', { PolicyArn });
    expect(all.PolicyUsers?.map((user) => user.UserName)).toEqual(['Amy', 'zed']);
    expect(all.PolicyGroups?.map((group) => group.GroupName)).toEqual(['g']);
    expect(all.PolicyRoles).toEqual([]);
    const used = await root.ask('ListEntitiesForPolicy', { PolicyArn, PolicyUsageFilter: 'PermissionsBoundary' });
    expect([used.PolicyUsers?.length, used.PolicyGroups?.length]).toEqual([1, 0]);
    const first = await root.ask('ListEntitiesForPolicy', { PolicyArn, MaxItems: 2 });
    const rest = await root.ask('ListEntitiesForPolicy', { PolicyArn, MaxItems: 2, Marker: first.Marker });
    expect([first.PolicyUsers?.length, rest.PolicyUsers?.length, rest.IsTruncated]).toEqual([1, 1, false]);
    expect(await root.refusal('ListEntitiesForPolicy', { PolicyArn: own('none') })).toBe(
      `NoSuchEntity: Policy ${own('none')} does not exist or is not attachable.`,
    );
  });
});

describe('policies that AWS manages', () => {
  test('can be read, attached and listed by anybody who may', async () => {
    const { Policy } = await root.ask('GetPolicy', { PolicyArn: aws('IVSReadOnlyAccess') });
    expect(Policy).toMatchObject({
      Arn: aws('IVSReadOnlyAccess'),
      DefaultVersionId: 'v6',
      IsAttachable: true,
      CreateDate: new Date('2023-12-05T18:00:37Z'),
      UpdateDate: new Date('2026-02-12T18:03:11Z'),
    });
    const { PolicyVersion } = await root.ask('GetPolicyVersion', {
      PolicyArn: aws('IVSReadOnlyAccess'),
      VersionId: 'v6',
    });
    expect(JSON.parse(PolicyVersion?.Document ?? '')).toMatchObject({ Statement: [{ Sid: 'IVSReadOnlyAccess' }] });
    const jobs = await root.ask('ListPolicies', { Scope: 'AWS', PathPrefix: '/job-function/' });
    expect(jobs.Policies?.map((found) => found.Arn)).toEqual([aws('job-function/ViewOnlyAccess')]);
    expect((await root.ask('ListPolicies', { Scope: 'AWS' })).Policies).toHaveLength(14);
    await root.ask('CreateUser', { UserName: 'bob' });
    await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn: aws('AdministratorAccess') });
    expect(
      (await (await world.user('bob')).ask('GetPolicy', { PolicyArn: aws('IVSFullAccess') })).Policy?.PolicyName,
    ).toBe('IVSFullAccess');
  });

  test('cannot be changed', async () => {
    const PolicyArn = aws('IVSFullAccess');
    const PolicyDocument = policy(allow('ivs:*'));
    const denied = (text: string): string => `AccessDenied: Cannot ${text} policies outside your own account.`;
    expect(await root.refusal('DeletePolicy', { PolicyArn })).toBe(denied('delete'));
    expect(await root.refusal('CreatePolicyVersion', { PolicyArn, PolicyDocument })).toBe(denied('update'));
    expect(await root.refusal('DeletePolicyVersion', { PolicyArn, VersionId: 'v1' })).toBe(
      denied('delete policy versions for'),
    );
  });

  test('those for service-linked roles cannot be attached', async () => {
    await root.ask('CreateUser', { UserName: 'bob' });
    expect(
      await root.refusal('AttachUserPolicy', { UserName: 'bob', PolicyArn: aws('aws-service-role/IVSRecordToS3') }),
    ).toBe('PolicyNotAttachable: Cannot attach a Service Role Policy to a Customer Role.');
  });

  test('lists merge them with the own ones by name, page by page', async () => {
    for (const name of ['ivsfullaccess', 'AAA', 'zzz']) await create(name, allow('ivs:*'));
    const whole = (await root.ask('ListPolicies', {})).Policies?.map((found) => found.Arn) ?? [];
    expect(whole).toHaveLength(17);
    expect([whole[0], whole.at(-1)]).toEqual([own('AAA'), own('zzz')]);
    expect(whole.indexOf(own('ivsfullaccess')) + 1).toBe(whole.indexOf(aws('IVSFullAccess')));
    for (const MaxItems of [1, 3, 7]) {
      const paged: (string | undefined)[] = [];
      let Marker: string | undefined;
      do {
        const page = await root.ask('ListPolicies', { MaxItems, Marker });
        paged.push(...(page.Policies ?? []).map((found) => found.Arn));
        Marker = page.Marker;
      } while (Marker !== undefined);
      expect(paged).toEqual(whole);
    }
    await root.ask('CreateUser', { UserName: 'bob' });
    await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn: aws('IVSFullAccess') });
    const attached = await root.ask('ListPolicies', { OnlyAttached: true });
    expect(attached.Policies?.map((found) => [found.Arn, found.AttachmentCount])).toEqual([[aws('IVSFullAccess'), 1]]);
  });

  test('policies of other accounts are out of reach', async () => {
    await create('Live', allow('ivs:*'));
    const other = world.root(otherAccount);
    await other.ask('CreateUser', { UserName: 'bob' });
    expect(await other.refusal('AttachUserPolicy', { UserName: 'bob', PolicyArn: own('Live') })).toBe(
      `NoSuchEntity: Policy ${own('Live')} does not exist or is not attachable.`,
    );
    expect(await other.refusal('GetPolicy', { PolicyArn: own('Live') })).toMatch(/^(AccessDenied|NoSuchEntity): /);
    expect(await other.refusal('DeletePolicy', { PolicyArn: own('Live') })).toMatch(/^AccessDenied: /);
    await root.ask('GetPolicy', { PolicyArn: own('Live') });
  });
});

describe('versions', () => {
  test('S0-94 a minimal policy grows by versions; the default one counts', async () => {
    const PolicyArn = own('Live');
    await create('Live', allow('ivs:GetChannel'));
    await root.ask('CreateUser', { UserName: 'bob' });
    await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn });
    world.now += 1000;
    const more = policy(allow(['ivs:GetChannel', 'ivs:ListChannels']));
    const { PolicyVersion } = await root.ask('CreatePolicyVersion', { PolicyArn, PolicyDocument: more });
    expect(PolicyVersion).toEqual({ VersionId: 'v2', IsDefaultVersion: false, CreateDate: new Date(world.now) });
    expect(await world.allows('bob', 'ivs:ListChannels')).toBe(false);
    await root.ask('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v2' });
    expect(await world.allows('bob', 'ivs:ListChannels')).toBe(true);
    const { Policy } = await root.ask('GetPolicy', { PolicyArn });
    expect([Policy?.DefaultVersionId, Policy?.UpdateDate, Policy?.CreateDate]).toEqual([
      'v2',
      new Date(world.now),
      new Date(noon),
    ]);
    const narrow = policy(allow('ivs:*'), deny('ivs:ListChannels'));
    await root.ask('CreatePolicyVersion', { PolicyArn, PolicyDocument: narrow, SetAsDefault: true });
    expect(await world.allows('bob', 'ivs:ListChannels')).toBe(false);
  });

  test('S0-94 five at most, numbered once and for ever, newest first', async () => {
    const PolicyArn = own('Live');
    const PolicyDocument = policy(allow('ivs:*'));
    await create('Live', allow('ivs:*'));
    for (let i = 2; i <= 5; i += 1) await root.ask('CreatePolicyVersion', { PolicyArn, PolicyDocument });
    expect(await root.refusal('CreatePolicyVersion', { PolicyArn, PolicyDocument })).toBe(
      'LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    );
    await root.ask('DeletePolicyVersion', { PolicyArn, VersionId: 'v5' });
    const { PolicyVersion } = await root.ask('CreatePolicyVersion', { PolicyArn, PolicyDocument });
    expect(PolicyVersion?.VersionId).toBe('v6');
    const { Versions } = await root.ask('ListPolicyVersions', { PolicyArn });
    expect(Versions?.map((version) => version.VersionId)).toEqual(['v6', 'v4', 'v3', 'v2', 'v1']);
    expect(Versions?.[0]).not.toHaveProperty('Document');
  });

  test('the default version stays, and missing ones are named', async () => {
    const PolicyArn = own('Live');
    await create('Live', allow('ivs:*'));
    expect(await root.refusal('DeletePolicyVersion', { PolicyArn, VersionId: 'v1' })).toBe(
      'DeleteConflict: Cannot delete the default version of a policy.',
    );
    const missing = `NoSuchEntity: Policy ${PolicyArn} version v9 does not exist or is not attachable.`;
    expect(await root.refusal('GetPolicyVersion', { PolicyArn, VersionId: 'v9' })).toBe(missing);
    expect(await root.refusal('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v9' })).toBe(missing);
  });
});
