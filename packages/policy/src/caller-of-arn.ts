import type { CallerType, Principal } from './request.ts';

/** The caller types an ARN can be given for; `Role` and `AssumedRole` take the ARN of a role or of a session of it. */
export type CallerKind = CallerType | 'Role';

const roleForm = /^arn:[^:]*:iam::[^:]*:role\/(?:.*\/)?([^/]+)$/;

/**
 * The caller that an ARN, a service name or a provider names, with all that follows from it: the account, the role
 * behind a session, the user behind a federated session.
 *
 * A session's ARN does not show the path of its role. `rolePath` is the role's ARN where it is known (the value of
 * `aws:PrincipalArn`); it is used when it names the same role.
 */
export function callerOfArn(arn: string, kind: CallerKind, rolePath?: string): Principal {
  if (kind === 'Service') return { type: kind, services: [arn] };
  if (kind === 'Anonymous') return { type: kind };
  if (kind === 'Federated') return { type: kind, federatedProvider: arn };
  const [, partition = '', , , accountId = '', ...rest] = arn.split(':');
  const named = (entity: string) =>
    `arn:${partition}:iam::${accountId}:${entity}/${rest.join(':').split('/')[1] ?? ''}`;
  const base = { arn, accountId };
  if (kind === 'Role' || kind === 'AssumedRole') {
    const isRole = rest[0]?.startsWith('role/') === true;
    return sessionOf({ ...base, roleArn: isRole ? arn : sameRole(named('role'), rolePath) });
  }
  if (kind === 'FederatedUser') return { ...base, type: kind, federatingUserArn: named('user') };
  return { ...base, type: kind };
}

function sessionOf(session: { arn: string; accountId: string; roleArn: string }): Principal {
  return { ...session, type: 'AssumedRole', serviceLinkedRole: session.roleArn.includes(':role/aws-service-role/') };
}

/** The ARN with the path, when it is the same role of the same account. */
function sameRole(plain: string, withPath: string | undefined): string {
  const account = plain.slice(0, plain.indexOf(':role/'));
  const matches = withPath?.startsWith(account) === true && roleForm.exec(withPath)?.[1] === roleForm.exec(plain)?.[1];
  return matches ? withPath : plain;
}
