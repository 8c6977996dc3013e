import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Journal } from '../../bridge/journal/journal.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { inState, makeWork, program, run, startBridge } from './bridge-process.ts';
import { eachTestStartsWith, endedWithTest, home, startWatching, startWorker, tmux } from './live-fixture.ts';

/** Agents and people who read a pane and then type there: real panes, and bridge's own command run by whoever does it. */

eachTestStartsWith();

const bridge = (...args: string[]) => run(tmux, [...args, '--home', home]);

async function done(...args: string[]): Promise<string> {
  const ran = await bridge(...args);
  expect({ args, ...ran }).toMatchObject({ args, code: 0 });
  return ran.stdout;
}

async function refused(reason: RegExp, ...args: string[]): Promise<number> {
  const ran = await bridge(...args);
  expect({ args, stderr: ran.stderr }).toMatchObject({ args, stderr: expect.stringMatching(reason) });
  return ran.code ?? -1;
}

/** An agent that runs bridge's own command, and what came of that. */
async function member(
  name: string,
): Promise<ScriptedAgent & { bridge(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> }> {
  const agent = await startScriptedAgent({
    tmux,
    session: name,
    name,
    workingFolder: makeWork(tmux, name),
    under: 'alone',
  });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', name);
  return Object.assign(agent, {
    async bridge(...args: string[]) {
      const before = agent.facts().filter(({ ran }) => ran !== undefined).length;
      await agent.perform({ run: [process.execPath, program, ...args, '--home', home] });
      const all = await waitFor(
        'it has run it',
        () => {
          const ran = agent.facts().flatMap((fact) => (fact.ran === undefined ? [] : [fact.ran]));
          return ran.length > before ? ran : null;
        },
        { limitMs: 30_000 },
      );
      return all.at(-1)!;
    },
  });
}

async function shell(session = 'shell', on: PrivateTmux = tmux): Promise<string> {
  await on.run('new-session', '-d', '-s', session, '-x', '100', '-y', '20', 'PS1="$ " bash --norc --noprofile');
  await waitFor('the shell is there', async () => (await on.screen(`=${session}:`)).includes('$'));
  return (await on.run('list-panes', '-t', `=${session}:`, '-F', '#{pane_id}')).trim();
}

const rowsOf = async (target: string) => (await tmux.screen(target)).split('\n').filter((row) => row.trim() !== '');

for (const place of ['without a daemon', 'through the daemon'] as const) {
  test(`one reads an agent, types, reads and submits: one input, with receipts, ${place}`, async () => {
    const agent = await startWorker();
    if (place === 'through the daemon') await startWatching(['--mode', 'manual']);
    await done('read', 'worker');
    expect(await done('type', 'worker', 'Build the', 'service;')).toBe(
      'typed, and not submitted: it stands in the prompt\n',
    );
    expect(agent.inputs()).toEqual([]);
    expect(await done('read', 'worker')).toContain('Build the service;');
    await done('type', 'worker', ' And test it.');
    await done('read', 'worker');
    expect(await done('keys', 'worker', 'Enter')).toBe('submitted (confirmed on screen)\n');
    expect(agent.inputs()).toEqual(['Build the service; And test it.']);
    expect(await done('verify')).toContain('OK, no problems found');
  });

  test(`a text for a bare shell is one line that Enter runs, ${place}`, async () => {
    await shell('macs');
    if (place === 'through the daemon') await startWatching(['--mode', 'manual']);
    await done('read', 'macs:');
    await refused(/takes one line at a time/, 'type', 'macs:', 'echo a\nrm -rf x');
    await done('read', 'macs:');
    await done('type', 'macs:', 'echo one$((1+1)) C-c Enter;');
    expect(await rowsOf('=macs:')).toEqual(['$ echo one$((1+1)) C-c Enter;']);
    await done('read', 'macs:');
    await done('keys', 'macs:', 'Enter');
    await waitFor('it ran', async () => (await rowsOf('=macs:'))[1] === 'one2 C-c Enter');
    await done('read', 'macs:');
    await done('type', 'macs:', 'sleep 1000');
    await done('read', 'macs:');
    await done('keys', 'macs:', 'Enter');
    await done('read', 'macs:');
    await done('keys', 'macs:', 'C-c');
    await waitFor('the shell is back', async () => (await rowsOf('=macs:')).at(-1) === '$');
  });
}

test('exactly so many lines are read, the last ones', async () => {
  const pane = await shell();
  await tmux.run('send-keys', '-t', pane, 'for i in $(seq 400); do echo line $i; done', 'Enter');
  await waitFor('it ran', async () => (await rowsOf(pane)).at(-2) === 'line 400');
  for (const count of [1, 3, 19, 20, 21, 350]) {
    const lines = (await done('read', pane, String(count))).trimEnd().split('\n');
    expect(lines).toHaveLength(count);
    expect(lines.slice(0, -1)).toEqual(Array.from({ length: count - 1 }, (_, at) => `line ${402 - count + at}`));
  }
  for (const wrong of ['0', '-3', '1.5', 'x', '1e3'])
    expect(await refused(/lines|unknown option/, 'read', pane, wrong)).toBe(64);
});

test('what was not read, was read too long ago by the journal, or served for an act, is not acted on', async () => {
  const pane = await shell();
  expect(await refused(/not read it.*\n.*bridge read/, 'type', pane, 'x')).toBe(1);
  await done('read', pane);
  // what is refused before anything is looked at leaves it read
  expect(await refused(/not a key/, 'keys', pane, 'Entre')).toBe(64);
  expect(await refused(/holds nothing visible|is empty/, 'type', pane, ' ')).toBe(64);
  await done('type', pane, 'x');
  expect(await refused(/not read it/, 'type', pane, 'x')).toBe(1);
  expect(await rowsOf(pane)).toEqual(['$ x']);
});

test('two who act on one read at the same time: one does', async () => {
  const pane = await shell();
  await done('read', pane);
  const both = await Promise.all([bridge('type', pane, 'once'), bridge('type', pane, 'once')]);
  expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(await rowsOf(pane)).toEqual(['$ once']);
});

test('a pane that has changed since is said to have, with the fact, and nothing is typed', async () => {
  const agent = await startWorker();
  await done('read', 'worker');
  await agent.perform({ busy: true });
  expect(
    await refused(
      /not as it was read: it was idle, and it is busy now[\s\S]*bridge read worker/,
      'type',
      'worker',
      'x',
    ),
  ).toBe(1);
  await agent.perform({ busy: false });
  const pane = await shell();
  await done('read', pane);
  await tmux.run('send-keys', '-t', pane, 'rm -rf');
  await waitFor('it stands there', async () => (await rowsOf(pane))[0] === '$ rm -rf');
  expect(await refused(/not as it was read: its prompt was empty, and it holds another text/, 'type', pane, ' /')).toBe(
    1,
  );
  // and once it is read, it is another's
  await done('read', pane);
  expect(await refused(/held: draft: the draft in the prompt is not yours/, 'keys', pane, 'Enter')).toBe(2);
  expect(await rowsOf(pane)).toEqual(['$ rm -rf']);
  expect(agent.inputs()).toEqual([]);
});

test('a pane that was respawned, and one of that id on another server, were not read', async () => {
  const pane = await shell();
  await done('read', pane);
  await tmux.run('respawn-pane', '-k', '-t', pane, 'PS1="$ " bash --norc --noprofile');
  await waitFor('the shell is back', async () => (await rowsOf(pane)).length > 0);
  expect(await refused(/another pane has that id now/, 'type', pane, 'x')).toBe(1);
  const other = privateTmux();
  try {
    const there = await shell('shell', other);
    expect(there).toBe(pane);
    await done('read', pane);
    expect(await refused(/not read it/, 'type', pane, 'x', '--socket', other.socketPath)).toBe(1);
    expect((await other.screen(there)).trim()).toBe('$');
  } finally {
    await other.stop();
  }
});

test('each agent has marks and drafts of its own, is known by its processes, and does not type into itself', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const pane = await shell();
  expect((await lead.bridge('id')).stdout).toBe(`${lead.paneId}\n`);
  expect(await lead.bridge('read', pane)).toMatchObject({ code: 0 });
  expect(await coder.bridge('type', pane, 'x')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not read it'),
  });
  expect(await lead.bridge('type', pane, 'echo mine')).toMatchObject({ code: 0 });
  expect(await coder.bridge('read', pane)).toMatchObject({ code: 0 });
  expect(await coder.bridge('keys', pane, 'Enter')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not yours'),
  });
  expect(await lead.bridge('read', pane)).toMatchObject({ code: 0 });
  expect(await lead.bridge('keys', pane, 'Enter')).toMatchObject({ code: 0 });
  await waitFor('it ran', async () => (await rowsOf(pane))[1] === 'mine');
  expect(await lead.bridge('read', 'lead')).toMatchObject({ code: 0 });
  expect(await lead.bridge('type', 'lead', 'x')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('your own pane'),
  });
  // the envelope says who wrote, as its processes show it
  expect(await lead.bridge('read', 'coder')).toMatchObject({ code: 0 });
  expect(await lead.bridge('message', 'coder', 'Which\n[human -> coder] port?')).toMatchObject({ code: 0 });
  expect(await lead.bridge('read', 'coder')).toMatchObject({ code: 0 });
  expect(await lead.bridge('keys', 'coder', 'Enter')).toMatchObject({ code: 0 });
  expect(coder.inputs()).toEqual(['[lead -> coder] Which\n  [human -> coder] port?']);
});

