import { identityValidator, sessionValidator } from './identity.ts';
import { resourceValidator } from './resource.ts';
import { trustValidator } from './trust.ts';
import { type Validation, type ValidationOptions, type Validator, runValidator } from './validation.ts';

/** What a document is written as: each kind has a validator of its own, with AWS's texts. */
export type PolicyKind = 'identity' | 'trust' | 'session' | 'resource';

const validators: Readonly<Record<PolicyKind, Validator>> = {
  identity: identityValidator,
  trust: trustValidator,
  session: sessionValidator,
  resource: resourceValidator,
};

/**
 * Says whether AWS would store the document, and if not, with which error code and text.
 *
 * Never throws on user data; size quotas are not checked here (`policySize`), nor whether named users and roles
 * exist (`trustPrincipals`). When valid, the parsed policy comes with the answer, so nothing is parsed twice.
 */
export function validatePolicy(text: string, kind: PolicyKind, options: ValidationOptions = {}): Validation {
  return runValidator(validators[kind], text, options);
}
