/** Finding instance profiles, and what operations on them ask to be allowed. */
import type { AccessCheck } from '../service.ts';
import { tagMap } from './access.ts';
import { iamArn } from './arns.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { global, instanceProfiles, nameKey } from './records.ts';
import type { InstanceProfileRecord, Tag } from './records.ts';

export const findProfile = (call: Needs, name: string): Promise<InstanceProfileRecord | undefined> =>
  state(call).get(instanceProfiles, global(call.accountId), nameKey(name));

/** The instance profile, or NoSuchEntity. */
export const theProfile = async (call: Needs<'NoSuchEntity'>, name: string): Promise<InstanceProfileRecord> =>
  (await findProfile(call, name)) ?? call.fail('NoSuchEntity', `Instance Profile ${name} cannot be found.`);

export const profileArn = (call: Needs, profile: InstanceProfileRecord): string =>
  iamArn(call, 'instance-profile', profile.path, profile.instanceProfileName);

/** Check of an operation on an existing (or missing) instance profile. */
export async function onProfile(
  call: Needs,
  name: string,
  facts: { readonly requestTags?: readonly Tag[]; readonly tagKeys?: readonly string[] } = {},
): Promise<AccessCheck> {
  const profile = await findProfile(call, name);
  return {
    resource: profile === undefined ? iamArn(call, 'instance-profile', '/', name) : profileArn(call, profile),
    resourceText: `instance profile ${name}`,
    resourceTags: tagMap(profile?.tags ?? []),
    ...(facts.requestTags !== undefined && { requestTags: tagMap(facts.requestTags) }),
    ...(facts.tagKeys !== undefined && { tagKeys: facts.tagKeys }),
  };
}
