import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { run } from './bridge-process.ts';
import { agent, bridge, eachTestStartsWith, home, tmux } from './live-fixture.ts';

eachTestStartsWith({ worker: {}, bridge: ['--mode', 'manual'] });

const isAttached = async () => (await tmux.run('list-clients', '-F', '#{client_pid}')).trim() !== '';
const isState = (state: string, since: number) => () =>
  bridge.lines.slice(since).some((line) => line.type === 'state-changed' && line.state === state);

test('an agent that came to rest while nobody heard it is not taken for a busy one for ever', async () => {
  await waitFor('the bridge hears the pane', isAttached);
  await agent.perform({ busy: true });
  await waitFor('it is seen busy', isState('busy', 0));
  const since = bridge.lines.length;
  await tmux.run('detach-client', '-s', '=macs');
  await agent.perform({ busy: false });
  await waitFor('it is seen idle', isState('idle', since), { limitMs: 20_000 });
  const sent = await run(tmux, ['send', '--home', home, '--pane', agent.paneId, 'Go on.']);
  expect(sent).toMatchObject({ code: 0 });
  expect(agent.inputs()).toEqual(['Go on.']);
});

test('a worker whose server could not be reached for a while is watched again, though nothing has changed there', async () => {
  const found = () => bridge.lines.filter(({ type }) => type === 'worker-found').length;
  await waitFor('the bridge hears the pane', isAttached);
  const away = `${tmux.socketPath}.away`;
  renameSync(tmux.socketPath, away);
  await new ExecCommands({ socketPath: away }).run('detach-client', '-s', '=macs');
  await bridge.line('worker-lost', ({ type }) => type === 'worker-lost');
  renameSync(away, tmux.socketPath);
  await waitFor('it is found again', () => found() === 2, { limitMs: 20_000 });
  await agent.perform({ play: [{ busy: 500 }, { request: 'Which database?' }], input: 'go' });
  await bridge.line('asked', ({ type, state }) => type === 'request-changed' && state === 'asked');
});
