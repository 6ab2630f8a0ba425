/**
 * Nobody gains a right by any sequence of IAM calls that the policies do not give. A delegated administrator, who may
 * create users and roles only with a boundary, and whomever they create try random sequences; whatever comes of it,
 * nothing is allowed beyond the boundaries as they were at first. Sequences that once found something stay as cases.
 */
import { compilePolicies, createContext, decide, parsePolicy } from '@stagedoor/policy';
import type { PolicySet, Principal } from '@stagedoor/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Caller } from '../packages/server/src/services/caller.ts';
import { userCaller } from '../packages/server/src/services/credentials.ts';
import { account, allow, deny, openIam, policy, trust } from '../packages/server/src/services/iam/iam.testkit.ts';
import type { Asker, World } from '../packages/server/src/services/iam/iam.testkit.ts';
import { loadPrincipalPolicies } from '../packages/server/src/services/iam/principal-policies.ts';
import { global, roles, users } from '../packages/server/src/services/iam/records.ts';
import type { RoleRecord, UserRecord } from '../packages/server/src/services/iam/records.ts';
import { AwsError } from '../packages/server/src/services/service.ts';
import { trustPolicyOf } from '../packages/server/src/services/trust-policy.ts';

const iam = (rest: string): string => `arn:aws:iam::${account}:${rest}`;
const bounds = iam('policy/Bounds');
const adminBounds = iam('policy/AdminBounds');
const root = iam('root');

/** What anyone whom the administrator creates may do at most. */
const boundsText = policy(
  allow(['ivs:Get*', 'ivs:List*', 'sts:*', 'iam:Get*', 'iam:List*', 'iam:ChangePassword']),
  allow('ivs:DeleteChannel', '*', { Condition: { StringEquals: { 'aws:PrincipalTag/tier': 'gold' } } }),
);

const bounded = { Condition: { StringEquals: { 'iam:PermissionsBoundary': bounds } } };
const notGold = { Condition: { StringNotEqualsIfExists: { 'aws:RequestTag/tier': 'gold' } } };
const kinds = (operations: readonly string[]): string[] =>
  operations.flatMap((name) => [`iam:${name.replace('?', 'User')}`, `iam:${name.replace('?', 'Role')}`]);

const delegated = [
  allow(kinds(['Create?', 'Put?Policy', 'Delete?Policy', 'Attach?Policy', 'Detach?Policy']), '*', bounded),
  allow('iam:PutUserPermissionsBoundary', iam('user/team/*'), bounded),
  allow('iam:PutRolePermissionsBoundary', iam('role/team/*'), bounded),
  allow(['iam:UpdateAssumeRolePolicy', 'iam:DeleteRole'], '*', bounded),
  allow(['iam:DeleteUser', 'iam:Get*', 'iam:List*']),
  allow(['iam:UpdateUser', 'iam:CreateAccessKey', 'iam:UntagUser', 'iam:CreateLoginProfile'], iam('user/team/*')),
  allow('iam:TagUser', iam('user/team/*'), notGold),
  allow(['iam:*Group', 'iam:*GroupPolicy', 'iam:*UserToGroup', 'iam:*UserFromGroup'], iam('group/team/*')),
  allow('iam:*Policy*', iam('policy/team/*')),
  allow(['iam:*InstanceProfile'], iam('instance-profile/*')),
  allow('iam:PassRole', iam('role/team/*')),
];
const adminText = policy(...delegated);

const everything = policy(allow('*'));
const documents = [
  everything,
  policy(allow('iam:*')),
  policy(allow(['s3:*', 'ivs:*'])),
  policy(deny('ivs:*')),
  adminText,
];
const trusts = [trust(root), trust('*'), trust(iam('user/admin')), trust(iam('user/team/new1'))];

interface Step {
  /** Who asks: 0 is the administrator, others are whoever they have made. */
  readonly actor: number;
  readonly operation: string;
  readonly input: object;
}

