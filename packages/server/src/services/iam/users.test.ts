import { beforeEach, describe, expect, test } from 'vitest';
import { account, allow, noon, openIam, otherAccount, policy, type Asker, type World } from './iam.testkit.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

const boundary = 'arn:aws:iam::aws:policy/PowerUserAccess';

describe('users', () => {
  test('S0-18 S0-1 a user is created, read, listed, renamed and deleted', async () => {
    const { User } = await root.ask('CreateUser', { UserName: 'Bob' });
    expect(User).toEqual({
      Path: '/',
      UserName: 'Bob',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${account}:user/Bob`,
      CreateDate: new Date(noon),
    });
    expect((await root.ask('GetUser', { UserName: 'bob' })).User).toEqual(User);
    await root.ask('UpdateUser', { UserName: 'BOB', NewUserName: 'rob', NewPath: '/div/' });
    const renamed = (await root.ask('GetUser', { UserName: 'Rob' })).User;
    expect(renamed).toEqual({ ...User, UserName: 'rob', Path: '/div/', Arn: `arn:aws:iam::${account}:user/div/rob` });
    expect(await root.refusal('GetUser', { UserName: 'Bob' })).toBe(
      'NoSuchEntity: The user with name Bob cannot be found.',
    );
    await root.ask('DeleteUser', { UserName: 'ROB' });
    expect((await root.ask('ListUsers', {})).Users).toEqual([]);
  });

  test('names are unique ignoring case and path, and keep the case of their creation', async () => {
    await root.ask('CreateUser', { UserName: 'Bob', Path: '/a/' });
    expect(await root.refusal('CreateUser', { UserName: 'bOB', Path: '/b/' })).toBe(
      'EntityAlreadyExists: User with name bOB already exists.',
    );
    await root.ask('CreateUser', { UserName: 'alice' });
    expect(await root.refusal('UpdateUser', { UserName: 'alice', NewUserName: 'BOB' })).toBe(
      'EntityAlreadyExists: User with name BOB already exists.',
    );
    await root.ask('UpdateUser', { UserName: 'bob', NewUserName: 'bob' });
    expect((await root.ask('GetUser', { UserName: 'Bob' })).User.UserName).toBe('bob');
  });

  test('S0-26 accounts are separate: the same name lives in both', async () => {
    const other = world.root(otherAccount);
    const first = await root.ask('CreateUser', { UserName: 'alice' });
    const second = await other.ask('CreateUser', { UserName: 'alice' });
    expect(first.User?.UserId).not.toBe(second.User?.UserId);
    await root.ask('DeleteUser', { UserName: 'alice' });
    expect((await other.ask('GetUser', { UserName: 'alice' })).User).toEqual(second.User);
    expect((await root.ask('ListUsers', {})).Users).toEqual([]);
  });

  test('a recreated user is somebody else', async () => {
    const first = await root.ask('CreateUser', { UserName: 'bob' });
    await root.ask('DeleteUser', { UserName: 'bob' });
    const second = await root.ask('CreateUser', { UserName: 'bob' });
    expect(second.User?.UserId).not.toBe(first.User?.UserId);
  });

  test('tags and boundary show in Create and Get, never in lists', async () => {
    const Tags = [{ Key: 'proprietário', Value: 'joão' }];
    const { User } = await root.ask('CreateUser', { UserName: 'bob', Tags, PermissionsBoundary: boundary });
    const shown = { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: boundary };
    expect(User).toMatchObject({ Tags, PermissionsBoundary: shown });
    expect((await root.ask('GetUser', { UserName: 'bob' })).User).toMatchObject({ Tags, PermissionsBoundary: shown });
    const [listed] = (await root.ask('ListUsers', {})).Users;
    expect([listed?.Tags, listed?.PermissionsBoundary]).toEqual([undefined, undefined]);
  });

  test('a request that fails leaves nothing behind', async () => {
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'A', Value: '2' },
    ];
    expect(await root.refusal('CreateUser', { UserName: 'bob', Tags })).toBe(
      'InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
    const missing = `arn:aws:iam::${account}:policy/none`;
    expect(await root.refusal('CreateUser', { UserName: 'bob', PermissionsBoundary: missing })).toBe(
      `NoSuchEntity: Scope ARN: ${missing} does not exist or is not attachable.`,
    );
    expect(await root.refusal('CreateUser', { UserName: 'bob', PermissionsBoundary: 'not-an-arn-at-all-really' })).toBe(
      'InvalidInput: ARN not-an-arn-at-all-really is not valid.',
    );
    expect((await root.ask('ListUsers', {})).Users).toEqual([]);
  });

  test('paths are checked in AWS words, and // within is accepted', async () => {
    expect(await root.refusal('CreateUser', { UserName: 'bob', Path: 'div/' })).toBe(
      'ValidationError: The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    );
    const { User } = await root.ask('CreateUser', { UserName: 'bob', Path: '/test//double/' });
    expect(User?.Arn).toBe(`arn:aws:iam::${account}:user/test//double/bob`);
  });

  test('GetUser without a name is the caller; root has neither name nor path; roles must give one', async () => {
    await root.ask('CreateUser', { UserName: 'bob' });
    await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'p', PolicyDocument: policy(allow('iam:GetUser')) });
    const bob = await world.user('bob');
    expect((await bob.ask('GetUser', {})).User.UserName).toBe('bob');
    expect((await root.ask('GetUser', {})).User).toEqual({
      UserId: account,
      Arn: `arn:aws:iam::${account}:root`,
      CreateDate: new Date(noon),
    });
    const role = world.as({
      kind: 'assumedRole',
      accountId: account,
      arn: `arn:aws:sts::${account}:assumed-role/r/s`,
      userId: 'AROAX:s',
      accessKeyId: 'ASIAX',
      principalId: 'AROAX',
      tags: {},
    });
    expect(await role.refusal('GetUser', {})).toBe(
      'ValidationError: Must specify userName when calling with non-User credentials',
    );
  });

  test('a user that anything hangs on cannot be deleted, in the order of AWS', async () => {
    const UserName = 'bob';
    const PolicyArn = boundary;
    await root.ask('CreateUser', { UserName });
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('AttachUserPolicy', { UserName, PolicyArn });
    await root.ask('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
    await root.ask('AddUserToGroup', { UserName, GroupName: 'g' });
    const { AccessKey } = await root.ask('CreateAccessKey', { UserName });
    const undo: (readonly [string, () => Promise<unknown>])[] = [
      ['must detach all policies first.', () => root.ask('DetachUserPolicy', { UserName, PolicyArn })],
      ['must delete policies first.', () => root.ask('DeleteUserPolicy', { UserName, PolicyName: 'p' })],
      ['must remove users from group first.', () => root.ask('RemoveUserFromGroup', { UserName, GroupName: 'g' })],
      [
        'must delete access keys first.',
        () => root.ask('DeleteAccessKey', { UserName, AccessKeyId: AccessKey.AccessKeyId }),
      ],
    ];
    for (const [text, next] of undo) {
      expect(await root.refusal('DeleteUser', { UserName })).toBe(`DeleteConflict: Cannot delete entity, ${text}`);
      await next();
    }
    await root.ask('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: boundary });
    await root.ask('DeleteUser', { UserName });
    expect(await root.refusal('GetUser', { UserName })).toContain('NoSuchEntity');
  });

  test('everything stays with a renamed user', async () => {
    await root.ask('CreateUser', { UserName: 'bob', Tags: [{ Key: 'team', Value: 'x' }] });
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('AddUserToGroup', { UserName: 'bob', GroupName: 'g' });
    await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn: boundary });
    await root.ask('CreateAccessKey', { UserName: 'bob' });
    await root.ask('UpdateUser', { UserName: 'bob', NewUserName: 'robert' });
    expect((await root.ask('GetGroup', { GroupName: 'g' })).Users.map((user) => user.UserName)).toEqual(['robert']);
    expect((await root.ask('ListAttachedUserPolicies', { UserName: 'robert' })).AttachedPolicies).toHaveLength(1);
    expect((await root.ask('ListAccessKeys', { UserName: 'robert' })).AccessKeyMetadata).toHaveLength(1);
    expect((await root.ask('ListUserTags', { UserName: 'robert' })).Tags).toEqual([{ Key: 'team', Value: 'x' }]);
  });
});