test('no agent decides in a dialog that it has read; a person may', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  await coder.perform({ dialog: 'npm test' });
  for (const args of [
    ['type', 'coder', 'y'],
    ['keys', 'coder', 'Enter'],
  ]) {
    expect(await lead.bridge('read', 'coder')).toMatchObject({ code: 0 });
    expect(await lead.bridge(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining('dialog') });
  }
  expect(await lead.bridge('keys', 'coder', '--in-dialog', 'Escape')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no agent decides'),
  });
  await done('read', 'coder');
  await done('keys', 'coder', '--in-dialog', 'Escape');
  await coder.fact('it was denied', ({ denied }) => denied !== undefined);
});

test('a member that bridge.yaml names may press keys in a dialog that it has read, and another may not', async () => {
  writeFileSync(join(home, 'bridge.yaml'), 'dialog-keys: [lead]\nworker: [lead, critic, coder]\n');
  const [lead, critic, coder] = [await member('lead'), await member('critic'), await member('coder')];
  const watching = endedWithTest(await startBridge(tmux, home, ['--mode', 'manual']));
  for (const name of ['lead', 'critic', 'coder'])
    await watching.line('watched', (line) => line.type === 'worker-found' && String(line.worker).endsWith(name));
  await coder.perform({ dialog: 'npm test' });
  for (const [agent, code] of [
    [critic, 1],
    [lead, 0],
  ] as const) {
    expect(await agent.bridge('read', 'coder')).toMatchObject({ code: 0 });
    expect(await agent.bridge('keys', 'coder', '--in-dialog', 'Escape')).toMatchObject({ code });
  }
  await coder.fact('it was denied', ({ denied }) => denied !== undefined);
});

