/** Sessions that act as their user (GetSessionToken) or as a part of it (GetFederationToken); spec/sts.md 5. */
import type { GetFederationTokenRequest, StsModel } from '../../model/sts.ts';
import type { Caller, SessionClaims } from '../caller.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck, Call } from '../service.ts';
import { useMfa } from './mfa.ts';
import { sessionPolicies } from './session-policies.ts';
import { sessionTags } from './session-tags.ts';
import type { SessionTags } from './session-tags.ts';
import { issueSession } from './session.ts';

/** Seconds: what is given when nothing is asked, and the most that the root user gets. */
const halfDay = 43_200;
const rootLimit = 3600;

type FederationCall = Call<StsModel['GetFederationToken']>;

/** The root user's longer requests are cut to an hour, as on AWS. */
function durationOf(caller: Caller, asked: number | undefined): number {
  const seconds = asked ?? halfDay;
  return caller.kind === 'root' ? Math.min(seconds, rootLimit) : seconds;
}

const claimsOf = (call: Call, kind: SessionClaims['kind'], seconds: number): SessionClaims => ({
  kind,
  accountId: call.accountId,
  principalId: call.caller.principalId,
  issuedAt: call.now,
  expiresAt: call.now + seconds * 1000,
  chain: 0,
  parentAccessKeyId: call.caller.accessKeyId,
});

function tagsOf(input: GetFederationTokenRequest, call: FederationCall): SessionTags {
  const tags = sessionTags(call.caller, input.Tags);
  return typeof tags === 'string' ? call.fail('InvalidParameterValue', tags) : tags;
}

function federationAccess(input: GetFederationTokenRequest, call: FederationCall): AccessCheck[] {
  if (call.caller.session !== undefined)
    call.fail('AccessDenied', 'Cannot call GetFederationToken with session credentials');
  const tags = tagsOf(input, call);
  const check: AccessCheck = {
    resource: `arn:${call.env.settings.partition}:sts::${call.accountId}:federated-user/${input.Name}`,
    ...(tags.passed ? { requestTags: tags.request } : {}),
  };
  return tags.passed ? [check, { ...check, action: 'sts:TagSession' }] : [check];
}

export const userSessions = operationsOf<StsModel>()({
  GetSessionToken: {
    // Needs no permission: policies cannot control authentication operations.
    access: 'none',
    read: async (input, call) => {
      if (call.caller.session !== undefined)
        call.fail('AccessDenied', 'Cannot call GetSessionToken with session credentials');
      const mfaSerial = await useMfa(input, call);
      const kind = call.caller.kind === 'root' ? 'root' : 'user';
      const claims = claimsOf(call, kind, durationOf(call.caller, input.DurationSeconds));
      const proven = mfaSerial === undefined ? claims : { ...claims, mfaAt: call.now, mfaSerial };
      return issueSession(call.env, proven, input.MinimumSessionTokenSize);
    },
  },

  GetFederationToken: {
    access: federationAccess,
    read: async (input, call) => {
      const tags = tagsOf(input, call);
      const { policyArns, packed } = await sessionPolicies(input, call, call.accountId, tags.session);
      const claims: SessionClaims = {
        ...claimsOf(call, 'federatedUser', durationOf(call.caller, input.DurationSeconds)),
        sessionName: input.Name,
        ...(tags.passed ? { sessionTags: tags.session } : {}),
        ...(input.Policy === undefined ? {} : { inlinePolicy: input.Policy }),
        ...(policyArns.length === 0 ? {} : { policyArns }),
      };
      return {
        ...issueSession(call.env, claims, input.MinimumSessionTokenSize),
        FederatedUser: {
          FederatedUserId: `${call.accountId}:${input.Name}`,
          Arn: `arn:${call.env.settings.partition}:sts::${call.accountId}:federated-user/${input.Name}`,
        },
        // Unlike AssumeRole it always tells the size, 0 when nothing was passed.
        PackedPolicySize: packed ?? 0,
      };
    },
  },
});