const UserName = fc.constantFrom('member', 'temp', 'boss', 'admin', 'new1', 'new2', 'TEMP', 'Admin');
const RoleName = fc.constantFrom('power', 'helper', 'newrole', 'POWER');
const GroupName = fc.constantFrom('team', 'bosses', 'newgroup');
const PolicyName = fc.constantFrom('p1', 'Bounds', 'bounds', 'AdminBounds');
const InstanceProfileName = fc.constantFrom('profile', 'newprofile');
const Path = fc.constantFrom('/team/', '/team/', '/', '/trusted/');
const arn = fc.constantFrom(
  bounds,
  adminBounds,
  iam('policy/Open'),
  iam('policy/bounds'),
  iam('policy/team/p1'),
  iam('policy/Open'),
);
const PolicyArn = arn;
/** Mostly the one that is allowed, so that there is more to go on from. */
const PermissionsBoundary = fc.oneof({ weight: 3, arbitrary: fc.constant(bounds) }, arn);
const PolicyDocument = fc.constantFrom(...documents);
const trustDocument = fc.constantFrom(...trusts);
const VersionId = fc.constantFrom('v1', 'v2', 'v3');
const Tag = fc.record({
  Key: fc.constantFrom('tier', 'Tier', 'team'),
  Value: fc.constantFrom('gold', 'Gold', 'tin'),
});
const Tags = fc.array(Tag, { minLength: 1, maxLength: 2 });

type Parts = Readonly<Record<string, fc.Arbitrary<unknown>>>;
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Every operation that someone may try, and what with. */
const moves: Readonly<Record<string, Parts>> = {
  CreateUser: { UserName, Path: maybe(Path), PermissionsBoundary: maybe(PermissionsBoundary), Tags: maybe(Tags) },
  DeleteUser: { UserName },
  UpdateUser: { UserName, NewUserName: maybe(UserName), NewPath: maybe(Path) },
  PutUserPermissionsBoundary: { UserName, PermissionsBoundary },
  DeleteUserPermissionsBoundary: { UserName },
  PutUserPolicy: { UserName, PolicyName, PolicyDocument },
  DeleteUserPolicy: { UserName, PolicyName },
  AttachUserPolicy: { UserName, PolicyArn },
  DetachUserPolicy: { UserName, PolicyArn },
  TagUser: { UserName, Tags },
  UntagUser: { UserName, TagKeys: fc.constantFrom(['tier'], ['team']) },
  CreateAccessKey: { UserName },
  CreateGroup: { GroupName, Path: maybe(Path) },
  UpdateGroup: { GroupName, NewGroupName: maybe(GroupName), NewPath: maybe(Path) },
  // Only the group is asked about, so a policy cannot keep others out of it: they are left out here.
  AddUserToGroup: { GroupName, UserName: fc.constantFrom('member', 'admin', 'new1', 'new2') },
  RemoveUserFromGroup: { GroupName, UserName },
  PutGroupPolicy: { GroupName, PolicyName, PolicyDocument },
  AttachGroupPolicy: { GroupName, PolicyArn },
  CreatePolicy: { PolicyName, Path: maybe(Path), PolicyDocument },
  CreatePolicyVersion: { PolicyArn, PolicyDocument, SetAsDefault: fc.boolean() },
  SetDefaultPolicyVersion: { PolicyArn, VersionId },
  DeletePolicyVersion: { PolicyArn, VersionId },
  DeletePolicy: { PolicyArn },
  CreateRole: {
    RoleName,
    Path: maybe(Path),
    AssumeRolePolicyDocument: trustDocument,
    PermissionsBoundary: maybe(PermissionsBoundary),
  },
  DeleteRole: { RoleName },
  PutRolePermissionsBoundary: { RoleName, PermissionsBoundary },
  DeleteRolePermissionsBoundary: { RoleName },
  PutRolePolicy: { RoleName, PolicyName, PolicyDocument },
  AttachRolePolicy: { RoleName, PolicyArn },
  UpdateAssumeRolePolicy: { RoleName, PolicyDocument: trustDocument },
  TagRole: { RoleName, Tags },
  CreateInstanceProfile: { InstanceProfileName },
  AddRoleToInstanceProfile: { InstanceProfileName, RoleName },
  RemoveRoleFromInstanceProfile: { InstanceProfileName, RoleName },
};

const step: fc.Arbitrary<Step> = fc.oneof(
  ...Object.entries(moves).map(([operation, parts]) =>
    fc.record({ actor: fc.constantFrom(0, 0, 0, 1, 2, 3), operation: fc.constant(operation), input: fc.record(parts) }),
  ),
);

/** The account before anyone tries anything. */
interface Start {
  readonly world: World;
  /** Ids of those whom the administrator does not hold, and what they have. */
  readonly others: ReadonlyMap<string, string>;
  readonly adminId: string;
}