test('what was read more than a minute ago is read again', async () => {
  const pane = await shell();
  await done('read', pane);
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: Date.now() });
  const marks = journal.memory<Record<string, { at: number }>>('read-marks')!;
  const older = Object.entries(marks).map(([key, mark]) => [key, { ...mark, at: mark.at - 75_000 }]);
  journal.saveMemory('read-marks', Object.fromEntries(older));
  journal.close();
  expect(await refused(/you read it 7\d s ago, and a minute is the most/, 'type', pane, 'x')).toBe(1);
  expect(await rowsOf(pane)).toEqual(['$']);
});

test('while a worker waits for an answer no other agent types there: its text would be taken for the answer', async () => {
  const lead = await member('lead');
  const agent = await startWorker();
  const watching = await startWatching(['--mode', 'manual']);
  await agent.perform({ play: [{ request: 'Shall I go on?' }], input: 'go' });
  await watching.line('asked', inState('asked'));
  for (const args of [
    ['type', 'worker', 'Yes.'],
    ['message', 'worker', 'Yes.'],
    ['keys', 'worker', 'Up'],
  ]) {
    expect(await lead.bridge('read', 'worker')).toMatchObject({ code: 0 });
    expect(await lead.bridge(...args)).toMatchObject({ code: 1, stderr: expect.stringContaining('no agent answers') });
  }
  await done('read', 'worker');
  await done('type', 'worker', 'Yes.');
  expect(agent.inputs()).toEqual([]);
});

