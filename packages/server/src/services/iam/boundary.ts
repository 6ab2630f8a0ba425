/** The permissions boundary as a member of users and roles (spec/iam.md 6.5). */
import type { AttachedPermissionsBoundary } from '../../model/iam.ts';
import { parseIamArn } from './arns.ts';
import { findPolicy } from './policies.ts';
import type { Needs } from './needs.ts';
import { linkedRoot } from './service-linked-table.ts';

/** As outputs show it. */
export const boundaryOf = (arn: string | undefined): AttachedPermissionsBoundary | undefined =>
  arn === undefined ? undefined : { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: arn };

/** The ARN of a managed policy that may bound; fails with AWS's texts when it is malformed or missing. */
export async function checkedBoundary(call: Needs<'InvalidInput'>, arn: string): Promise<string>;
export async function checkedBoundary(
  call: Needs<'InvalidInput'>,
  arn: string | undefined,
): Promise<string | undefined>;
export async function checkedBoundary(
  call: Needs<'InvalidInput'>,
  arn: string | undefined,
): Promise<string | undefined> {
  if (arn === undefined) return undefined;
  if (parseIamArn(arn)?.type !== 'policy') return call.fail('InvalidInput', `ARN ${arn} is not valid.`);
  const policy = await findPolicy(call, arn);
  // The policies of service-linked roles are for these roles alone.
  if (policy !== undefined && !(policy.byAws && policy.record.path.startsWith(linkedRoot))) return policy.arn;
  // CreateRole does not declare this error, yet answers it like the others.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return (call as Needs as Needs<'NoSuchEntity'>).fail(
    'NoSuchEntity',
    `Scope ARN: ${arn} does not exist or is not attachable.`,
  );
}
