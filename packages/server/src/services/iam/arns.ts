/** ARNs of IAM entities (spec/iam.md 2). */
import type { Needs } from './needs.ts';

export type ArnType =
  | 'user'
  | 'group'
  | 'role'
  | 'policy'
  | 'instance-profile'
  | 'mfa'
  | 'server-certificate'
  | 'saml-provider'
  | 'oidc-provider';

type Place = Pick<Needs, 'accountId' | 'env'>;

/** `arn:aws:iam::<account>:<type><path><name>` in the caller's account. */
export const iamArn = (call: Place, type: ArnType, path: string, name: string): string =>
  `arn:${call.env.settings.partition}:iam::${call.accountId}:${type}${path}${name}`;

export const rootArn = (call: Place): string => `arn:${call.env.settings.partition}:iam::${call.accountId}:root`;

export interface EntityArn {
  readonly partition: string;
  /** Twelve digits, or `aws` for policies that AWS manages. */
  readonly account: string;
  readonly type: string;
  readonly path: string;
  readonly name: string;
}

/** The parts of an IAM entity's ARN, or `undefined` when the text is not one. */
export function parseIamArn(arn: string): EntityArn | undefined {
  const match = /^arn:([^:]*):iam::(\d{12}|aws):([a-z-]+)(\/(?:[!-~]*\/)?)([\w+=,.@-]+)$/.exec(arn);
  if (match === null) return undefined;
  const [, partition = '', account = '', type = '', path = '', name = ''] = match;
  return { partition, account, type, path, name };
}

/** The path of a new or moved entity; fails with AWS's text when it is not one. */
export function pathOf(call: Needs, path: string | undefined): string {
  if (path === undefined) return '/';
  if (path.length <= 512 && /^\/(?:[!-\u007f]+\/)?$/.test(path)) return path;
  return call.fail(
    'ValidationError',
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  );
}
