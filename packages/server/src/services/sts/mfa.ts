/** MFA parameters of credential operations. A code that cannot be checked is refused, never ignored (spec/sts.md 2.2.7). */
import type { CommonError } from '../service.ts';

interface MfaInput {
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}

interface Refusing {
  fail(code: CommonError, message: string): never;
}

/** Refuses a request that presents an MFA code: no user of this installation has a device that it could come from. */
export function refuseMfa(input: MfaInput, call: Refusing): void {
  if ((input.SerialNumber === undefined) !== (input.TokenCode === undefined)) {
    call.fail('ValidationError', 'SerialNumber and TokenCode must be specified together.');
  }
  if (input.SerialNumber !== undefined) {
    call.fail(
      'AccessDenied',
      'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
    );
  }
}
