/** Reports of last access as they are kept: made at once when they are asked for, and read by whoever asked. */
import type { AccessAdvisorUsageGranularityType, ErrorDetails } from '../../model/iam.ts';
import type { Collection } from '../../store/store.ts';
import { newUuid } from './ids.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { global } from './records.ts';
import type { OwnerType } from './records.ts';

/** The last use of an action by one of those whom a report is about. */
export interface TrackedAction {
  readonly name: string;
  readonly at: number;
  readonly region: string;
  readonly entity: string;
}

/** One service of a report. */
export interface ReportedService {
  readonly service: string;
  /** Entities, or accounts of an organization, that used it. */
  readonly total: number;
  readonly at?: number;
  readonly region?: string;
  /** ARN of the last entity, or path of the last account in its organization. */
  readonly entity?: string;
  readonly actions?: readonly TrackedAction[];
}

export interface AccessReportRecord {
  readonly jobId: string;
  readonly kind: 'services' | 'organization';
  /** Unique id of the principal that asked. */
  readonly askedBy: string;
  readonly createdAt: number;
  readonly granularity: AccessAdvisorUsageGranularityType;
  /** What the report is about, where it is about an entity of the account. */
  readonly subject?: { readonly type: OwnerType | 'policy'; readonly id: string };
  readonly services: readonly ReportedService[];
  readonly error?: ErrorDetails;
}

/** Keyed by the job's id. */
const accessReports: Collection<AccessReportRecord> = {
  name: 'iam.access-report',
  indexes: ({ askedBy }) => ({ askedBy }),
};

/** How long a report can be read, and how many of one principal's are kept. */
const keptMs = 7 * 86_400_000;
const mostReports = 50;

async function dropOld(call: Writes): Promise<void> {
  const scope = global(call.accountId);
  const found = await call.tx.find(accessReports, 'askedBy', call.caller.principalId, scope);
  const newestFirst = found.map(({ value }) => value).toSorted((a, b) => b.createdAt - a.createdAt);
  for (const [place, { jobId, createdAt }] of newestFirst.entries()) {
    if (place >= mostReports - 1 || call.now - createdAt > keptMs) await call.tx.remove(accessReports, scope, jobId);
  }
}

type NewReport = Omit<AccessReportRecord, 'jobId' | 'askedBy' | 'createdAt'>;

/** Keeps a report; answers the id of its job. */
export async function keepReport(call: Writes, report: NewReport): Promise<string> {
  await dropOld(call);
  const jobId = newUuid(call.env.random);
  const { principalId: askedBy } = call.caller;
  const record = { ...report, jobId, askedBy, createdAt: call.now };
  await call.tx.insert(accessReports, global(call.accountId), jobId, record);
  return jobId;
}

/** The report of a job that the same principal asked for, or NoSuchEntity. */
export async function theReport(
  call: Needs<'NoSuchEntity'>,
  kind: AccessReportRecord['kind'],
  jobId: string,
): Promise<AccessReportRecord> {
  const report = await state(call).get(accessReports, global(call.accountId), jobId);
  const own = report?.kind === kind && report.askedBy === call.caller.principalId;
  if (own && call.now - report.createdAt <= keptMs) return report;
  return call.fail('NoSuchEntity', `Job with id ${jobId} cannot be found.`);
}
