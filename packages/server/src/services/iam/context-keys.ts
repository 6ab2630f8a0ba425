/** Which facts of a request given or stored policies ask for (spec/iam.md 6.16). */
import { contextKeys as keysOfPolicy } from '@stagedoor/policy';
import type { PolicySource } from '@stagedoor/policy';
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onAccount } from './access.ts';
import { identityInputs } from './input-policies.ts';
import { onPolicySource, policiesOfSource, thePolicySource } from './policy-source-owner.ts';

/** Each key once, ignoring case, in order of appearance. */
function keysOf(sources: readonly PolicySource[]): string[] {
  const known = new Map<string, string>();
  for (const name of sources.flatMap(({ policy }) => keysOfPolicy(policy))) {
    if (!known.has(name.toLowerCase())) known.set(name.toLowerCase(), name);
  }
  return [...known.values()];
}

export const contextKeys = operationsOf<IamModel>()({
  GetContextKeysForCustomPolicy: {
    access: () => onAccount(),
    read: ({ PolicyInputList }, call) => ({
      ContextKeyNames: keysOf(identityInputs(call, 'PolicyInputList', PolicyInputList)),
    }),
  },

  GetContextKeysForPrincipalPolicy: {
    access: ({ PolicySourceArn }, call) => onPolicySource(call, PolicySourceArn),
    async read({ PolicySourceArn, PolicyInputList }, call) {
      const added = identityInputs(call, 'PolicyInputList', PolicyInputList);
      const { identity } = await policiesOfSource(call, await thePolicySource(call, PolicySourceArn));
      return { ContextKeyNames: keysOf([...identity, ...added]) };
    },
  },
});
