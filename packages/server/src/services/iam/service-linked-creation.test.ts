import { compilePolicies, createContext, decide } from '@stagedoor/policy';
import { beforeEach, describe, expect, test } from 'vitest';
import { CallContext } from '../request-context.ts';
import { account, allow, openIam, otherAccount, policy, trust, type Asker, type World } from './iam.testkit.ts';
import { loadPrincipalPolicies } from './principal-policies.ts';
import { ensureServiceLinkedRole, serviceLinkedRoleChecks } from './service-linked-creation.ts';
import { assumeAsService } from './service-linked-session.ts';

const AWSServiceName = 'ivs.amazonaws.com';
const RoleName = 'AWSServiceRoleForIVSRecordToS3';
const arn = `arn:aws:iam::${account}:role/aws-service-role/ivs.amazonaws.com/${RoleName}`;
const logs = 'delivery.logs.amazonaws.com';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

/** A call of the root user inside a transaction, as a service has it. */
function writing<T>(tx: T) {
  const fail = (code: string, message: string): never => {
    throw new Error(`${code}: ${message}`);
  };
  const { store, env, now } = world;
  return { caller: rootOf(), accountId: account, now, reader: store.reader, env, fail, tx };
}

const rootOf = () =>
  ({ kind: 'root', accountId: account, arn: '', userId: '', accessKeyId: '', principalId: account, tags: {} }) as const;

describe('the service', () => {
  const bucket = {
    name: 'bucket',
    document: policy(allow('s3:PutObject', 'arn:aws:s3:::recordings/ivs/*')),
  };
  const ensure = (needed: Parameters<typeof ensureServiceLinkedRole>[1]) =>
    world.store.transact(account, (tx) => ensureServiceLinkedRole(writing(tx), needed));

  test('S2-7 S2-17 acts as the role, which lets it put objects and nothing else; no other service does', async () => {
    const room = { reader: world.store.reader, env: world.env };
    const asking = { accountId: account, roleName: RoleName, sessionName: 'rec', principal: AWSServiceName };
    expect(await assumeAsService(room, asking)).toBeUndefined();
    const role = await ensure({ principal: AWSServiceName, policy: bucket });
    const session = await assumeAsService(room, asking);
    expect(session).toMatchObject({ arn: `arn:aws:sts::${account}:assumed-role/${RoleName}/rec`, roleArn: arn });
    expect(await assumeAsService(room, { ...asking, principal: logs })).toBeUndefined();
    expect(await assumeAsService(room, { ...asking, accountId: otherAccount })).toBeUndefined();
    const name = { accountId: account, kind: 'role', principalId: role!.roleId } as const;
    const { identity } = await loadPrincipalPolicies(world.store.reader, name, world.now, 0);
    const verdict = (action: string, resource: string) =>
      decide(
        {
          principal: {
            type: 'AssumedRole',
            arn: session!.arn,
            roleArn: arn,
            accountId: account,
            serviceLinkedRole: true,
          },
          action,
          resource,
          context: createContext([]),
        },
        { identity: compilePolicies(identity) },
      ).decision;
    expect(verdict('s3:PutObject', 'arn:aws:s3:::recordings/ivs/v1/x.ts')).toBe('Allow');
    expect(verdict('s3:PutObject', 'arn:aws:s3:::AWSIVS_x/ivs/v1/x.ts')).toBe('Allow');
    for (const [action, resource] of [
      ['s3:PutObject', 'arn:aws:s3:::recordings/other/x.ts'],
      ['s3:PutObject', 'arn:aws:s3:::elsewhere/ivs/x.ts'],
      ['s3:GetObject', 'arn:aws:s3:::recordings/ivs/v1/x.ts'],
      ['s3:DeleteObject', 'arn:aws:s3:::recordings/ivs/v1/x.ts'],
      ['s3:ListBucket', 'arn:aws:s3:::recordings'],
    ] as const) {
      expect(verdict(action, resource)).toBe('ImplicitDeny');
    }
  });

  test('S2-18 makes the role with what its caller may do, and asks for nothing that is there', async () => {
    const checks = async (policyNeeded?: typeof bucket, askForPolicies = true) => {
      const needed = { principal: AWSServiceName, ...(policyNeeded && { policy: policyNeeded }) };
      const call = writing(undefined);
      const asked = await serviceLinkedRoleChecks({ ...call, tx: undefined }, needed, { askForPolicies });
      expect(asked.every(({ resource, viaService }) => resource === arn && viaService === true)).toBe(true);
      return asked.map(({ action }) => action);
    };
    expect(await checks(bucket)).toEqual(['iam:CreateServiceLinkedRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy']);
    expect(await checks(bucket, false)).toEqual(['iam:CreateServiceLinkedRole']);
    const first = await ensure({ principal: AWSServiceName });
    expect(await checks()).toEqual([]);
    expect(await checks(bucket)).toEqual(['iam:PutRolePolicy']);
    const second = await ensure({ principal: AWSServiceName, policy: bucket });
    expect(second?.roleId).toBe(first?.roleId);
    expect(await checks(bucket)).toEqual([]);
    expect((await root.ask('ListRolePolicies', { RoleName })).PolicyNames).toEqual(['bucket']);
  });

  test('what a service asks on behalf of its caller is told from what the caller asks', () => {
    const facts = { now: 0, secure: true, sourceIp: '', userAgent: undefined, referer: undefined, region: 'us-west-2' };
    const via = (check: object) =>
      new CallContext(facts, rootOf(), { resource: arn, ...check }, account).get('aws:viaawsservice');
    expect([via({}), via({ viaService: true })]).toEqual(['false', 'true']);
  });

  test('a role of the customer in its place is not taken over', async () => {
    const AssumeRolePolicyDocument = trust(`arn:aws:iam::${account}:root`);
    await root.ask('CreateRole', { RoleName: RoleName.toUpperCase(), AssumeRolePolicyDocument });
    expect(await ensure({ principal: AWSServiceName, policy: bucket })).toBeUndefined();
    expect((await root.ask('ListRolePolicies', { RoleName })).PolicyNames).toEqual([]);
  });
});
