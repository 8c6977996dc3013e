import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { eachTestStartsWith, tmux } from './live-fixture.ts';

eachTestStartsWith();

const hostileTexts = [
  'one line',
  'five lines\n\nwith an empty one;\n  and an indent\nlast',
  'trailing ;',
  'Up',
  '$(touch x) `date` C-c Escape',
  'a\ttab and a trailing \\',
  'żółć 漢字 👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301',
  'x'.repeat(10_000),
  '漢字 '.repeat(5000),
  Array.from({ length: 125 }, (_, index) => `${index} ${'words '.repeat(12)}`).join('\n'),
];

async function paste(agent: ScriptedAgent, text: string): Promise<void> {
  writeFileSync(join(tmux.folder, 'paste'), text);
  await tmux.run('load-buffer', '-b', 'p', join(tmux.folder, 'paste'));
  await tmux.run('paste-buffer', '-p', '-r', '-d', '-b', 'p', '-t', agent.paneId);
}

async function title(agent: ScriptedAgent): Promise<string> {
  return (await tmux.run('display-message', '-p', '-t', agent.paneId, '#{pane_title}')).trim();
}

const screenHas = (agent: ScriptedAgent, pattern: RegExp) =>
  waitFor(`the screen shows ${pattern}`, async () => pattern.exec(await tmux.screen(agent.paneId)), {
    describe: () => tmux.screen(agent.paneId),
  });

test.each(['codex', 'generic'] as const)(
  'the %s style journals every pasted text byte for byte, as one input',
  async (style) => {
    const agent = await startScriptedAgent({ tmux, session: 'w', style, script: { inputs: [{ do: [] }] } });
    for (const text of hostileTexts) {
      const before = agent.inputs().length;
      await paste(agent, text);
      await agent.fact('the paste arrives', (fact) => fact.paste === text);
      await tmux.run('send-keys', '-t', agent.paneId, 'Enter');
      await waitFor('the input is journaled', () => agent.inputs().length > before);
    }
    expect(agent.inputs()).toEqual(hostileTexts);
  },
);

test('the canonical style takes lines without bracketed paste, so a pasted text of two lines is two inputs', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w', style: 'canonical' });
  await paste(agent, 'first\nsecond\n');
  await agent.fact('the second line arrives', (fact) => fact.input === 'second');
  expect(agent.inputs()).toEqual(['first', 'second']);
  await screenHas(agent, /^Done: second$/m);
});

test('it asks when it is told to ask, and says Done with the first line of the answer', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w' });
  await tmux.run('send-keys', '-t', agent.paneId, 'ask', 'Enter');
  await screenHas(
    agent,
    /^› ask\n[\s\S]*<<CONTROLLER_REQUEST>>\n {2}Which database[^\n]*\n {2}<<CONTROLLER_REQUEST_END>>\n\n {2}Worked for/m,
  );
  await paste(agent, 'Use sqlite.\nIt is enough.');
  await tmux.run('send-keys', '-t', agent.paneId, 'Enter');
  await screenHas(agent, /• Done: Use sqlite\.\n\n {2}Worked for/);
});

test('its title is the name when idle and a spinner with the name while it works', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w', name: 'shop' });
  expect(await title(agent)).toBe('shop');
  expect((await agent.perform({ busy: true })).is).toBe('busy');
  await waitFor('the title spins', async () => /^[⠀-⣿] shop$/.test(await title(agent)));
  await screenHas(agent, /• Working \(\d+s • esc to interrupt\)/);
  await agent.perform({ busy: false });
  expect(await title(agent)).toBe('shop');
});

test('an open dialog swallows a paste, and Enter then runs the command', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w', name: 'shop' });
  await agent.perform({ dialog: 'rm -rf build' });
  await screenHas(
    agent,
    /Would you like to run the following command\?[\s\S]*\$ rm -rf build[\s\S]*› 1\. Yes, proceed \(y\)/,
  );
  await waitFor('the title asks', async () => /^\[ [!.] \] Action Required \| shop$/.test(await title(agent)));
  expect((await tmux.run('display-message', '-p', '-t', agent.paneId, '#{cursor_flag}')).trim()).toBe('0');
  await paste(agent, 'an answer that came too late');
  await agent.fact('the paste is swallowed', (fact) => fact.swallowed === 'an answer that came too late');
  await tmux.run('send-keys', '-t', agent.paneId, 'Enter');
  await agent.fact('the command ran', (fact) => fact.approved === 'rm -rf build');
  expect(agent.inputs()).toEqual([]);
});

test('Escape denies a dialog and nothing runs', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w' });
  await agent.perform({ dialog: 'rm -rf build' });
  await tmux.run('send-keys', '-t', agent.paneId, 'Escape');
  await agent.fact('it is denied', (fact) => fact.denied === 'rm -rf build');
  expect(agent.facts().some((fact) => fact.approved !== undefined)).toBe(false);
});

test('a long paste shows its marker, Ctrl-U clears one line of a draft, and ignored Enters leave it there', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w', script: { inputs: [] } });
  await paste(agent, 'y'.repeat(1001));
  await screenHas(agent, /^› \[Pasted Content 1001 chars\]$/m);
  await tmux.run('send-keys', '-t', agent.paneId, 'C-u');
  await agent.perform({ draft: 'kept\ncleared' });
  await tmux.run('send-keys', '-t', agent.paneId, 'C-u');
  await waitFor('one line is left', async () => (await agent.state()).draft === 'kept\n');
  await agent.perform({ set: { ignoreEnters: 1 } });
  await tmux.run('send-keys', '-t', agent.paneId, 'Enter');
  await agent.fact('the Enter is ignored', (fact) => fact.key === 'Enter' && fact.ignored === true);
  expect(agent.inputs()).toEqual([]);
  await tmux.run('send-keys', '-t', agent.paneId, 'Enter');
  await agent.fact('the second one submits', (fact) => fact.input === 'kept\n');
});

test('a draft taller than two thirds of the screen shows its end, without a footer', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w', height: 40 });
  await agent.perform({ draft: Array.from({ length: 125 }, (_, index) => `row ${index}`).join('\n') });
  const rows = (await tmux.screen(agent.paneId)).split('\n');
  expect(rows[15]).toMatch(/^› row 101 +↑$/);
  expect(rows.slice(38, 40)).toEqual(['  row 124', '']);
});

test('words can be drawn in a border, indented, hard-wrapped, and are redrawn whole after a resize', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w', width: 100 });
  await agent.perform({ set: { border: true, indent: 3, hardWrap: 20 } });
  await agent.perform({ request: 'A question of more than twenty columns' });
  await screenHas(agent, /│ A question of more t │\n {5}│ han twenty columns +│/);
  await agent.perform({ set: { border: false, indent: 0, hardWrap: 0 } });
  await tmux.run('resize-window', '-t', agent.paneId, '-x', '30', '-y', '40');
  await screenHas(agent, /A question of more than\n {2}twenty columns\n/);
});

test('it is found as codex in the process tree, and leaves a bare shell behind', async () => {
  const agent = await startScriptedAgent({ tmux, session: 'w', as: 'codex' });
  const command = () => tmux.run('display-message', '-p', '-t', agent.paneId, '#{pane_current_command}');
  expect((await command()).trim()).toBe('codex');
  await agent.perform({ exit: 0 }).catch(() => {});
  await waitFor('bash is in front', async () => (await command()).trim() === 'bash');
  expect(agent.facts().at(-1)?.exited).toBe(0);
});
