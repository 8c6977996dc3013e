import { defineConfig } from 'vitest/config';

/** The dashboard in Debian's Chromium, for longer and with more than in `npm test`. One file at a time: they measure. */
export default defineConfig({
  test: {
    setupFiles: ['./tests/nowhere.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', './tests/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 1,
    include: ['tests/browser/**/*.test.ts'],
  },
});
