/** sts:AssumeRole (spec/sts.md 2): the trust policy is asked before anything else is told about the role. */
import type { AssumeRoleRequest, StsModel } from '../../model/sts.ts';
import { tagRecord } from '../credentials.ts';
import { global, nameKey, roles } from '../iam/records.ts';
import type { RoleRecord } from '../iam/records.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck, Call } from '../service.ts';
import type { SessionClaims } from '../caller.ts';
import { trustPolicyOf, trustsNobody } from '../trust-policy.ts';
import { presentsMfa, useMfa } from './mfa.ts';
import { sessionPolicies } from './session-policies.ts';
import { issueSession } from './session.ts';
import { sessionTags } from './session-tags.ts';
import type { SessionTags } from './session-tags.ts';

type AssumeRoleCall = Call<StsModel['AssumeRole']>;

const hour = 3600;
/** Longest session by role chaining, in seconds. */
const chainLimit = hour;

interface RoleArn {
  readonly accountId: string;
  readonly name: string;
}

const roleArnForm = /^arn:aws[a-z-]*:iam::([0-9]{12}):role\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]+)$/;

function readRoleArn(arn: string): RoleArn | undefined {
  const match = roleArnForm.exec(arn);
  return match === null ? undefined : { accountId: match[1]!, name: match[2]! };
}

/** The role that stands at exactly this ARN (path and case included), if it may be seen yet. */
async function findRole(arn: string, call: AssumeRoleCall): Promise<RoleRecord | undefined> {
  const parsed = readRoleArn(arn) ?? call.fail('ValidationError', `${arn} is invalid`);
  const role = await call.reader.get(roles, global(parsed.accountId), nameKey(parsed.name));
  if (
    role === undefined ||
    arn !== `arn:${call.env.settings.partition}:iam::${parsed.accountId}:role${role.path}${role.roleName}`
  ) {
    return undefined;
  }
  const { propagationDelayMs } = call.env.settings;
  return propagationDelayMs > 0 && role.createdAt + propagationDelayMs > call.now ? undefined : role;
}

function tagsOf(input: AssumeRoleRequest, call: AssumeRoleCall): SessionTags {
  const tags = sessionTags(call.caller, input.Tags, input.TransitiveTagKeys);
  return typeof tags === 'string' ? call.fail('InvalidParameterValue', tags) : tags;
}

/** sts:TagSession and its like are asked on the same role, of the same trust policy, when the request needs them. */
function actionsOf(input: AssumeRoleRequest, call: AssumeRoleCall, tags: SessionTags): string[] {
  const sticky = call.caller.session?.sourceIdentity;
  return [
    'sts:AssumeRole',
    ...(tags.passed ? ['sts:TagSession'] : []),
    ...(input.SourceIdentity !== undefined || sticky !== undefined ? ['sts:SetSourceIdentity'] : []),
  ];
}

function contextOf(input: AssumeRoleRequest, call: AssumeRoleCall): Record<string, string | readonly string[]> {
  const identity = input.SourceIdentity ?? call.caller.session?.sourceIdentity;
  return {
    'sts:RoleSessionName': input.RoleSessionName,
    ...(input.ExternalId === undefined ? {} : { 'sts:ExternalId': input.ExternalId }),
    ...(identity === undefined ? {} : { 'sts:SourceIdentity': identity }),
    ...(input.TransitiveTagKeys === undefined ? {} : { 'sts:TransitiveTagKeys': input.TransitiveTagKeys }),
  };
}

/** Which role a call was decided on: a namesake that took its place since is not assumed by that decision. */
const decidedOn = new WeakMap<object, string>();

