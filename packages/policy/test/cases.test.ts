import { describe, expect, test } from 'vitest';
import { decide } from '../src/index.ts';
import { reference } from './reference.ts';
import { agrees, goldenCases, sceneOf } from './cases.testkit.ts';

const cases = goldenCases();

describe('golden cases', () => {
  test.each(
    cases.filter(({ meta }) => meta.status === 'gate').map((golden) => [golden.id, golden.name, golden] as const),
  )('%s %s', (_id, _name, golden) => {
    const { request, layers } = sceneOf(golden);
    const { decision, layer } = decide(request, layers);
    expect(reference(request, layers), 'the twin').toEqual({ decision, layer });
    expect({ layer, fits: agrees(decision, golden.expected.decision) }, `${decision} by ${layer}`).toMatchObject({
      fits: true,
    });
  });

  test('the cases that are not settled are decided without an error', () => {
    for (const golden of cases) expect(() => decide(sceneOf(golden).request, sceneOf(golden).layers)).not.toThrow();
  });
});