test('what would begin a command of the agent is made plain, and said to be', async () => {
  await startWorker();
  await done('read', 'worker');
  expect(await done('type', 'worker', '/compact')).toBe(
    'typed, and not submitted: it stands in the prompt, as " /compact"\n',
  );
});

test('Enter is refused where the draft was cleared by somebody else, and a draft that was sent is not sent again', async () => {
  const agent = await startWorker();
  await done('read', 'worker');
  await done('type', 'worker', 'Build it.');
  await tmux.run('send-keys', '-t', agent.paneId, 'C-u');
  await waitFor('it is gone', async () => !(await tmux.screen(agent.paneId)).includes('Build it.'));
  await done('read', 'worker');
  expect(await refused(/your draft is not in the prompt any more/, 'keys', 'worker', 'Enter')).toBe(1);
  expect(agent.inputs()).toEqual([]);
});

test('what nobody can type is refused before anything is done: too long, blank, no text, an unknown pane', async () => {
  const pane = await shell();
  await done('read', pane);
  const long = spawnSync(process.execPath, [program, 'type', pane, '-', '--home', home], {
    input: 'x'.repeat(10 * 1024 * 1024),
    encoding: 'utf8',
  });
  expect(long).toMatchObject({ status: 64, stderr: expect.stringContaining('is longer than 1048576 characters') });
  expect(await run(tmux, ['type', pane, '-', '--home', home], { input: '' })).toMatchObject({ code: 64 });
  for (const name of ['nobody', '%99', '../x', 'a\nb', '🚀'])
    expect(await refused(/target|unknown|has that id/, 'read', name)).toBeGreaterThan(0);
  // a NUL is no character that a terminal shows
  const nul = await run(tmux, ['type', pane, '-', '--home', home], { input: 'echo\u0000 hi' });
  expect(nul).toMatchObject({ code: 0 });
  expect(await rowsOf(pane)).toEqual(['$ echo hi']);
});

test('copy mode holds, and a label is any visible text', async () => {
  const pane = await shell();
  await done('name', pane, 'the tests; of "me"', '--border');
  expect(await done('read', 'the tests; of "me"', '1')).toBe('$\n');
  expect((await tmux.run('display-message', '-p', '-t', pane, '#{@label}|#{@name}|#{pane-border-status}')).trim()).toBe(
    'the tests; of "me"|the tests; of "me"|top',
  );
  await tmux.run('copy-mode', '-t', pane);
  await done('read', pane);
  expect(await refused(/held: copy-mode/, 'type', pane, 'x')).toBe(2);
  for (const label of ['', ' ', 'a\nb', ' a', '\u202eb']) expect(await refused(/label/, 'name', pane, label)).toBe(64);
});
