/**
 * The decision log as segments: one row holds a whole batch of decisions, compressed, so that recording costs the
 * database one small write a batch whatever the number of requests. What a segment holds is read back whole.
 */
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { DecisionLog, DecisionQuery, DecisionRow } from './store.ts';
import type { Database, Session } from './tables.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Fast rather than small: decisions of a batch resemble each other so much that the lowest level does nearly all. */
const level = 1;
/** Bytes that a segment may unfold to; more would be a damaged one. */
const maxUnfolded = 512 * 1024 * 1024;
/** Most rows in one segment. */
const segmentRows = 2000;
/** Segments read at a time while searching. */
const searchStep = 16;
const defaultLimit = 1000;

interface Head {
  readonly seq: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly row_count: number;
}

interface Segment extends Head {
  readonly body: Uint8Array;
}

/** Runs `work` in one write transaction of the log's own. */
export type WriteLog = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

const fieldEnd = '\u001f';
const rowEnd = '\u001e';
/** Texts that a caller may have chosen must not hold what separates them. Bodies are JSON, which escapes control characters. */
const plain = (text: string): string =>
  /[\u0000\u001e\u001f]/.test(text) ? text.replaceAll(/[\u0000\u001e\u001f]/g, '') : text;

const encodeRow = (row: DecisionRow): string =>
  `${row.id}${fieldEnd}${row.at}${fieldEnd}${row.accountId}${fieldEnd}${plain(row.principal)}${fieldEnd}` +
  `${plain(row.action)}${fieldEnd}${plain(row.resource)}${fieldEnd}${row.outcome}${fieldEnd}${row.requestId}${fieldEnd}` +
  `${row.body}${rowEnd}`;

function decodeRow(text: string): DecisionRow {
  const [id, at, accountId, principal, action, resource, outcome, requestId, body] = text.split(fieldEnd);
  return {
    id: id!,
    at: Number(at),
    accountId: accountId!,
    principal: principal!,
    action: action!,
    resource: resource!,
    outcome: outcome as DecisionRow['outcome'],
    requestId: requestId!,
    body: body!,
  };
}

async function fold(rows: readonly DecisionRow[]): Promise<Buffer> {
  let text = '';
  for (const row of rows) text += encodeRow(row);
  return deflate(Buffer.from(text), { level });
}

async function unfold(body: Uint8Array): Promise<DecisionRow[]> {
  const text = (await inflate(body, { maxOutputLength: maxUnfolded })).toString();
  return text.split(rowEnd).slice(0, -1).map(decodeRow);
}

/** Ids of the server begin with their time, which bounds where they can be. */
function timeOfId(id: string | undefined): number | undefined {
  return id !== undefined && /^[0-9a-z]{9}[0-9a-v]{16}$/.test(id) ? Number.parseInt(id.slice(0, 9), 36) : undefined;
}

function matcher(query: DecisionQuery): (row: DecisionRow) => boolean {
  const { accountId, principal, action, denied, since, id, requestId } = query;
  return (row) =>
    (accountId === undefined || row.accountId === accountId) &&
    (principal === undefined || row.principal === plain(principal)) &&
    (action === undefined || row.action === plain(action)) &&
    (denied === undefined || (row.outcome !== 'Allow') === denied) &&
    (since === undefined || row.at >= since) &&
    (id === undefined || row.id === id) &&
    (requestId === undefined || row.requestId === requestId);
}

/** A row with its place in the order of arrival. */
interface Found {
  readonly row: DecisionRow;
  readonly seq: number;
  readonly index: number;
}

const newestFirst = (a: Found, b: Found): number => b.row.at - a.row.at || b.seq - a.seq || b.index - a.index;

/** Of rows with the same id the first to arrive stands: a batch may be written twice, nothing is ever changed. */
function firstOfEach(found: readonly Found[]): Found[] {
  const byId = new Map<string, Found>();
  for (const one of found) {
    const known = byId.get(one.row.id);
    if (known === undefined || one.seq < known.seq || (one.seq === known.seq && one.index < known.index))
      byId.set(one.row.id, one);
  }
  return [...byId.values()];
}

export class SegmentedDecisionLog implements DecisionLog {
  readonly #db: Database;
  readonly #reader: Session;
  readonly #write: WriteLog;

  constructor(db: Database, reader: Session, write: WriteLog) {
    this.#db = db;
    this.#reader = reader;
    this.#write = write;
  }

  async append(rows: readonly DecisionRow[]): Promise<void> {
    for (let start = 0; start < rows.length; start += segmentRows) {
      const part = rows.slice(start, start + segmentRows);
      const values = { ...boundsOf(part), body: await fold(part) };
      await this.#write((session) => session.run(this.#db.insertInto('decision_segment').values(values).compile()));
    }
  }

