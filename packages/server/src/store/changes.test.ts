import { describe, expect, test } from 'vitest';
import { Changes } from './changes.ts';
import { ManualTimers } from './timers.testkit.ts';

/** Changes over versions that the test sets; `answer` may be replaced. */
async function watched(versions: Record<string, number>) {
  const timers = new ManualTimers();
  const source = {
    pollEveryMs: 200,
    answer: (): Promise<Map<string, number> | undefined> => Promise.resolve(new Map(Object.entries(versions))),
    versions: () => source.answer(),
  };
  const changes = new Changes(source, timers);
  await changes.start();
  const heard: string[] = [];
  changes.listen((account) => heard.push(account));
  return { timers, source, changes, heard, versions };
}

describe('changes', () => {
  test('of another process are heard at the next poll, once', async () => {
    const { timers, heard, versions } = await watched({ a: 1, b: 1 });
    versions['a'] = 3;
    versions['new'] = 1;
    expect(heard).toEqual([]);
    await timers.advance(200);
    expect(heard).toEqual(['a', 'new']);
    await timers.advance(200);
    expect(heard).toEqual(['a', 'new']);
  });

  test('of this process are heard at once and not again at the poll', async () => {
    const { timers, changes, heard, versions } = await watched({ a: 1 });
    versions['a'] = 2;
    changes.committed('a', 2);
    expect(heard).toEqual(['a']);
    await timers.advance(200);
    expect(heard).toEqual(['a']);
  });

  test('a poll that read before this process committed does not hide a later change', async () => {
    const { timers, changes, heard, versions, source } = await watched({ a: 1 });
    const real = source.answer;
    source.answer = async () => {
      const old = await real();
      changes.committed('a', 2);
      return old;
    };
    await timers.advance(200);
    source.answer = real;
    versions['a'] = 3;
    await timers.advance(200);
    expect(heard).toEqual(['a', 'a']);
  });

  test('that may have been missed are announced for every account while versions cannot be read', async () => {
    const { timers, heard, source, versions } = await watched({ a: 1 });
    const real = source.answer;
    source.answer = () => Promise.reject(new Error('down'));
    await timers.advance(200);
    expect(heard).toEqual(['', 'a']);
    await timers.advance(200);
    expect(heard).toEqual(['', 'a', '', 'a']);
    source.answer = real;
    versions['a'] = 2;
    await timers.advance(200);
    expect(heard).toEqual(['', 'a', '', 'a', 'a']);
  });

  test('that may have been missed are announced while the answer is overdue', async () => {
    const { timers, heard, source } = await watched({ a: 1 });
    let answer = (_versions: Map<string, number>) => undefined as void;
    source.answer = () => new Promise((resolve) => (answer = resolve));
    await timers.advance(200);
    expect(heard).toEqual([]);
    await timers.advance(200);
    expect(heard).toEqual(['', 'a']);
    await timers.advance(200);
    expect(heard).toEqual(['', 'a', '', 'a']);
    answer(new Map([['a', 1]]));
    await timers.advance(0);
    source.answer = () => Promise.resolve(undefined);
    await timers.advance(200);
    await timers.advance(200);
    expect(heard).toEqual(['', 'a', '', 'a']);
  });

  test('an engine that surely has nothing new costs its listeners nothing', async () => {
    const { timers, heard, source } = await watched({ a: 1 });
    source.answer = () => Promise.resolve(undefined);
    await timers.advance(200);
    expect(heard).toEqual([]);
  });

  test('a hint during a poll makes another poll follow', async () => {
    const { changes, heard, source, versions } = await watched({ a: 1 });
    const real = source.answer;
    let polls = 0;
    source.answer = async () => {
      const answer = await real();
      polls += 1;
      if (polls === 1) {
        versions['a'] = 2;
        void changes.poll();
      }
      return answer;
    };
    await changes.poll();
    expect([polls, heard]).toEqual([2, ['a']]);
  });

  test('after stop nothing is polled and nothing heard', async () => {
    const { timers, changes, heard, versions } = await watched({ a: 1 });
    changes.stop();
    versions['a'] = 2;
    await timers.advance(200);
    expect([heard, timers.waiting]).toEqual([[], 0]);
  });
});
