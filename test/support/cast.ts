/** People and roles that tests make for themselves, with the stock SDK. */
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { AssumeRoleCommandInput, Credentials as StsCredentials } from '@aws-sdk/client-sts';
import { clientsFor } from './clients.ts';
import type { Clients } from './clients.ts';
import { account, keys } from './server.ts';
import type { Credentials, TestServer } from './server.ts';

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly [element: string]: unknown;
}

type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

const statement =
  (Effect: Statement['Effect']) =>
  (
    Action: string | readonly string[],
    Resource: string | readonly string[] = '*',
    Condition?: Condition,
  ): Statement => ({
    Effect,
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
  });

export const allow = statement('Allow');
export const deny = statement('Deny');

/** IAM takes policy texts of Latin characters only; JSON can write all others with escapes. */
const escaped = (text: string): string =>
  text.replaceAll(/[^\u0000-\u00ff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const document = (...statements: readonly Statement[]): string =>
  escaped(JSON.stringify({ Version: '2012-10-17', Statement: statements }));

/** A trust policy for `AWS` principals. */
export const trusting = (AWS: string | readonly string[], Condition?: Condition, Action: unknown = 'sts:AssumeRole') =>
  document({ Effect: 'Allow', Principal: { AWS }, Action, ...(Condition === undefined ? {} : { Condition }) });

export interface Person extends Clients {
  readonly name: string;
  readonly arn: string;
  /** AIDA… or AROA…:session. */
  readonly id: string;
  readonly credentials: Credentials;
}

export function credentialsOf(answer: StsCredentials | undefined): Credentials & { readonly sessionToken: string } {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = answer ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined)
    throw new Error('the answer has no whole credentials');
  return { accessKeyId, secretAccessKey, sessionToken };
}

export interface Cast {
  readonly accountId: string;
  /** The account's root user. */
  readonly root: Clients;
  /** A new user with a key, and with an inline policy when there are statements. */
  user(name: string, ...statements: readonly Statement[]): Promise<Person>;
  /** Replaces the user's inline policy. */
  grant(name: string, ...statements: readonly Statement[]): Promise<void>;
  /** A new role; answers its ARN. */
  role(name: string, trust: string, ...statements: readonly Statement[]): Promise<string>;
  /** A session of a role. */
  assume(by: Clients, RoleArn: string, more?: Partial<AssumeRoleCommandInput>): Promise<Person>;
}

/** A cast in the account whose root key is given. */
export function castOf(server: TestServer, rootKey: Credentials = keys.root, accountId: string = account): Cast {
  const root = clientsFor(server.url, rootKey);
  const PolicyName = 'own';
  const grant = async (UserName: string, ...statements: readonly Statement[]) => {
    await root.iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: document(...statements) }));
  };
  return {
    accountId,
    root,
    grant,
    user: async (UserName, ...statements) => {
      const { User } = await root.iam.send(new CreateUserCommand({ UserName }));
      if (statements.length > 0) await grant(UserName, ...statements);
      const { AccessKey } = await root.iam.send(new CreateAccessKeyCommand({ UserName }));
      const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
      return {
        name: UserName,
        arn: User!.Arn!,
        id: User!.UserId!,
        credentials,
        ...clientsFor(server.url, credentials),
      };
    },
    role: async (RoleName, AssumeRolePolicyDocument, ...statements) => {
      const { Role } = await root.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      if (statements.length > 0)
        await root.iam.send(
          new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document(...statements) }),
        );
      return Role!.Arn!;
    },
    assume: async (by, RoleArn, more = {}) => {
      const RoleSessionName = more.RoleSessionName ?? 'session';
      const answer = await by.sts.send(new AssumeRoleCommand({ RoleArn, ...more, RoleSessionName }));
      const credentials = credentialsOf(answer.Credentials);
      const { Arn, AssumedRoleId } = answer.AssumedRoleUser ?? {};
      return {
        name: RoleSessionName,
        arn: Arn!,
        id: AssumedRoleId!,
        credentials,
        ...clientsFor(server.url, credentials),
      };
    },
  };
}
