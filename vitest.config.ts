import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@stagedoor/source'] },
  ssr: { resolve: { conditions: ['@stagedoor/source'], externalConditions: ['@stagedoor/source'] } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
