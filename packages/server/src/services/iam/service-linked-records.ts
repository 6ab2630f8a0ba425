/** Deletions of service-linked roles as they are kept (spec/service-linked-roles.md 3). */
import type { Collection } from '../../store/store.ts';

export interface RoleUsage {
  readonly region: string;
  /** ARNs of what still needs the role. */
  readonly resources: readonly string[];
}

export interface LinkedDeletionRecord {
  /** `task/aws-service-role/<principal>/<role name>/<uuid>` */
  readonly taskId: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly principal: string;
  readonly submittedAt: number;
  readonly status: 'NOT_STARTED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  readonly finishedAt?: number;
  /** For FAILED: what was in the way, one entry per region. */
  readonly usage?: readonly RoleUsage[];
}

export const isPending = ({ status }: LinkedDeletionRecord): boolean =>
  status === 'NOT_STARTED' || status === 'IN_PROGRESS';

/** Keyed by the task id. */
export const linkedDeletions: Collection<LinkedDeletionRecord> = {
  name: 'iam.service-linked-deletion',
  indexes: (task) => (isPending(task) ? { pending: 'yes' } : {}),
};

export const taskPrefix = (principal: string, roleName: string): string =>
  `task/aws-service-role/${principal}/${roleName}/`;

/** The parts of a task id, or `undefined` when the text is none. */
export function parseTaskId(id: string): { readonly principal: string; readonly roleName: string } | undefined {
  const found =
    /^task\/aws-service-role\/([\w+=,.@-]+)\/([\w+=,.@-]+)\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(id);
  return found === null ? undefined : { principal: found[1] ?? '', roleName: found[2] ?? '' };
}
