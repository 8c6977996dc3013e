import { beforeEach, expect, test } from 'vitest';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { makeWork, run } from './bridge-process.ts';
import { eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

let agent: ScriptedAgent;
eachTestStartsWith();
beforeEach(async () => {
  // codex's resting title is its folder's name
  agent = await startScriptedAgent({ tmux, session: 'macs', workingFolder: makeWork(tmux, 'work'), name: 'work' });
});

const send = (...args: string[]) => run(tmux, ['send', '--home', home, '--pane', agent.paneId, ...args]);
const commands = () =>
  agent
    .facts()
    .filter((fact) => 'command' in fact)
    .map((fact) => fact.command);

for (const place of ['without a daemon', 'through the daemon'] as const) {
  const prepare = async () => {
    if (place === 'through the daemon') await startWatching(['--mode', 'manual']);
  };

  test(`send --command runs a command that clears the screen, with a receipt and an entry in show and log, ${place}`, async () => {
    await prepare();
    const sent = await send('--json', '--wait', '20', '--command', '/clear');
    expect(sent).toMatchObject({ code: 0 });
    const { delivery } = JSON.parse(sent.stdout) as { delivery: { id: string } };
    expect(commands()).toEqual(['/clear']);
    expect(agent.inputs()).toEqual([]);
    const shown = await run(tmux, ['show', '--home', home, delivery.id]);
    expect(shown.stdout).toMatch(/command from human to %\d+/);
    expect(shown.stdout).toContain('receipt composer-emptied');
    expect((await run(tmux, ['log', '--home', home])).stdout).toMatch(
      new RegExp(` ${delivery.id.slice(-6)}  command of human: /clear\n[^]* ${delivery.id.slice(-6)}  arrived `),
    );
  });

  test(`a name that only begins one of its commands does not run that, ${place}`, async () => {
    await prepare();
    const short = await send('--wait', '20', '--command', '/clea');
    expect(short).toMatchObject({ code: 3, stderr: expect.stringContaining('taken out of the composer again') });
    expect([commands(), agent.inputs()]).toEqual([[], []]);
  });

  test(`a busy agent and an open dialog get no command, also with TARGET_PANE_GUARD_BUSY=0, ${place}`, async () => {
    await prepare();
    await agent.perform({ busy: true });
    const busy = ['send', '--home', home, '--pane', agent.paneId, '--command', '/clear'];
    expect(await run(tmux, busy, { env: { TARGET_PANE_GUARD_BUSY: '0' } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('held: busy'),
    });
    await agent.perform({ busy: false });
    await agent.perform({ dialog: 'npm test', reason: 'to see it pass' });
    expect(await send('--command', '/clear')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('held: dialog'),
    });
    expect([commands(), agent.inputs()]).toEqual([[], []]);
  });
}

test('a plain text that is a slash command is sent as prose, and that is said', async () => {
  const sent = await send('--wait', '20', '/clear');
  expect(sent).toMatchObject({ code: 0, stderr: expect.stringContaining('sent as prose: /clear was not run') });
  expect([commands(), agent.inputs().map((input) => input.trim())]).toEqual([[], ['/clear']]);
  const path = await send('--wait', '20', '/tmp/notes.md is wrong');
  expect(path.code).toBe(0);
  expect(path.stderr).not.toContain('sent as prose');
});

test.each([
  ['!ls', []],
  ['clear', []],
  ['/clear', ['--force']],
  ['/clear', ['--keys']],
  ['/clear', ['--line-mode']],
  ['/clear', ['--via', 'auto']],
] as const)('--command %s %j is a usage error, and nothing is typed', async (text, more) => {
  expect(await send('--command', ...more, text)).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--command'),
  });
  expect(agent.facts().filter((fact) => 'paste' in fact || 'key' in fact)).toEqual([]);
});

test('an agent whose commands nobody measured is refused, with what to do', async () => {
  const sent = await send('--agent', 'generic', '--command', '/clear');
  expect(sent).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/never measured.*type it in its pane yourself/),
  });
  expect(agent.facts().filter((fact) => 'paste' in fact || 'key' in fact)).toEqual([]);
});
