import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore } from './index.ts';
import { startPostgres } from './postgres.testkit.ts';
import { StoreUnavailable } from './store.ts';
import { accountA, anySealer, inA, putAll, things } from './suite-fixtures.testkit.ts';
import { storeSuite } from './suite.testkit.ts';

const server = await startPostgres();

if ('absent' in server) {
  test.skip(`the store on PostgreSQL: no server can run here (${server.absent})`, () => undefined);
} else {
  afterAll(() => server.stop());

  storeSuite('PostgreSQL', async () => {
    const url = await server.create();
    return {
      shared: true,
      open: (sealer) => openStore({ database: url, sealer }),
      async raw() {
        await server.query('CHECKPOINT');
        return execFileSync('cat', await files(url), { encoding: 'latin1', maxBuffer: 1e9 });
      },
      drop: () => server.drop(url),
    };
  });

  const files = async (url: string): Promise<string[]> => {
    const [row] = await server.query(
      `SELECT array_agg(pg_relation_filepath(oid)) AS paths, pg_walfile_name(pg_current_wal_lsn()) AS wal
       FROM pg_class WHERE relname LIKE 'record%'`,
      url,
    );
    const { paths, wal } = row as { paths: string[]; wal: string };
    return [...paths, `pg_wal/${wal}`].map((file) => `${server.dataDirectory}/${file}`);
  };

  describe('PostgreSQL', () => {
    test('many processes can create the tables at once', async () => {
      const url = await server.create();
      const opened = await Promise.all(
        Array.from({ length: 6 }, () => openStore({ database: url, sealer: anySealer() })),
      );
      await Promise.all(opened.map((store, index) => putAll(store, inA, [String(index)])));
      expect(await opened[0]?.version(accountA)).toBe(6);
      await Promise.all(opened.map((store) => store.close()));
      await server.drop(url);
    });

    test('a database of a newer release is refused', async () => {
      const url = await server.create();
      await (await openStore({ database: url, sealer: anySealer() })).close();
      await server.query("INSERT INTO migration (name) VALUES ('9999-from-the-future')", url);
      const open = openStore({ database: url, sealer: anySealer() });
      await expect(open).rejects.toThrow('newer release');
      await server.drop(url);
    });

    test('a server that cannot be reached, or a wrong password, is StoreUnavailable without the URL', async () => {
      const url = await server.create();
      const wrong = new URL(url);
      wrong.password = 'not-the-password';
      const nowhere = 'postgres://nobody:hidden@127.0.0.1:1/none';
      for (const database of [wrong.href, nowhere]) {
        const error: unknown = await openStore({ database, sealer: anySealer() }).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(StoreUnavailable);
        expect((error as Error).message).not.toMatch(/not-the-password|hidden/);
      }
      await server.drop(url);
    });

    test('ping and reads reject with StoreUnavailable when the database has gone', async () => {
      const url = await server.create();
      const store = await openStore({ database: url, sealer: anySealer() });
      await store.ping();
      await server.drop(url);
      await expect(store.ping()).rejects.toThrow(StoreUnavailable);
      await expect(store.reader.get(things, inA, 'k')).rejects.toThrow(StoreUnavailable);
      await expect(putAll(store, inA, ['a'])).rejects.toThrow(StoreUnavailable);
      await store.close();
    });

    test('a transaction whose connection was cut before COMMIT runs again; reads recover', async () => {
      const url = await server.create();
      const store = await openStore({ database: url, sealer: anySealer() });
      const cut = () =>
        server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'stagedoor'`);
      let runs = 0;
      await store.transact(accountA, async (tx) => {
        runs += 1;
        await tx.put(things, inA, 'k', { name: `run ${runs}` });
        if (runs === 1) await cut();
      });
      expect(runs).toBe(2);
      expect(await store.reader.get(things, inA, 'k')).toEqual({ name: 'run 2' });
      expect(await store.version(accountA)).toBe(1);
      await store.close();
      await server.drop(url);
    });

    test('a transaction in which a statement failed is not taken for committed', async () => {
      const url = await server.create();
      const store = await openStore({ database: url, sealer: anySealer() });
      await server.query('ALTER TABLE record_index ADD CHECK (value <> $$refused$$)', url);
      const swallowed = store.transact(accountA, async (tx) => {
        await tx.put(things, inA, 'k', { name: 'k', owner: 'refused' }).catch(() => undefined);
      });
      await expect(swallowed).rejects.toThrow('rolled back');
      expect(await store.version(accountA)).toBe(0);
      await store.close();
      await server.drop(url);
    });

    test('commits are durable where the server was told that they need not be', async () => {
      const url = await server.create();
      await server.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`);
      expect(await server.query('SHOW synchronous_commit', url)).toEqual([{ synchronous_commit: 'off' }]);
      const store = await openStore({ database: url, sealer: anySealer() });
      // The database itself notes the setting under which each commit is made.
      await server.query(
        `CREATE TABLE noted (setting TEXT);
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN INSERT INTO noted VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
         CREATE TRIGGER note AFTER INSERT ON record FOR EACH ROW EXECUTE FUNCTION note()`,
        url,
      );
      await putAll(store, inA, ['a']);
      expect(await server.query('SELECT setting FROM noted', url)).toEqual([{ setting: 'on' }]);
      await store.close();
      await server.drop(url);
    });
  });
}
