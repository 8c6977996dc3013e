import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/**
 * Every test file begins in an empty folder, outside of tmux, with no settings of ours in its environment: what a person or a
 * bridge has left in this clone, or in the shell that runs the tests, decides nothing.
 */
const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'bridge-nowhere-'));
process.chdir(folder);
for (const name of Object.keys(process.env)) {
  if (/^(?:BRIDGE_(?!TEST_|DEBUG$)|MACS_|TMUX|TARGET_PANE|CODEX_HOME$)/.test(name)) delete process.env[name];
}
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});
