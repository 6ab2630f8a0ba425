/** MFA codes that come with a request for credentials: each is good once, and only from its user (spec/sts.md 2.2.7). */
import type { MfaClaim, MfaVerdict } from '../iam/mfa-codes.ts';
import type { Call, CommonError } from '../service.ts';

interface MfaInput {
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}

interface Asking extends Pick<Call, 'caller' | 'accountId' | 'now' | 'env'> {
  readonly fail: (code: CommonError, message: string) => never;
}

/** AWS's sentences, spaces included. */
const refusals: Readonly<Record<Exclude<MfaVerdict, 'valid'>, string>> = {
  wrong: 'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
  unknown:
    'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
};

/** What the caller presents, or `undefined`. Only users have devices that the API takes codes of. */
function claimOf({ SerialNumber, TokenCode }: MfaInput, call: Asking): MfaClaim | undefined {
  if (SerialNumber === undefined && TokenCode === undefined) return undefined;
  if (SerialNumber === undefined || TokenCode === undefined) {
    return call.fail('ValidationError', 'SerialNumber and TokenCode must be specified together.');
  }
  if (call.caller.kind !== 'user') return call.fail('AccessDenied', refusals.unknown);
  return {
    partition: call.env.settings.partition,
    accountId: call.accountId,
    ownerId: call.caller.principalId,
    serialNumber: SerialNumber,
    code: TokenCode,
  };
}

async function proven(input: MfaInput, call: Asking, how: 'check' | 'use'): Promise<MfaClaim | undefined> {
  const claim = claimOf(input, call);
  if (claim === undefined) return undefined;
  const verdict = (await call.env.mfa?.[how](claim, call.now)) ?? 'unknown';
  return verdict === 'valid' ? claim : call.fail('AccessDenied', refusals[verdict]);
}

/** Whether the request presents a code, which is then good; refuses the request when it is not. The code is not used up. */
export const presentsMfa = async (input: MfaInput, call: Asking): Promise<boolean> =>
  (await proven(input, call, 'check')) !== undefined;

/** Uses up the request's code and answers the device's serial number; `undefined` when there is no code. */
export const useMfa = async (input: MfaInput, call: Asking): Promise<string | undefined> =>
  (await proven(input, call, 'use'))?.serialNumber;
