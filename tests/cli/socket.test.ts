import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { socketChoice } from '../../bridge/cli/socket.ts';
import { loadConfig } from '../../bridge/config/config.ts';

afterEach(() => vi.unstubAllEnvs());

/** Notes a server in a folder's `.codex`, or right in it. @returns the socket, which is there */
function noted(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const socket = join(folder, 'socket');
  writeFileSync(socket, '');
  writeFileSync(join(folder, 'tmux-socket.txt'), `${socket}\n`);
  return socket;
}
const chosen = () => socketChoice(loadConfig({ home: process.cwd(), flags: {}, env: {} })).socket;

test('the server that a launcher noted for this folder is meant, whatever an agent’s own CODEX_HOME holds', () => {
  expect(chosen()).toBeNull();
  const elsewhere = noted(join(process.cwd(), 'elsewhere'));
  vi.stubEnv('CODEX_HOME', join(process.cwd(), 'elsewhere'));
  expect(chosen()).toBe(elsewhere);
  expect(noted(join(process.cwd(), '.codex'))).toBe(chosen());
});
