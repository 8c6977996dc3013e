import { defineConfig } from 'vitest/config';

/** What needs no agent program. */
export default defineConfig({
  test: {
    setupFiles: ['./tests/nowhere.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './tests/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 4,
    projects: [
      // each owns a private tmux server: most of their time is waiting, so they go first and beside each other
      { extends: true, test: { name: 'live', include: ['tests/live/**/*.test.ts'], sequence: { groupOrder: 0 } } },
      // pure tests share what they import: loading it for each file anew took a third of their time
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/live/**', 'tests/agents/**', 'tests/hosts/**', 'tests/browser/**', '**/node_modules/**'],
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
    ],
  },
});
