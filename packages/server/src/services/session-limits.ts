/** What temporary credentials may not call at all, whatever their policies say (spec/sts.md 5, spec/policy.md 6.7). */
import type { Caller } from './caller.ts';

interface Limit {
  readonly binds: (caller: Caller) => boolean;
  /** Services that are closed, and the operations of them that stay open. */
  readonly closed: Readonly<Record<string, readonly string[]>>;
}

const withMfa = (caller: Caller): boolean => caller.session?.mfaAt !== undefined;

const limits: readonly Limit[] = [
  { binds: (caller) => caller.kind === 'federatedUser', closed: { iam: [], sts: ['GetCallerIdentity'] } },
  {
    binds: (caller) => caller.kind === 'user' && caller.session !== undefined,
    closed: { sts: ['AssumeRole', 'GetCallerIdentity'] },
  },
  // IAM opens to GetSessionToken sessions that were made with MFA.
  {
    binds: (caller) => caller.kind === 'user' && caller.session !== undefined && !withMfa(caller),
    closed: { iam: [] },
  },
  {
    binds: (caller) => caller.kind === 'root' && caller.session !== undefined,
    closed: { iam: [], sts: ['GetCallerIdentity'] },
  },
];

/** Whether credentials of this kind are good for the operation. Where they are not, AWS answers as to an invalid token. */
export function sessionMayCall(caller: Caller, service: string, operation: string): boolean {
  if (caller.session === undefined) return true;
  return limits.every(({ binds, closed }) => {
    const open = closed[service];
    return open === undefined || open.includes(operation) || !binds(caller);
  });
}
