import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import type { PaneId } from '../../bridge/core/ids.ts';
import { capture } from '../../bridge/tmux/capture.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { QuestionsTogether } from '../../bridge/tmux/together.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { makeHome, makeWork, run } from './bridge-process.ts';
import { eachTestStartsWith, tmux } from './live-fixture.ts';

eachTestStartsWith();

/** A tmux that writes a line for every process of it, and is tmux. */
function counted(): { program: string; folder: string; processes(): number } {
  const folder = join(tmux.folder, 'bin');
  const program = join(folder, 'tmux');
  const calls = join(tmux.folder, 'calls');
  writeFileSync(calls, '');
  makeWork(tmux, 'bin');
  writeFileSync(program, `#!/bin/sh\necho call >> '${calls}'\nPATH='${process.env.PATH}' exec tmux "$@"\n`);
  chmodSync(program, 0o755);
  return { program, folder, processes: () => readFileSync(calls, 'utf8').split('\n').length - 1 };
}

async function sleepers(count: number): Promise<PaneId[]> {
  await tmux.run('new-session', '-d', '-s', 'many', '-x', '80', '-y', '24', 'exec sleep 1000');
  for (let at = 1; at < count; at++) await tmux.run('new-window', '-d', '-t', '=many:', 'exec sleep 1000');
  return (await tmux.run('list-panes', '-a', '-F', '#{pane_id}')).trim().split('\n') as PaneId[];
}

test('questions of one moment are one process, each gets its own answer, and one that fails spoils no other', async () => {
  const panes = await sleepers(5);
  const { program, processes } = counted();
  const exec = new ExecCommands({ socketPath: tmux.socketPath, tmux: program });
  const together = new QuestionsTogether(exec);
  const titles = ['plain', '"quoted" $HOME ; #', 'begins\\'];
  for (const [index, title] of titles.entries()) {
    await tmux.run('set-option', '-p', '-t', panes[index]!, '@label', title);
  }
  const before = processes();
  const asked = await Promise.allSettled([
    ...panes.map((pane) => together.run('display-message', '-p', '-t', pane, '#{@label}\n#{pane_id}')),
    together.run('list-windows', '-t', '=none'),
    together.run('display-message', '-p', ''),
  ]);
  expect(asked.slice(0, 5)).toEqual(
    panes.map((pane, index) => ({ status: 'fulfilled', value: [titles[index] ?? '', pane] })),
  );
  expect(asked[5]).toMatchObject({ status: 'rejected', reason: { kind: 'error', reason: "can't find session: none" } });
  expect(asked[6]).toEqual({ status: 'fulfilled', value: [''] });
  // one for all, and one more for the one that failed
  expect(processes() - before).toBe(2);
});

test('many looks at once see what each look alone sees', async () => {
  const panes = await sleepers(3);
  const exec = new ExecCommands({ socketPath: tmux.socketPath });
  const together = new QuestionsTogether(exec);
  const look = (t: ExecCommands | QuestionsTogether) =>
    Promise.all([...panes, '%999' as PaneId].map((pane) => capture(t, pane, { historyLines: 20 })));
  const seen = await look(together);
  // the second in which tmux was asked is another for each
  const atAnyTime = (looks: typeof seen) =>
    looks.map((one) => one && { ...one, lastKeys: { ...one.lastKeys, now: expect.any(Number) } });
  expect(await look(exec)).toEqual(atAnyTime(seen));
  expect(seen.map((one) => one?.facts.paneId)).toEqual([...panes, undefined]);
});

test('a server that has gone is the fault of every question', async () => {
  const together = new QuestionsTogether(new ExecCommands({ socketPath: join(tmux.folder, 'none') }));
  const asked = await Promise.allSettled(['a', 'b'].map((word) => together.run('display-message', '-p', word)));
  expect(asked).toMatchObject([1, 2].map(() => ({ status: 'rejected', reason: { kind: 'gone' } })));
});

test('list takes no process for each pane, and shows one that several sessions have once', async () => {
  const list = async () => {
    const { folder, processes } = counted();
    const args = ['list', '--home', makeHome(tmux), '--socket', tmux.socketPath, '--json'];
    const listed = await run(tmux, args, { env: { PATH: `${folder}${delimiter}${process.env.PATH}` } });
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    const panes = JSON.parse(listed.stdout) as Array<{ pane: string; session: string; agent: string; state: string }>;
    return { panes, processes: processes() };
  };
  await sleepers(2);
  const few = await list();
  await tmux.run('kill-session', '-t', '=many').catch(() => '');
  await waitFor('the server is gone', () =>
    tmux
      .run('list-sessions')
      .then(() => false)
      .catch(() => true),
  );
  const ids = await sleepers(25);
  await tmux.run('new-session', '-d', '-t', '=many', '-s', 'view');
  const many = await list();
  expect(many.panes.map(({ pane }) => pane).sort()).toEqual([...ids].sort());
  expect(many.panes[0]).toMatchObject({ session: 'many', agent: 'sleep', state: 'unknown' });
  expect(many.processes).toBe(few.processes);
  const agent = await startScriptedAgent({ tmux, session: 'macs', workingFolder: makeWork(tmux) });
  expect((await list()).panes.find(({ pane }) => pane === agent.paneId)).toMatchObject({
    agent: 'codex',
    state: 'idle',
  });
});
