import { beforeEach, describe, expect, test } from 'vitest';
import { account, allow, deny, openIam, policy, type Asker, type World } from './iam.testkit.ts';
import { hashPassword, isPassword, passwordProblem } from './passwords.ts';
import { global, loginProfiles } from './records.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName: 'bob' });
});

const UserName = 'bob';
const good = 'Corr3ct-horse';

describe('login profiles', () => {
  test('S0-8 are created, read, updated and deleted; the password is never shown nor kept', async () => {
    const { LoginProfile } = await root.ask('CreateLoginProfile', { UserName: 'BOB', Password: good });
    expect(LoginProfile).toEqual({ UserName, CreateDate: new Date(world.now), PasswordResetRequired: false });
    expect(await root.refusal('CreateLoginProfile', { UserName, Password: good })).toBe(
      'EntityAlreadyExists: Login Profile for user bob already exists.',
    );
    await root.ask('UpdateLoginProfile', { UserName, PasswordResetRequired: true });
    expect((await root.ask('GetLoginProfile', { UserName })).LoginProfile.PasswordResetRequired).toBe(true);
    const { User } = await root.ask('GetUser', { UserName });
    const stored = await world.store.reader.get(loginProfiles, global(account), User.UserId);
    expect(JSON.stringify(stored)).not.toContain(good);
    expect(await root.refusal('DeleteUser', { UserName })).toBe(
      'DeleteConflict: Cannot delete entity, must delete login profile first.',
    );
    await root.ask('DeleteLoginProfile', { UserName });
    expect(await root.refusal('GetLoginProfile', { UserName })).toBe(
      'NoSuchEntity: Login Profile for User bob cannot be found.',
    );
  });

  test('a user changes the own password where a policy or the account lets it', async () => {
    await root.ask('CreateLoginProfile', { UserName, Password: good, PasswordResetRequired: true });
    const bob = await world.user(UserName);
    const change = { OldPassword: good, NewPassword: 'An0ther-horse' };
    expect(await bob.refusal('ChangePassword', change)).toContain('not authorized to perform: iam:ChangePassword');
    await root.ask('UpdateAccountPasswordPolicy', { AllowUsersToChangePassword: true });
    await root.ask('PutUserPolicy', { UserName, PolicyName: 'no', PolicyDocument: policy(deny('iam:ChangePassword')) });
    expect(await bob.refusal('ChangePassword', change)).toContain('explicit deny');
    await root.ask('DeleteUserPolicy', { UserName, PolicyName: 'no' });
    expect(await bob.refusal('ChangePassword', { ...change, OldPassword: 'wrong' })).toMatch(/^AccessDenied: /);
    await bob.ask('ChangePassword', change);
    expect((await root.ask('GetLoginProfile', { UserName })).LoginProfile.PasswordResetRequired).toBe(false);
    await root.ask('DeleteAccountPasswordPolicy', {});
    const own = policy(allow('iam:ChangePassword', `arn:aws:iam::*:user/\${aws:username}`));
    await root.ask('PutUserPolicy', { UserName, PolicyName: 'own', PolicyDocument: own });
    await bob.ask('ChangePassword', { OldPassword: 'An0ther-horse', NewPassword: good });
    expect(await root.refusal('ChangePassword', change)).toMatch(/^InvalidUserType: /);
  });

  test('old passwords are refused as far back as the policy says', async () => {
    await root.ask('UpdateAccountPasswordPolicy', { PasswordReusePrevention: 2 });
    await root.ask('CreateLoginProfile', { UserName, Password: 'first1' });
    const update = (Password: string) => root.ask('UpdateLoginProfile', { UserName, Password });
    expect(await root.refusal('UpdateLoginProfile', { UserName, Password: 'first1' })).toMatch(
      /^PasswordPolicyViolation/,
    );
    await update('second');
    expect(await root.refusal('UpdateLoginProfile', { UserName, Password: 'first1' })).toMatch(
      /^PasswordPolicyViolation/,
    );
    await update('third3');
    await update('first1');
  });
});

describe('the account password policy', () => {
  test('is replaced as a whole', async () => {
    expect(await root.refusal('GetAccountPasswordPolicy', {})).toBe(
      `NoSuchEntity: The Password Policy with domain name ${account} cannot be found.`,
    );
    await root.ask('UpdateAccountPasswordPolicy', {
      MinimumPasswordLength: 12,
      RequireSymbols: true,
      MaxPasswordAge: 90,
    });
    await root.ask('UpdateAccountPasswordPolicy', { RequireNumbers: true });
    expect((await root.ask('GetAccountPasswordPolicy', {})).PasswordPolicy).toEqual({
      MinimumPasswordLength: 6,
      RequireSymbols: false,
      RequireNumbers: true,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: false,
      ExpirePasswords: false,
    });
    await root.ask('DeleteAccountPasswordPolicy', {});
    expect(await root.refusal('DeleteAccountPasswordPolicy', {})).toBe(
      'NoSuchEntity: The account policy with name PasswordPolicy cannot be found.',
    );
  });
});

describe('passwords', () => {
  test.each([
    ['short1A', 'Password should have a minimum length of 8'],
    [
      'lower-case',
      'Password should meet 1 more of the following requirements: Password should have at least one uppercase letter, Password should have at least one number',
    ],
    ['lowerUPPER1', undefined],
  ])('without a policy: %s', (password, problem) => {
    expect(passwordProblem(password, undefined)).toBe(problem);
  });

  test('a hash opens to its password only, and no two are alike', async () => {
    const [a, b] = await Promise.all([hashPassword(good, world.env.random), hashPassword(good, world.env.random)]);
    expect(a).not.toBe(b);
    expect(await isPassword(good, a)).toBe(true);
    expect(await isPassword(`${good} `, a)).toBe(false);
  });
});
