import type { CompiledQuery } from 'kysely';
import type { DecisionQuery, DecisionRow } from './store.ts';
import type { Database, Tables } from './tables.ts';

const defaultLimit = 1000;

export type DecisionColumns = Omit<Tables['decision'], 'seq'>;

/** A row's place in the order of the log. */
export interface DecisionPlace {
  readonly at: number;
  readonly seq: number;
}

/** Only rows before `below`, and not before `from`. */
export interface DecisionSpan {
  readonly below?: DecisionPlace | undefined;
  readonly from?: DecisionPlace | undefined;
}

export const limitOf = (asked: DecisionQuery): number => asked.limit ?? defaultLimit;

/** The statement that answers `asked`: newest first, the later arrival first within a millisecond. */
export function decisionQuery(
  db: Database,
  asked: DecisionQuery,
  span: DecisionSpan = {},
): CompiledQuery<DecisionColumns> {
  let query = db.selectFrom('decision').select(decisionColumns);
  const { below, from } = span;
  if (below) query = query.where((eb) => eb(eb.refTuple('at', 'seq'), '<', eb.tuple(below.at, below.seq)));
  if (from) query = query.where((eb) => eb(eb.refTuple('at', 'seq'), '>=', eb.tuple(from.at, from.seq)));
  for (const [column, value] of Object.entries(equals(asked))) {
    if (value !== undefined)
      query = query.where(column as keyof ReturnType<typeof equals>, '=', value.replaceAll('\0', ''));
  }
  if (asked.since !== undefined) query = query.where('at', '>=', asked.since);
  if (asked.denied !== undefined) query = query.where('outcome', asked.denied ? '!=' : '=', 'Allow');
  return query.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limitOf(asked)).compile();
}

const equals = (asked: DecisionQuery) => ({
  account_id: asked.accountId,
  principal: asked.principal,
  action: asked.action,
  id: asked.id,
  request_id: asked.requestId,
});

export const decisionColumns = [
  'id',
  'at',
  'account_id',
  'principal',
  'action',
  'resource',
  'outcome',
  'request_id',
  'body',
] as const satisfies (keyof DecisionColumns)[];

/** The row's values in the order of `decisionColumns`. Callers choose these texts, so NUL, which no engine needs, is dropped. */
export const decisionValues = (row: DecisionRow): readonly (string | number)[] => [
  plain(row.id),
  row.at,
  plain(row.accountId),
  plain(row.principal),
  plain(row.action),
  plain(row.resource),
  row.outcome,
  plain(row.requestId),
  plain(row.body),
];

const plain = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text);

export const decisionRow = (row: DecisionColumns): DecisionRow => ({
  id: row.id,
  at: Number(row.at),
  accountId: row.account_id,
  principal: row.principal,
  action: row.action,
  resource: row.resource,
  outcome: row.outcome as DecisionRow['outcome'],
  requestId: row.request_id,
  body: row.body,
});
