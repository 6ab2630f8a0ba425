/** The credential report's life: started, in progress, complete for four hours, expired (spec/iam.md 6.15). */
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onAccount } from './access.ts';
import { credentialReportKey, credentialReports as collection } from './credential-records.ts';
import type { CredentialReportRecord } from './credential-records.ts';
import { credentialReport } from './credential-report-text.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { global } from './records.ts';

/** Between the start of a report and its completion: clients are made for waiting. */
const workMs = 2000;
/** A report is handed out, and none made anew, for so long. */
const lifeMs = 4 * 3_600_000;

type Stage = 'none' | 'working' | 'complete' | 'expired';

function stageOf(report: CredentialReportRecord | undefined, now: number): Stage {
  if (report === undefined) return 'none';
  const age = now - report.startedAt;
  if (age < workMs) return 'working';
  return age < lifeMs ? 'complete' : 'expired';
}

const findReport = (call: Needs): Promise<CredentialReportRecord | undefined> =>
  state(call).get(collection, global(call.accountId), credentialReportKey);

export const credentialReportRows = operationsOf<IamModel>()({
  GenerateCredentialReport: {
    access: onAccount,
    async write(_, call) {
      const stage = stageOf(await findReport(call), call.now);
      if (stage === 'working') return { State: 'INPROGRESS' };
      if (stage === 'complete') return { State: 'COMPLETE' };
      // What the report tells is the state of this very transaction.
      const report = { startedAt: call.now, content: await credentialReport(call) };
      await call.tx.put(collection, global(call.accountId), credentialReportKey, report);
      return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' };
    },
  },

  GetCredentialReport: {
    access: onAccount,
    async read(_, call) {
      const report = await findReport(call);
      const stage = stageOf(report, call.now);
      // AWS gives no message here.
      if (report === undefined) return call.fail('ReportNotPresent', '');
      if (stage === 'working') call.fail('ReportInProgress', 'The credential report is still being generated.');
      if (stage === 'expired') {
        call.fail(
          'ReportExpired',
          'The credential report has expired; generate a new one with GenerateCredentialReport.',
        );
      }
      return {
        Content: Buffer.from(report.content, 'utf8'),
        ReportFormat: 'text/csv',
        GeneratedTime: new Date(report.startedAt),
      };
    },
  },
});
