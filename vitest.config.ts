import { defineConfig } from 'vitest/config';

/** What needs no agent program: pure tests, and live tests that each own a private tmux server. */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/agents/**', '**/node_modules/**'],
    setupFiles: ['./tests/nowhere.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './tests/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 3,
  },
});