  async query(query: DecisionQuery): Promise<DecisionRow[]> {
    const limit = query.limit ?? defaultLimit;
    if (limit <= 0) return [];
    const matches = matcher(query);
    let found: Found[] = [];
    for await (const { seq, last_at, body } of this.#newest(query)) {
      // Segments come by their newest row: once enough rows are newer than all that follow, the search is over.
      if (found.length >= limit && found[limit - 1]!.row.at > last_at) break;
      const rows = await unfold(body);
      found.push(...rows.flatMap((row, index) => (matches(row) ? [{ row, seq, index }] : [])));
      found = firstOfEach(found).toSorted(newestFirst);
    }
    return found.slice(0, limit).map(({ row }) => row);
  }

  /** Segments that may hold what is asked, by their newest row, newest first. */
  async *#newest(query: DecisionQuery): AsyncGenerator<Segment> {
    const at = timeOfId(query.id);
    let after: Segment | undefined;
    for (;;) {
      let select = this.#db
        .selectFrom('decision_segment')
        .selectAll()
        .orderBy('last_at', 'desc')
        .orderBy('seq', 'desc');
      if (query.since !== undefined) select = select.where('last_at', '>=', query.since);
      if (at !== undefined) select = select.where('first_at', '<=', at).where('last_at', '>=', at);
      if (after !== undefined) {
        const { last_at, seq } = after;
        select = select.where((eb) => eb(eb.refTuple('last_at', 'seq'), '<', eb.tuple(last_at, seq)));
      }
      const segments = (await this.#reader.run(select.limit(searchStep).compile())).map(numbered);
      yield* segments;
      if (segments.length < searchStep) return;
      after = segments.at(-1);
    }
  }

  async prune(before: number, maxRows: number): Promise<number> {
    let removed = 0;
    for (const head of await this.#heads()) {
      if (head.last_at < before) removed += await this.#remove(head);
      else if (head.first_at < before)
        removed += await this.#cut(head, (rows) => rows.filter(({ at }) => at >= before));
    }
    return removed + (await this.#pruneBeyond(maxRows));
  }

  async #pruneBeyond(maxRows: number): Promise<number> {
    const heads = await this.#heads();
    let excess = heads.reduce((sum, { row_count }) => sum + row_count, 0) - maxRows;
    let removed = 0;
    for (const head of heads) {
      if (excess <= 0) break;
      const dropped = excess;
      const went =
        head.row_count <= excess
          ? await this.#remove(head)
          : await this.#cut(head, (rows) => withoutOldest(rows, dropped));
      removed += went;
      excess -= went === 0 ? head.row_count : went;
    }
    return removed;
  }

  /** All segments without their bodies, oldest first. */
  async #heads(): Promise<Head[]> {
    const query = this.#db
      .selectFrom('decision_segment')
      .select(['seq', 'first_at', 'last_at', 'row_count'])
      .orderBy('last_at')
      .orderBy('seq');
    return (await this.#reader.run(query.compile())).map(numbered);
  }

  /** Another process may prune at the same time: only who really removed a segment counts it. */
  async #remove({ seq, row_count }: Head): Promise<number> {
    const query = this.#db
      .deleteFrom('decision_segment')
      .where('seq', '=', seq)
      .where('row_count', '=', row_count)
      .returning('seq');
    const gone = await this.#write((session) => session.run(query.compile()));
    return gone.length === 0 ? 0 : row_count;
  }

  async #cut({ seq, row_count: count }: Head, keep: (rows: DecisionRow[]) => DecisionRow[]): Promise<number> {
    const select = this.#db.selectFrom('decision_segment').selectAll().where('seq', '=', seq);
    const [segment] = await this.#reader.run(select.compile());
    if (segment === undefined) return 0;
    const kept = keep(await unfold(segment.body));
    if (kept.length === count) return 0;
    const values = { ...boundsOf(kept), body: await fold(kept) };
    const update = this.#db
      .updateTable('decision_segment')
      .set(values)
      .where('seq', '=', seq)
      .where('row_count', '=', count)
      .returning('seq');
    const changed = await this.#write((session) => session.run(update.compile()));
    return changed.length === 0 ? 0 : count - kept.length;
  }
}

function withoutOldest(rows: readonly DecisionRow[], count: number): DecisionRow[] {
  const oldest = rows.map((row, index) => ({ row, seq: 0, index })).toSorted((a, b) => newestFirst(b, a));
  const gone = new Set(oldest.slice(0, count).map(({ index }) => index));
  return rows.filter((_, index) => !gone.has(index));
}

function boundsOf(rows: readonly DecisionRow[]): Omit<Head, 'seq'> {
  let [first, last] = [Number.MAX_SAFE_INTEGER, 0];
  for (const { at } of rows) {
    if (at < first) first = at;
    if (at > last) last = at;
  }
  return { first_at: first, last_at: last, row_count: rows.length };
}

/** PostgreSQL hands big numbers over as text. */
const numbered = <T extends Head>(head: T): T => ({
  ...head,
  seq: Number(head.seq),
  first_at: Number(head.first_at),
  last_at: Number(head.last_at),
  row_count: Number(head.row_count),
});
