import { SegmentedDecisionLog } from './decision-segments.ts';
import { postgresDialect, type Session } from './tables.ts';

/** Each write of the log is one statement, which is a transaction of its own. */
export class PostgresDecisionLog extends SegmentedDecisionLog {
  constructor(session: Session) {
    super(postgresDialect, session, (work) => work(session));
  }
}
