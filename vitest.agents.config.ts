import { defineConfig } from 'vitest/config';

/** Real agent programs in real tmux against the scripted model server: one at a time, for two cores. */
export default defineConfig({
  test: {
    include: ['tests/agents/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 900_000,
    reporters: ['default', './tests/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
});
