import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { account, openIam, otherAccount, trust, type Asker, type World } from './iam.testkit.ts';
import { DeletionRunner, runPendingDeletions, type ServiceLinkedUsage } from './service-linked-deletion.ts';

const AWSServiceName = 'ivs.amazonaws.com';
const RoleName = 'AWSServiceRoleForIVSRecordToS3';
const PolicyArn = 'arn:aws:iam::aws:policy/aws-service-role/IVSRecordToS3';

let world: World;
let root: Asker;
/** What IVS says of its role. */
let inUse: Record<string, readonly string[]>;
const usages: readonly ServiceLinkedUsage[] = [
  {
    principal: AWSServiceName,
    usage: (_, accountId) =>
      Promise.resolve(
        accountId === account ? Object.entries(inUse).map(([region, resources]) => ({ region, resources })) : [],
      ),
  },
];

beforeEach(async () => {
  world = await openIam();
  root = world.root();
  inUse = {};
});

const create = () => root.ask('CreateServiceLinkedRole', { AWSServiceName });
const submit = async () => (await root.ask('DeleteServiceLinkedRole', { RoleName })).DeletionTaskId;
const runTasks = () => runPendingDeletions({ store: world.store, env: world.env, usages });
const statusOf = (DeletionTaskId: string) => root.ask('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId });

describe('deletion', () => {
  test('S2-44 S2-46 is a task: the same while it is pending, the role goes when it is done', async () => {
    await create();
    const task = await submit();
    expect(task).toMatch(
      /^task\/aws-service-role\/ivs\.amazonaws\.com\/AWSServiceRoleForIVSRecordToS3\/[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
    expect(await submit()).toBe(task);
    expect(await statusOf(task)).toEqual({ Status: 'NOT_STARTED' });
    await root.ask('GetRole', { RoleName });
    await runTasks();
    expect(await statusOf(task)).toEqual({ Status: 'SUCCEEDED' });
    expect(await root.refusal('GetRole', { RoleName })).toMatch(/^NoSuchEntity: /);
    expect((await root.ask('GetPolicy', { PolicyArn })).Policy).toMatchObject({ AttachmentCount: 0 });
    expect(await root.refusal('DeleteServiceLinkedRole', { RoleName })).toMatch(/^NoSuchEntity: /);
  });

  test('S2-46 fails while anything uses the role, and tells what by region', async () => {
    await create();
    const first = `arn:aws:ivs:us-west-2:${account}:recording-configuration/a`;
    const second = `arn:aws:ivs:eu-west-1:${account}:recording-configuration/b`;
    inUse = { 'us-west-2': [first], 'eu-west-1': [second], 'us-east-1': [] };
    const failed = await submit();
    await runTasks();
    const { Status, Reason } = await statusOf(failed);
    expect(Status).toBe('FAILED');
    expect(Reason?.RoleUsageList).toEqual([
      { Region: 'us-west-2', Resources: [first] },
      { Region: 'eu-west-1', Resources: [second] },
    ]);
    expect(Reason?.Reason).toContain(RoleName);
    await root.ask('GetRole', { RoleName });
    inUse = { 'eu-west-1': [second] };
    const again = await submit();
    expect(again).not.toBe(failed);
    await runTasks();
    expect(await statusOf(again)).toMatchObject({ Status: 'FAILED' });
    inUse = {};
    const last = await submit();
    await runTasks();
    expect(await statusOf(last)).toEqual({ Status: 'SUCCEEDED' });
    expect(await statusOf(failed)).toMatchObject({ Status: 'FAILED' });
  });

  test('S2-32 S2-33 made again it is another role, which an old task leaves alone', async () => {
    const before = (await create()).Role;
    const task = await submit();
    await runTasks();
    world.now += 1000;
    const after = (await create()).Role;
    expect(after?.Arn).toBe(before?.Arn);
    expect(after?.RoleId).not.toBe(before?.RoleId);
    expect(after?.CreateDate).not.toEqual(before?.CreateDate);
    await runTasks();
    expect((await root.ask('GetRole', { RoleName })).Role.RoleId).toBe(after?.RoleId);
    expect(await statusOf(task)).toEqual({ Status: 'SUCCEEDED' });
  });

  test('of what is no such role or task is refused', async () => {
    await root.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`) });
    expect(await root.refusal('DeleteServiceLinkedRole', { RoleName: 'r' })).toBe(
      'NoSuchEntity: The role with name r is not a service-linked role.',
    );
    const refusal = (DeletionTaskId: string) => root.refusal('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId });
    const unknown = `task/aws-service-role/${AWSServiceName}/${RoleName}/01234567-89ab-4cde-8f01-23456789abcd`;
    expect(await refusal(unknown)).toBe(`NoSuchEntity: The deletion task ${unknown} cannot be found.`);
    expect(await refusal('x')).toBe('InvalidInput: x is not the id of a deletion task.');
  });

  test('tasks are kept an hour at least; another account does not see them', async () => {
    await create();
    inUse = { 'us-west-2': ['x'] };
    const old = await submit();
    await runTasks();
    world.now += 3_600_000;
    await submit();
    expect(await statusOf(old)).toMatchObject({ Status: 'FAILED' });
    await runTasks();
    world.now += 1;
    const other = world.root(otherAccount);
    expect(await other.refusal('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId: old })).toMatch(
      /^NoSuchEntity: /,
    );
    await submit();
    expect(await root.refusal('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId: old })).toMatch(
      /^NoSuchEntity: /,
    );
  });
});

describe('the runner', () => {
  let runner: DeletionRunner;
  let failures: unknown[];
  beforeEach(() => {
    failures = [];
    runner = new DeletionRunner({ store: world.store, env: world.env, usages }, (error) => failures.push(error));
  });
  afterEach(() => runner.close());

  const ended = (task: string, status = 'SUCCEEDED') =>
    vi.waitFor(async () => expect((await statusOf(task)).Status).toBe(status), { interval: 1 });

  test('takes up a task once it is committed, and not before it was told of one', async () => {
    await create();
    const task = await submit();
    await root.ask('CreateUser', { UserName: 'bob' });
    expect(await statusOf(task)).toEqual({ Status: 'NOT_STARTED' });
    runner.submitted(account);
    await world.root(otherAccount).ask('CreateUser', { UserName: 'bob' });
    expect(await statusOf(task)).toEqual({ Status: 'NOT_STARTED' });
    await root.ask('CreateUser', { UserName: 'alice' });
    await ended(task);
  });

  test('takes up what an earlier process left behind', async () => {
    await create();
    const task = await submit();
    runner.wake();
    runner.wake();
    await ended(task);
    expect(failures).toEqual([]);
  });

  test('a run that breaks off leaves its tasks for the next', async () => {
    await create();
    const task = await submit();
    const broken = new Error('IVS does not answer');
    const usage = vi.spyOn(usages[0], 'usage').mockRejectedValue(broken);
    runner.wake();
    await vi.waitFor(() => expect(failures).toEqual([broken]), { interval: 1 });
    expect(await statusOf(task)).toEqual({ Status: 'IN_PROGRESS' });
    expect(await submit()).toBe(task);
    usage.mockRestore();
    runner.wake();
    await ended(task);
  });

  test('ends with the run that is under way, and begins none after', async () => {
    await create();
    const task = await submit();
    runner.wake();
    await runner.close();
    expect(await statusOf(task)).toEqual({ Status: 'SUCCEEDED' });
    await create();
    const next = await submit();
    runner.wake();
    await runner.close();
    expect(await statusOf(next)).toEqual({ Status: 'NOT_STARTED' });
  });
});
