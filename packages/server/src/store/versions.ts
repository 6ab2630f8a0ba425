import type { Database, Session } from './tables.ts';

/** Raises the account's version by one and answers it. The row is locked until the transaction ends. */
export async function raiseVersion(db: Database, session: Session, accountId: string): Promise<number> {
  const insert = db.insertInto('account_version').values({ account_id: accountId, version: 1 });
  const raise = insert.onConflict((on) =>
    on.column('account_id').doUpdateSet((eb) => ({ version: eb('account_version.version', '+', 1) })),
  );
  const [row] = await session.run(raise.returning('version').compile());
  return Number(row?.version);
}

/** Every account's version. */
export async function allVersions(db: Database, session: Session): Promise<Map<string, number>> {
  const rows = await session.run(db.selectFrom('account_version').selectAll().compile());
  return new Map(rows.map(({ account_id, version }) => [account_id, Number(version)]));
}

/** The account's version; 0 before its first write. */
export async function versionOf(db: Database, session: Session, accountId: string): Promise<number> {
  const query = db.selectFrom('account_version').select('version').where('account_id', '=', accountId);
  const [row] = await session.run(query.compile());
  return Number(row?.version ?? 0);
}