describe('what user operations ask to be allowed', () => {
  test('the real path of the entity, its tags, and the name in the denial', async () => {
    await root.ask('CreateUser', { UserName: 'Bob', Path: '/div/', Tags: [{ Key: 'team', Value: 'x' }] });
    expect(await root.checks('DeleteUser', { UserName: 'bob' })).toEqual([
      {
        resource: `arn:aws:iam::${account}:user/div/Bob`,
        resourceText: 'user bob',
        resourceTags: { team: 'x' },
        context: {},
      },
    ]);
    expect(await root.checks('DeleteUser', { UserName: 'nobody' })).toMatchObject([
      { resource: `arn:aws:iam::${account}:user/nobody` },
    ]);
  });

  test('creation with tags and boundary asks for tagging too', async () => {
    const Tags = [{ Key: 'team', Value: 'x' }];
    const input = { UserName: 'bob', Path: '/div/', Tags, PermissionsBoundary: boundary };
    const resource = `arn:aws:iam::${account}:user/div/bob`;
    expect(await root.checks('CreateUser', input)).toEqual([
      { resource, requestTags: { team: 'x' }, context: { 'iam:PermissionsBoundary': boundary } },
      { action: 'iam:TagUser', resource, requestTags: { team: 'x' } },
    ]);
  });

  test('a rename is asked of the old and of the new ARN', async () => {
    await root.ask('CreateUser', { UserName: 'admin' });
    await root.ask('CreateUser', { UserName: 'bob' });
    const document = policy(allow('iam:UpdateUser', `arn:aws:iam::${account}:user/bob`));
    await root.ask('PutUserPolicy', { UserName: 'admin', PolicyName: 'p', PolicyDocument: document });
    const admin = await world.user('admin');
    expect(await admin.refusal('UpdateUser', { UserName: 'bob', NewUserName: 'rob' })).toBe(
      `AccessDenied: User: arn:aws:iam::${account}:user/admin is not authorized to perform: iam:UpdateUser on resource: arn:aws:iam::${account}:user/rob because no identity-based policy allows the iam:UpdateUser action`,
    );
    const both = policy(allow('iam:UpdateUser', `arn:aws:iam::${account}:user/?ob`));
    await root.ask('PutUserPolicy', { UserName: 'admin', PolicyName: 'p', PolicyDocument: both });
    await admin.ask('UpdateUser', { UserName: 'bob', NewUserName: 'rob' });
  });

  test('denials name existing things in the old form, creations and lists by ARN', async () => {
    await root.ask('CreateUser', { UserName: 'bob' });
    const bob = await world.user('bob');
    const denied = (action: string, resource: string): string =>
      `AccessDenied: User: arn:aws:iam::${account}:user/bob is not authorized to perform: iam:${action} on resource: ${resource} because no identity-based policy allows the iam:${action} action`;
    expect(await bob.refusal('GetUser', {})).toBe(denied('GetUser', 'user bob'));
    expect(await bob.refusal('CreateUser', { UserName: 'x' })).toBe(
      denied('CreateUser', `arn:aws:iam::${account}:user/x`),
    );
    expect(await bob.refusal('ListUsers', {})).toBe(denied('ListUsers', `arn:aws:iam::${account}:user/`));
    expect(await bob.refusal('ListPolicies', {})).toBe(denied('ListPolicies', 'policy path /'));
    expect(await bob.refusal('GetRole', { RoleName: 'R' })).toBe(denied('GetRole', 'role R'));
    expect(await bob.refusal('GetGroup', { GroupName: 'G' })).toBe(denied('GetGroup', 'group G'));
    const arn = 'arn:aws:iam::aws:policy/IVSFullAccess';
    expect(await bob.refusal('GetPolicy', { PolicyArn: arn })).toBe(denied('GetPolicy', `policy ${arn}`));
  });
});