async function begin(): Promise<Start> {
  const world = await openIam();
  const owner = world.root();
  await owner.ask('CreatePolicy', { PolicyName: 'Bounds', PolicyDocument: boundsText });
  await owner.ask('CreatePolicy', { PolicyName: 'AdminBounds', PolicyDocument: adminText });
  await owner.ask('CreatePolicy', { PolicyName: 'Open', PolicyDocument: everything });
  await owner.ask('CreateUser', { UserName: 'admin', PermissionsBoundary: adminBounds });
  await owner.ask('PutUserPolicy', { UserName: 'admin', PolicyName: 'delegated', PolicyDocument: adminText });
  await owner.ask('CreateUser', { UserName: 'boss' });
  await owner.ask('AttachUserPolicy', { UserName: 'boss', PolicyArn: iam('policy/Open') });
  await owner.ask('CreateUser', { UserName: 'temp', Path: '/trusted/' });
  await owner.ask('CreateUser', { UserName: 'member', Path: '/team/', PermissionsBoundary: bounds });
  await owner.ask('CreateGroup', { GroupName: 'team', Path: '/team/' });
  await owner.ask('CreateGroup', { GroupName: 'bosses' });
  await owner.ask('AttachGroupPolicy', { GroupName: 'bosses', PolicyArn: iam('policy/Open') });
  const trusted = trust([iam('user/boss'), iam('user/trusted/temp')]);
  await owner.ask('CreateRole', { RoleName: 'power', AssumeRolePolicyDocument: trusted });
  await owner.ask('AttachRolePolicy', { RoleName: 'power', PolicyArn: iam('policy/Open') });
  const AssumeRolePolicyDocument = trust(root);
  await owner.ask('CreateRole', {
    RoleName: 'helper',
    Path: '/team/',
    AssumeRolePolicyDocument,
    PermissionsBoundary: bounds,
  });
  const { users: everyone, roles: allRoles } = await entities(world);
  const held = new Set(['admin', 'member', 'helper']);
  const others = new Map<string, string>();
  for (const user of everyone) if (!held.has(user.userName)) others.set(user.userId, await holdings(world, user));
  for (const role of allRoles) if (!held.has(role.roleName)) others.set(role.roleId, await holdings(world, role));
  return { world, others, adminId: everyone.find(({ userName }) => userName === 'admin')!.userId };
}

async function entities({ store }: World): Promise<{ users: UserRecord[]; roles: RoleRecord[] }> {
  const [everyone, allRoles] = [
    await store.reader.list(users, global(account)),
    await store.reader.list(roles, global(account)),
  ];
  return { users: everyone.map(({ value }) => value), roles: allRoles.map(({ value }) => value) };
}

const policiesOf = ({ store, now }: World, entity: UserRecord | RoleRecord) =>
  'userId' in entity
    ? loadPrincipalPolicies(store.reader, { accountId: account, kind: 'user', principalId: entity.userId }, now, 0)
    : loadPrincipalPolicies(store.reader, { accountId: account, kind: 'role', principalId: entity.roleId }, now, 0);

/** All that decides what someone else may do, as text: it must not change. */
async function holdings(world: World, entity: UserRecord | RoleRecord): Promise<string> {
  const { identity, boundary } = await policiesOf(world, entity);
  const trusting = 'roleId' in entity ? [entity.trustPolicy, entity.trustIds] : [];
  return JSON.stringify([identity, boundary ?? null, entity.permissionsBoundary ?? null, trusting, entity.tags]);
}

function setOf(text: string): PolicySet {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error('a policy of this test does not parse');
  return compilePolicies([{ id: 'ceiling', policy: parsed.policy }]);
}

const ceilings = { member: setOf(boundsText), admin: setOf(adminText) };

const probes: readonly (readonly [action: string, resource: string])[] = [
  ['s3:GetObject', 'arn:aws:s3:::b/k'],
  ['ivs:GetChannel', `arn:aws:ivs:us-west-2:${account}:channel/a`],
  ['ivs:CreateChannel', `arn:aws:ivs:us-west-2:${account}:channel/a`],
  ['ivs:DeleteChannel', `arn:aws:ivs:us-west-2:${account}:channel/a`],
  ['iam:CreateUser', iam('user/x')],
  ['iam:CreateAccessKey', iam('user/boss')],
  ['iam:PutUserPolicy', iam('user/admin')],
  ['iam:DeleteUserPermissionsBoundary', iam('user/admin')],
  ['iam:CreatePolicyVersion', bounds],
  ['iam:SetDefaultPolicyVersion', adminBounds],
  ['iam:AttachGroupPolicy', iam('group/bosses')],
  ['iam:UpdateAssumeRolePolicy', iam('role/power')],
  ['iam:PassRole', iam('role/power')],
];

