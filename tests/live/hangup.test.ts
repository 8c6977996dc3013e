import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { inState, program } from './bridge-process.ts';
import { eachTestStartsWith, home, startWatching, startWorker, tmux } from './live-fixture.ts';

eachTestStartsWith({ yaml: 'mode: manual\n' });

test('SIGHUP ends no bridge that writes to no terminal; it opens --log anew, where it was renamed', async () => {
  const agent = await startWorker();
  const log = join(tmux.folder, 'bridge.log');
  const bridge = await startWatching(['--log', log]);
  renameSync(log, `${log}.1`);
  bridge.child.kill('SIGHUP');
  await bridge.line('it goes on', ({ text }) => text === `SIGHUP: going on; ${log} is opened anew`);
  const before = readFileSync(`${log}.1`, 'utf8');
  await agent.perform({ play: [{ request: 'Shall I go on?' }], input: 'go' });
  await bridge.line('it still watches', inState('asked'));
  expect(readFileSync(log, 'utf8')).toContain('"state":"asked"');
  expect(readFileSync(`${log}.1`, 'utf8')).toBe(before);
  // and again: it is no single time
  bridge.child.kill('SIGHUP');
  await waitFor('it goes on', () => bridge.lines.filter(({ text }) => /^SIGHUP/.test(String(text))).length === 2);
  expect(await bridge.stop()).toBe(0);
});

/** A bridge in a pane of the server that it watches, as somebody starts it there. */
async function inPane(command: string): Promise<number> {
  await tmux.run('new-session', '-d', '-s', 'macs', 'exec sleep 1000');
  await tmux.run('new-session', '-d', '-s', 'mine', '-x', '100', '-y', '20', 'exec sh');
  const env = `HOME='${tmux.folder}' XDG_RUNTIME_DIR='${tmux.folder}' TMUX_SOCKET='${tmux.socketPath}'`;
  const words = `'${process.execPath}' '${program}' --home '${home}' --session macs`;
  await tmux.run('send-keys', '-t', '=mine:', `cd; ${env} ${command.replace('BRIDGE', words)}`, 'Enter');
  const holder = join(home, 'daemon.json');
  await waitFor('the bridge runs', () => existsSync(join(home, 'bridge.sock')), { limitMs: 60_000 });
  return JSON.parse(readFileSync(holder, 'utf8')).pid as number;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a bridge in a terminal ends when that is closed', async () => {
  const pid = await inPane('BRIDGE');
  await tmux.run('kill-session', '-t', '=mine');
  await waitFor('it has ended', () => !lives(pid), { limitMs: 30_000 });
  expect(existsSync(join(home, 'bridge.sock'))).toBe(false);
});

test('nohup bridge & goes on when its terminal is closed', async () => {
  const out = join(tmux.folder, 'out');
  const pid = await inPane(`nohup BRIDGE > '${out}' 2>&1 &`);
  await tmux.run('kill-session', '-t', '=mine');
  process.kill(pid, 'SIGHUP');
  await waitFor('it goes on', () => readFileSync(out, 'utf8').includes('SIGHUP: going on'));
  expect(lives(pid)).toBe(true);
  process.kill(pid, 'SIGTERM');
  await waitFor('it has ended', () => !lives(pid), { limitMs: 30_000 });
});
