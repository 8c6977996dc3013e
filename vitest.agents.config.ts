import { defineConfig } from 'vitest/config';

/** Agents' own hooks, and what they say of their end, have limits of their own in seconds. */
const alone = ['tests/agents/hooks.test.ts', 'tests/agents/native.test.ts', 'tests/agents/quick-start.test.ts'];

/** Real agent programs in real tmux against the scripted model server: two files at a time, since most of it is waiting for them. */
export default defineConfig({
  test: {
    testTimeout: 240_000,
    hookTimeout: 900_000,
    reporters: ['default', './tests/closing-line.ts'],
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['tests/agents/**/*.test.ts'],
          exclude: alone,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