const principalOf = (entity: UserRecord | RoleRecord): Principal =>
  'userId' in entity
    ? { type: 'User', arn: iam(`user${entity.path}${entity.userName}`), accountId: account, uniqueId: entity.userId }
    : {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${account}:assumed-role/${entity.roleName}/s`,
        roleArn: iam(`role${entity.path}${entity.roleName}`),
        accountId: account,
        uniqueId: entity.roleId,
      };

/** Fails when someone whom the administrator holds may do more than the ceiling, or may become someone else. */
async function ensureBelow(world: World, entity: UserRecord | RoleRecord, ceiling: PolicySet): Promise<void> {
  const found = await policiesOf(world, entity);
  const principal = principalOf(entity);
  const layers = {
    identity: compilePolicies(found.identity),
    ...(found.boundary && { boundary: compilePolicies(found.boundary) }),
  };
  const tags = entity.tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value] as const);
  for (const [action, resource] of probes) {
    const request = { principal, action, resource, resourceAccount: account, context: createContext(tags) };
    if (decide(request, layers).decision !== 'Allow') continue;
    // Tags are no part of the ceiling: none of theirs may open what is for gold alone.
    const untagged = { ...request, context: createContext([]) };
    expect([action, resource, decide(untagged, { identity: ceiling }).decision]).toEqual([action, resource, 'Allow']);
  }
  const power = await world.store.reader.get(roles, global(account), 'power');
  if (power === undefined || ('roleId' in entity && entity.roleId === power.roleId)) return;
  const resource = iam(`role${power.path}${power.roleName}`);
  const assume = {
    principal,
    action: 'sts:AssumeRole',
    resource,
    resourceAccount: account,
    context: createContext([]),
  };
  expect(decide(assume, { ...layers, trust: trustPolicyOf(power) }).decision).not.toBe('Allow');
}

async function ensureNothingGained({ world, others, adminId }: Start): Promise<void> {
  const now = await entities(world);
  for (const entity of [...now.users, ...now.roles]) {
    const id = 'userId' in entity ? entity.userId : entity.roleId;
    const before = others.get(id);
    if (before !== undefined) expect(await holdings(world, entity)).toBe(before);
    else await ensureBelow(world, entity, id === adminId ? ceilings.admin : ceilings.member);
  }
  const profiles = await world.root().ask('ListInstanceProfiles', {});
  const passed = profiles.InstanceProfiles.flatMap(({ Roles }) => Roles.map(({ RoleId }) => RoleId));
  for (const id of passed) expect(others.has(id)).toBe(false);
}

/** The callers that the administrator holds: their own key first, then those of the users they made or manage. */
async function actors({ world, others, adminId }: Start): Promise<Asker[]> {
  const { users: everyone } = await entities(world);
  const held = everyone.filter(({ userId }) => !others.has(userId));
  const first = held.toSorted((a, b) => Number(b.userId === adminId) - Number(a.userId === adminId));
  return first.map((user) => world.as(callerOf(user)));
}

const callerOf = (user: UserRecord): Caller => userCaller('aws', account, 'AKIATEST', user);

/** Whether the step was allowed and done. */
async function tried(start: Start, { actor, operation, input }: Step): Promise<boolean> {
  const all = await actors(start);
  const asker = all[actor % all.length];
  try {
    await asker?.ask(operation as 'DeleteUser', input as { UserName: string });
    return true;
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}

let done = 0;
async function run(steps: readonly Step[]): Promise<void> {
  const start = await begin();
  for (const one of steps) {
    if (!(await tried(start, one))) continue;
    done += 1;
    await ensureNothingGained(start);
  }
}

const by = (actor: number, operation: string, input: object): Step => ({ actor, operation, input });

/** Ways to more rights that people have tried, each by the book. */
const known: readonly (readonly Step[])[] = [
  // A namesake of someone whom a role trusts.
  [
    by(0, 'DeleteUser', { UserName: 'temp' }),
    by(0, 'CreateUser', { UserName: 'temp', Path: '/trusted/', PermissionsBoundary: bounds }),
    by(0, 'AttachUserPolicy', { UserName: 'temp', PolicyArn: iam('policy/Open') }),
  ],
  // Everything, by way of a group and of a policy's second version.
  [
    by(0, 'PutGroupPolicy', { GroupName: 'team', PolicyName: 'p1', PolicyDocument: everything }),
    by(0, 'AddUserToGroup', { GroupName: 'team', UserName: 'admin' }),
    by(0, 'CreatePolicy', { PolicyName: 'p1', Path: '/team/', PolicyDocument: documents[2] }),
    by(0, 'AttachUserPolicy', { UserName: 'member', PolicyArn: iam('policy/team/p1') }),
    by(0, 'CreatePolicyVersion', { PolicyArn: iam('policy/team/p1'), PolicyDocument: everything, SetAsDefault: true }),
    by(1, 'DeleteUserPermissionsBoundary', { UserName: 'member' }),
    by(1, 'CreateUser', { UserName: 'new1' }),
  ],
  // A tag in another case, with the user and after.
  [
    by(0, 'CreateUser', {
      UserName: 'new1',
      Path: '/team/',
      PermissionsBoundary: bounds,
      Tags: [{ Key: 'Tier', Value: 'gold' }],
    }),
    by(0, 'TagUser', { UserName: 'member', Tags: [{ Key: 'TIER', Value: 'gold' }] }),
    by(0, 'AttachUserPolicy', { UserName: 'member', PolicyArn: iam('policy/Open') }),
  ],
  // The trust of a role that is one's own, and of one that is not.
  [
    by(0, 'UpdateAssumeRolePolicy', { RoleName: 'helper', PolicyDocument: trust('*') }),
    by(0, 'AttachRolePolicy', { RoleName: 'helper', PolicyArn: iam('policy/Open') }),
    by(0, 'UpdateAssumeRolePolicy', { RoleName: 'POWER', PolicyDocument: trust(iam('user/admin')) }),
    by(0, 'CreateInstanceProfile', { InstanceProfileName: 'profile' }),
    by(0, 'AddRoleToInstanceProfile', { InstanceProfileName: 'profile', RoleName: 'power' }),
  ],
  // A user moved out of sight and back under another's name.
  [
    by(0, 'DeleteUser', { UserName: 'temp' }),
    by(0, 'UpdateUser', { UserName: 'member', NewUserName: 'temp', NewPath: '/trusted/' }),
    by(0, 'UpdateUser', { UserName: 'member', NewUserName: 'temp' }),
    by(0, 'PutUserPermissionsBoundary', { UserName: 'temp', PermissionsBoundary: iam('policy/bounds') }),
  ],
];

test.each(known.map((steps, place) => [place, steps] as const))(
  'known way %i to more rights leads nowhere',
  async (_, steps) => {
    await run(steps);
  },
);

test('no sequence of calls of a delegated administrator gives anyone more rights', async () => {
  done = 0;
  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), run);
  await fc.assert(property, { numRuns: 200, interruptAfterTimeLimit: 8000 });
  // It would find nothing if it did nothing.
  expect(done).toBeGreaterThan(20);
}, 60_000);

test('the search sees what a hole would give', async () => {
  const start = await begin();
  const owner = start.world.root();
  await owner.ask('AttachUserPolicy', { UserName: 'member', PolicyArn: iam('policy/Open') });
  await ensureNothingGained(start);
  await owner.ask('DeleteUserPermissionsBoundary', { UserName: 'member' });
  await expect(ensureNothingGained(start)).rejects.toThrow();
  await owner.ask('PutUserPermissionsBoundary', { UserName: 'member', PermissionsBoundary: bounds });
  await ensureNothingGained(start);
  await owner.ask('TagUser', { UserName: 'member', Tags: [{ Key: 'Tier', Value: 'gold' }] });
  await expect(ensureNothingGained(start)).rejects.toThrow();
  await owner.ask('UntagUser', { UserName: 'member', TagKeys: ['tier'] });
  await ensureNothingGained(start);
  await owner.ask('UpdateAssumeRolePolicy', { RoleName: 'power', PolicyDocument: trust(iam('user/team/member')) });
  await expect(ensureNothingGained(start)).rejects.toThrow();
});
