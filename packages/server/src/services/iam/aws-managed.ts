/** The managed policies that AWS owns, as data: one JSON file each in `data/managed-policies` (spec/service-linked-roles.md 6). */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { ManagedPolicyRecord } from './records.ts';

interface PolicyFile {
  readonly PolicyName: string;
  readonly Path: string;
  readonly CreateDate: string;
  readonly UpdateDate: string;
  readonly DefaultVersionId: string;
  readonly Document: object;
}

const folder = new URL('../../../data/managed-policies/', import.meta.url);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The same id on every installation, for want of AWS's own. */
const policyId = (key: string): string =>
  `ANPA${Array.from(createHash('sha256').update(key).digest().subarray(0, 17), (b) => alphabet.charAt(b & 31)).join('')}`;

function read(file: string): ManagedPolicyRecord {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the files are part of the product
  const policy = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as PolicyFile;
  const [createdAt, updatedAt] = [Date.parse(policy.CreateDate), Date.parse(policy.UpdateDate)];
  const versionId = policy.DefaultVersionId;
  return {
    policyName: policy.PolicyName,
    policyId: policyId(policy.Path + policy.PolicyName),
    path: policy.Path,
    createdAt,
    updatedAt,
    tags: [],
    defaultVersionId: versionId,
    defaultSince: createdAt,
    nextVersion: 1,
    versions: [{ versionId, document: JSON.stringify(policy.Document), createdAt: updatedAt }],
  };
}

let loaded: ReadonlyMap<string, ManagedPolicyRecord> | undefined;

/** All of them, keyed by path and name (`/job-function/ViewOnlyAccess`). Read once, at first use. */
export function awsManagedPolicies(): ReadonlyMap<string, ManagedPolicyRecord> {
  loaded ??= new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => read(file))
      .map((policy) => [policy.path + policy.policyName, policy]),
  );
  return loaded;
}
