import { defineConfig } from 'vitest/config';

/** Other hosts in every state of their link: real sshd, real tmux, cut, slow, restarted. Each file has its own. */
export default defineConfig({
  test: {
    setupFiles: ['./tests/nowhere.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    reporters: ['default', './tests/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 2,
    include: ['tests/hosts/**/*.test.ts'],
  },
});
