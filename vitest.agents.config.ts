import { defineConfig } from 'vitest/config';

/** Real agent programs in real tmux against the scripted model server: two files at a time, for most of it is waiting for them. */
export default defineConfig({
  test: {
    include: ['tests/agents/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 900_000,
    reporters: ['default', './tests/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 2,
  },
});
