/** Who a credential operation means: a user, or the root user where AWS lets it have such credentials (spec/iam.md 6). */
import { targetOf } from './access.ts';
import { theUser } from './entities.ts';
import type { Needs } from './needs.ts';

export interface CredentialOwner {
  /** AIDA… of the user, or the account id. */
  readonly id: string;
  /** Absent for the root user. */
  readonly userName?: string;
}

/** What the root user is called where the model requires a user name. */
export const rootName = 'root';

/** The named user, or the caller itself where no name is given. */
export async function credentialOwner(
  call: Needs<'NoSuchEntity'>,
  userName: string | undefined,
): Promise<CredentialOwner> {
  const target = targetOf(call, userName);
  if (target.root) return { id: call.accountId };
  const user = await theUser(call, target.name);
  return { id: user.userId, userName: user.userName };
}

/** The user name of an operation that the root user has no part in. */
export function userNameOf(call: Needs, userName: string | undefined): string {
  const target = targetOf(call, userName);
  return target.root
    ? call.fail('ValidationError', 'Must specify userName when calling with non-User credentials')
    : target.name;
}
