import { assert, property } from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../src/index.ts';
import { sceneOf } from './cases.testkit.ts';
import { reference } from './reference.ts';
import { anyScene, conditionScene } from './scenes.testkit.ts';

test.each([
  ['any scene', anyScene, 800],
  ['conditions alone', conditionScene, 1500],
] as const)('the engine and its twin agree on outcome and layer: %s', (_name, scenes, numRuns) => {
  assert(
    property(scenes, (golden) => {
      const { request, layers } = sceneOf(golden);
      const { decision, layer } = decide(request, layers);
      expect({ decision, layer }).toEqual(reference(request, layers));
    }),
    { numRuns },
  );
});