async function access(input: AssumeRoleRequest, call: AssumeRoleCall): Promise<AccessCheck[]> {
  if (call.caller.kind === 'root') call.fail('AccessDenied', 'Roles may not be assumed by root accounts.');
  const role = await findRole(input.RoleArn, call);
  if (role !== undefined) decidedOn.set(call, role.roleId);
  const tags = tagsOf(input, call);
  const check: AccessCheck = {
    resource: input.RoleArn,
    trust: true,
    resourcePolicy: role === undefined ? trustsNobody : trustPolicyOf(role),
    ...(role === undefined ? {} : { resourceTags: tagRecord(role.tags) }),
    ...(Object.keys(tags.request).length === 0 ? {} : { requestTags: tags.request }),
    context: contextOf(input, call),
    // Only the trust evaluation sees the code; the session that comes of it carries no MFA.
    ...((await presentsMfa(input, call)) ? { mfaAt: call.now } : {}),
  };
  return actionsOf(input, call, tags).map((action) => ({ ...check, action }));
}

/** Seconds of the session; AWS's limits and texts (spec/sts.md 2.2.6). */
function durationOf(input: AssumeRoleRequest, call: AssumeRoleCall, role: RoleRecord): number {
  const asked = input.DurationSeconds ?? hour;
  const chained = call.caller.kind === 'assumedRole';
  if (chained && asked > chainLimit) {
    call.fail(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (asked > role.maxSessionDuration) {
    call.fail('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return asked;
}

/** Refuses what cannot be honoured; nothing is accepted and ignored. */
function refuseUnprovable(input: AssumeRoleRequest, call: AssumeRoleCall): void {
  if ((input.ProvidedContexts ?? []).length > 0) {
    call.fail(
      'ValidationError',
      'ProvidedContexts cannot be verified: there is no context provider in this installation.',
    );
  }
  const sticky = call.caller.session?.sourceIdentity;
  if (sticky !== undefined && input.SourceIdentity !== undefined && input.SourceIdentity !== sticky) {
    call.fail('AccessDenied', 'The source identity of the calling session cannot be changed.');
  }
}

export const assumeRole = operationsOf<StsModel>()({
  AssumeRole: {
    access,
    read: async (input, call) => {
      refuseUnprovable(input, call);
      // Authorization passed, so the role was there; it may have gone since.
      const role = await findRole(input.RoleArn, call);
      if (role === undefined || role.roleId !== decidedOn.get(call)) {
        return call.fail('AccessDenied', deniedText(call, input.RoleArn));
      }
      const { accountId } = readRoleArn(input.RoleArn)!;
      const tags = tagsOf(input, call);
      const seconds = durationOf(input, call, role);
      const { policyArns, packed } = await sessionPolicies(input, call, accountId, tags.session);
      await useMfa(input, call);
      const identity = input.SourceIdentity ?? call.caller.session?.sourceIdentity;
      const claims: SessionClaims = {
        kind: 'assumedRole',
        accountId,
        principalId: role.roleId,
        sessionName: input.RoleSessionName,
        issuedAt: call.now,
        expiresAt: call.now + seconds * 1000,
        chain: (call.caller.session?.chain ?? 0) + 1,
        parentAccessKeyId: call.caller.accessKeyId,
        ...(identity === undefined ? {} : { sourceIdentity: identity }),
        ...(Object.keys(tags.session).length === 0 ? {} : { sessionTags: tags.session }),
        ...(tags.transitiveKeys.length === 0 ? {} : { transitiveTagKeys: tags.transitiveKeys }),
        ...(input.Policy === undefined ? {} : { inlinePolicy: input.Policy }),
        ...(policyArns.length === 0 ? {} : { policyArns }),
      };
      return {
        ...issueSession(call.env, claims, input.MinimumSessionTokenSize),
        AssumedRoleUser: {
          AssumedRoleId: `${role.roleId}:${input.RoleSessionName}`,
          Arn: `arn:${call.env.settings.partition}:sts::${accountId}:assumed-role/${role.roleName}/${input.RoleSessionName}`,
        },
        ...(packed === undefined ? {} : { PackedPolicySize: packed }),
        ...(identity === undefined ? {} : { SourceIdentity: identity }),
      };
    },
  },
});

const deniedText = (call: AssumeRoleCall, arn: string): string =>
  `User: ${call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
