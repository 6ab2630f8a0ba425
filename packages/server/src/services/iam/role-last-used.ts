/** When and where a role was last used: noted of every call with a session of it (spec/iam.md 6.3). */
import type { RoleLastUsed } from '../../model/iam.ts';
import { roleUses, roleUseScope } from './credential-records.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';

/** Uses longer ago are not shown: 400 days. */
const trailingMs = 400 * 86_400_000;

/** Empty when the role was not used in the period that is looked back on. */
export async function roleLastUsed(call: Needs, roleId: string): Promise<RoleLastUsed> {
  const use = await state(call).get(roleUses, roleUseScope, roleId);
  if (use === undefined || call.now - use.at > trailingMs) return {};
  return { LastUsedDate: new Date(use.at), Region: use.region };
}
