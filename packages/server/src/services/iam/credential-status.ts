/** What keys, certificates and service credentials have in common. */
import type { StatusType } from '../../model/iam.ts';
import type { CredentialStatus } from './credential-records.ts';
import type { Needs } from './needs.ts';

/** The status to set; the model's enum has a third value, which is for AWS to set. */
export function settableStatus(call: Needs, status: StatusType): CredentialStatus {
  if (status !== 'Expired') return status;
  const problem = "Value at 'status' failed to satisfy constraint: Member must satisfy enum value set";
  return call.fail('ValidationError', `1 validation error detected: ${problem}`);
}

/** Orders credentials by age in pages; unique, and short enough for a marker. */
export const byAge = (createdAt: number, id: string): string => `${String(createdAt).padStart(16, '0')}/${id}`;
