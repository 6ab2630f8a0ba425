import { afterEach, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import type { DecisionRow } from '../store/store.ts';
import { DecisionRecorder } from './decision-recorder.ts';

const row = (id: number): DecisionRow => ({
  id: String(id),
  at: 0,
  accountId: '123456789012',
  principal: 'arn:aws:iam::123456789012:user/mateojackson',
  action: 'ivs:GetChannel',
  resource: '*',
  outcome: 'Allow',
  requestId: 'r',
  body: '{}',
});

let recorder: DecisionRecorder | undefined;
afterEach(() => recorder?.close());

test('rows that a failing log did not take are kept in order, and lost ones are counted aloud', async () => {
  const written: string[] = [];
  const lines: string[] = [];
  let fails = true;
  const decisions = {
    append: async (rows: readonly DecisionRow[]) => {
      if (fails) throw new Error('disk full');
      written.push(...rows.map(({ id }) => id));
    },
    query: () => Promise.resolve([]),
    prune: () => Promise.resolve(0),
  };
  recorder = new DecisionRecorder(decisions, {
    log: createLog('error', { write: (line) => lines.push(line) }),
    now: () => 0,
    retentionMs: 1,
    maxRows: 1,
    flushMs: 60_000,
  });
  for (let id = 0; id < 40_010; id += 1) void recorder.record(row(id));
  await recorder.flush();
  expect(lines.some((line) => line.includes('"lost":10'))).toBe(true);
  fails = false;
  await recorder.flush();
  expect(written).toHaveLength(40_000);
  expect([written[0], written.at(-1)]).toEqual(['0', '39999']);
});
