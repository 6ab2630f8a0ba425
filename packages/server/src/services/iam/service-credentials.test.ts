import { beforeEach, describe, expect, test } from 'vitest';
import { serviceCredentials } from './credential-records.ts';
import { account, allow, noon, openIam, policy, type Asker, type World } from './iam.testkit.ts';
import { isPassword } from './passwords.ts';
import { global } from './records.ts';

const UserName = 'bob';
const git = 'codecommit.amazonaws.com';
const bedrock = 'bedrock.amazonaws.com';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName });
});
const create = async (ServiceName = git, CredentialAgeDays?: number) => {
  const input = { UserName, ServiceName, ...(CredentialAgeDays === undefined ? {} : { CredentialAgeDays }) };
  return (await root.ask('CreateServiceSpecificCredential', input)).ServiceSpecificCredential!;
};

describe('service-specific credentials', () => {
  test('show their password once and keep only its hash', async () => {
    const made = await create();
    expect(made).toEqual({
      UserName,
      Status: 'Active',
      ServiceUserName: `bob-at-${account}`,
      ServicePassword: expect.stringMatching(/^[A-Za-z0-9+/=]{44}$/),
      CreateDate: new Date(noon),
      ServiceSpecificCredentialId: expect.stringMatching(/^ACCA[A-Z2-7]{17}$/),
      ServiceName: git,
    });
    const listed = await root.ask('ListServiceSpecificCredentials', { UserName });
    const { ServicePassword, ...metadata } = made;
    expect(listed.ServiceSpecificCredentials).toEqual([metadata]);
    const stored = await world.store.reader.get(serviceCredentials, global(account), made.ServiceSpecificCredentialId);
    expect(JSON.stringify(stored)).not.toContain(ServicePassword);
    expect(await isPassword(ServicePassword!, stored!.hash)).toBe(true);
  });

  test('API keys have an alias, a secret that tells its kind, and an end where one is wanted', async () => {
    const made = await create(bedrock, 30);
    expect(made.ServiceCredentialAlias).toBe(`bob-at-${account}`);
    expect(made.ServicePassword).toBeUndefined();
    expect(made.ServiceCredentialSecret).toMatch(/^ABSK/);
    expect(Buffer.from(made.ServiceCredentialSecret!.slice(4), 'base64').toString()).toMatch(
      new RegExp(`^bob-at-${account}:[A-Za-z0-9]{44}$`),
    );
    expect(made.ExpirationDate).toEqual(new Date(noon + 30 * 86_400_000));
    const input = { UserName, ServiceName: git, CredentialAgeDays: 30 };
    expect(await root.refusal('CreateServiceSpecificCredential', input)).toMatch(/^ValidationError: /);
  });

  test('the user is asked for before the service', async () => {
    const ServiceName = 'nothing.amazonaws.com';
    expect(await root.refusal('CreateServiceSpecificCredential', { UserName: 'x', ServiceName })).toBe(
      'NoSuchEntity: The user with name x cannot be found.',
    );
    const text = `NotSupportedService: No such service ${ServiceName} is supported for Service Specific Credentials`;
    expect(await root.refusal('CreateServiceSpecificCredential', { UserName, ServiceName })).toBe(text);
    expect(await root.refusal('ListServiceSpecificCredentials', { UserName, ServiceName })).toBe(text);
  });

  test('two a service and user; names at the service never meet, also after users were renamed', async () => {
    await create();
    world.now += 1000;
    expect((await create()).ServiceUserName).toBe(`bob+1-at-${account}`);
    expect(await root.refusal('CreateServiceSpecificCredential', { UserName, ServiceName: git })).toMatch(
      /^LimitExceeded: /,
    );
    await create(bedrock);
    await root.ask('UpdateUser', { UserName, NewUserName: 'rob' });
    await root.ask('CreateUser', { UserName });
    expect((await create()).ServiceUserName).toBe(`bob+3-at-${account}`);
    const { ServiceSpecificCredentials } = await root.ask('ListServiceSpecificCredentials', { UserName: 'rob' });
    expect(ServiceSpecificCredentials).toMatchObject([
      { UserName: 'rob', ServiceUserName: `bob-at-${account}` },
      { UserName: 'rob' },
      { UserName: 'rob' },
    ]);
  });

  test('resetting makes a new password and keeps an inactive one inactive', async () => {
    const made = await create();
    const { ServiceSpecificCredentialId } = made;
    const one = { UserName, ServiceSpecificCredentialId };
    await root.ask('UpdateServiceSpecificCredential', { ...one, Status: 'Inactive' });
    const reset = (await root.ask('ResetServiceSpecificCredential', one)).ServiceSpecificCredential!;
    expect(reset.Status).toBe('Inactive');
    expect(reset.ServicePassword).not.toBe(made.ServicePassword);
    const stored = await world.store.reader.get(serviceCredentials, global(account), ServiceSpecificCredentialId);
    expect(await isPassword(made.ServicePassword!, stored!.hash)).toBe(false);
    expect(await isPassword(reset.ServicePassword!, stored!.hash)).toBe(true);
  });

  test('hold a user until they are deleted', async () => {
    const { ServiceSpecificCredentialId } = await create();
    expect(await root.refusal('DeleteUser', { UserName })).toBe(
      'DeleteConflict: Cannot delete entity, must remove referenced objects first.',
    );
    const one = { UserName, ServiceSpecificCredentialId };
    await root.ask('DeleteServiceSpecificCredential', one);
    expect(await root.refusal('DeleteServiceSpecificCredential', one)).toBe(
      `NoSuchEntity: No such credential ${ServiceSpecificCredentialId} exists`,
    );
    await root.ask('DeleteUser', { UserName });
  });

  test('lists are of one user, or of all', async () => {
    await root.ask('CreateUser', { UserName: 'amy' });
    await create();
    await root.ask('CreateServiceSpecificCredential', { UserName: 'amy', ServiceName: bedrock });
    const all = await root.ask('ListServiceSpecificCredentials', { AllUsers: true });
    expect(all.ServiceSpecificCredentials?.map((c) => c.UserName).toSorted()).toEqual(['amy', 'bob']);
    const first = await root.ask('ListServiceSpecificCredentials', { AllUsers: true, MaxItems: 1 });
    expect(first).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });
    const some = await root.ask('ListServiceSpecificCredentials', { AllUsers: true, ServiceName: bedrock });
    expect(some.ServiceSpecificCredentials).toMatchObject([{ UserName: 'amy', ServiceCredentialAlias: /./ }]);
    expect(await root.refusal('ListServiceSpecificCredentials', { AllUsers: true, UserName })).toMatch(
      /^ValidationError: /,
    );
  });

  test('policies can tell services and ages apart', async () => {
    const may = { StringEquals: { 'iam:ServiceSpecificCredentialServiceName': git } };
    const short = { NumericLessThanEquals: { 'iam:ServiceSpecificCredentialAgeDays': '30' } };
    const document = policy(
      allow('iam:*ServiceSpecificCredential', '*', { Condition: may }),
      allow('iam:CreateServiceSpecificCredential', '*', { Condition: short }),
    );
    await root.ask('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: document });
    const bob = await world.user(UserName);
    const made = await bob.ask('CreateServiceSpecificCredential', { UserName, ServiceName: git });
    const { ServiceSpecificCredentialId } = made.ServiceSpecificCredential!;
    await bob.ask('ResetServiceSpecificCredential', { ServiceSpecificCredentialId });
    const other = { UserName, ServiceName: bedrock };
    expect(await bob.refusal('CreateServiceSpecificCredential', other)).toContain('not authorized');
    expect(await bob.refusal('CreateServiceSpecificCredential', { ...other, CredentialAgeDays: 31 })).toContain(
      'not authorized',
    );
    const key = (await bob.ask('CreateServiceSpecificCredential', { ...other, CredentialAgeDays: 30 }))
      .ServiceSpecificCredential!;
    const id = { ServiceSpecificCredentialId: key.ServiceSpecificCredentialId };
    expect(await bob.refusal('DeleteServiceSpecificCredential', id)).toContain('not authorized');
  });
});
