/** Every service that is served: its rows, by the name of its model. To add one, add a line. */
import { iam } from './iam/index.ts';
import type { ServiceLinkedUsage } from './iam/service-linked-deletion.ts';
import { ivs } from './ivs/index.ts';
import { kinesisvideo } from './kinesisvideo/index.ts';
import type { OperationTypes, Row } from './service.ts';
import { sts } from './sts/index.ts';

type AnyRow = Row<OperationTypes>;

const tables = { iam, sts, ivs, kinesisvideo } as const;

/** What the services tell about their service-linked roles: such a role is deleted only when it is not in use. */
export const linkedUsages: readonly ServiceLinkedUsage[] = [];

/** Rows that wait for a part the server does not have yet, and until then are unknown to it. */
const waiting: ReadonlySet<string> = new Set([
  // Needs somebody who delivers to SNS topics (`Environment.delegationNotices`).
  'SendDelegationToken',
]);

/** Rows by service and operation name; operations without a row are unknown to the server. */
export const services: ReadonlyMap<string, ReadonlyMap<string, AnyRow>> = new Map(
  Object.entries(tables).map(([name, rows]) => [
    name,
    new Map(Object.entries(rows as unknown as Record<string, AnyRow>).filter(([operation]) => !waiting.has(operation))),
  ]),
);

/** Refuses to run with a row that no model knows: it could never be reached. */
export function checkRows(known: (service: string, operation: string) => boolean): void {
  for (const [service, rows] of services) {
    for (const operation of rows.keys()) {
      if (!known(service, operation))
        throw new Error(`services/${service} has a row for ${operation}, which its model does not have`);
    }
  }
}