describe('listing', () => {
  test('sorted by name ignoring case, filtered by a plain path prefix, in pages', async () => {
    for (const [UserName, Path] of [
      ['delta', '/division/'],
      ['Bravo', '/'],
      ['charlie', '/div/'],
      ['alpha', '/division/x/'],
      ['Echo', '/other/'],
    ] as const) {
      await root.ask('CreateUser', { UserName, Path });
    }
    const names = (page: { readonly Users: readonly { readonly UserName: string }[] }) =>
      page.Users.map((user) => user.UserName);
    expect(names(await root.ask('ListUsers', {}))).toEqual(['alpha', 'Bravo', 'charlie', 'delta', 'Echo']);
    const first = await root.ask('ListUsers', { PathPrefix: '/div', MaxItems: 2 });
    expect([names(first), first.IsTruncated]).toEqual([['alpha', 'charlie'], true]);
    const second = await root.ask('ListUsers', { PathPrefix: '/div', MaxItems: 2, Marker: first.Marker });
    expect([names(second), second.IsTruncated, second.Marker]).toEqual([['delta'], false, undefined]);
  });

  test('a marker serves only its own operation, filters and account', async () => {
    for (const UserName of ['a', 'b', 'c']) await root.ask('CreateUser', { UserName });
    const { Marker } = await root.ask('ListUsers', { MaxItems: 1 });
    const invalid = 'ValidationError: Invalid Marker.';
    expect(await root.refusal('ListUsers', { Marker: `${Marker}x` })).toBe(invalid);
    expect(await root.refusal('ListUsers', { Marker, PathPrefix: '/x/' })).toBe(invalid);
    expect(await root.refusal('ListRoles', { Marker })).toBe(invalid);
    expect(await world.root(otherAccount).refusal('ListUsers', { Marker })).toBe(invalid);
    expect((await root.ask('ListUsers', { Marker })).Users.map((user) => user.UserName)).toEqual(['b', 'c']);
  });

  test('a page may need many reads: 250 users, one of them wanted', async () => {
    await world.store.transact(account, async (tx) => {
      const { users, global } = await import('./records.ts');
      for (let i = 0; i < 250; i += 1) {
        const userName = `user-${String(i).padStart(4, '0')}`;
        const user = { userName, userId: `AIDA${i}`, path: i === 249 ? '/last/' : '/', createdAt: noon, tags: [] };
        await tx.insert(users, global(account), userName, user);
      }
    });
    const page = await root.ask('ListUsers', { PathPrefix: '/last/' });
    expect([page.Users.length, page.IsTruncated]).toEqual([1, false]);
    expect((await root.ask('ListUsers', {})).Users).toHaveLength(100);
  });
});
