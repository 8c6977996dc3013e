import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { inState, makeHome, requestIds, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, startWatching, tmux } from './live-fixture.ts';

eachTestStartsWith({ worker: {} });

const policy = `
controller: { backend: rules }
policy:
  - when: { kind: approval, command: '^npm test$' }
    choose: "Yes, proceed"
`;

const bridge = (home: string, ...args: string[]) => startWatching(args, { home });

const decided = () => agent.facts().filter((fact) => fact.approved !== undefined || fact.denied !== undefined);
const heard = () => agent.facts().filter((fact) => fact.key ?? fact.typed ?? fact.paste);
/** One after the other, with a moment of work between them: two alike without one are nobody's to tell apart. */
const askFor = (...commands: string[]) =>
  agent.perform({ play: commands.flatMap((command) => [{ dialog: command }, { busy: 300 }]), input: 'go' });

test('a rule that names the whole command approves it, once, and another command waits for the human', async () => {
  const home = makeHome(tmux, policy);
  const watching = await bridge(home);
  await askFor('npm test', 'npm test; rm -rf /', 'npm test');
  await agent.fact('npm test is approved', (fact) => fact.approved === 'npm test');
  const asked = await watching.line(
    'the other one is the human’s',
    (line) => line.type === 'request-changed' && line.state === 'asked',
  );
  expect(decided()).toEqual([expect.objectContaining({ approved: 'npm test' })]);
  expect(heard()).toEqual([expect.objectContaining({ typed: 'y' })]);

  const shown = await run(tmux, ['show', String(asked.id), '--home', home, '--json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    kind: 'approval',
    state: 'asked',
    dialog: { subject: { text: 'npm test; rm -rf /', isWhole: true } },
  });
  // no text goes into it, and the same command as before, asked again in the same turn, is a request of its own
  const text = await run(tmux, ['answer', String(asked.id), 'go', 'on', '--home', home]);
  expect(text).toMatchObject({ code: 1, stdout: expect.stringContaining('no text is typed into a dialog') });
  const chosen = await run(tmux, ['answer', String(asked.id), '--choose', 'Yes, proceed', '--home', home]);
  expect(chosen).toMatchObject({ code: 0, stdout: expect.stringContaining('dialog-closed') });
  await waitFor('all three are decided', () => decided().length === 3);
  expect(decided().map((fact) => fact.approved)).toEqual(['npm test', 'npm test; rm -rf /', 'npm test']);
  expect(heard().map((fact) => fact.typed)).toEqual(['y', 'y', 'y']);
  expect(requestIds(watching)).toHaveLength(3);
});

test('of a command that the dialog may not show to the letter the agent’s own record tells: a rule approves what it has so, and nothing else', async () => {
  const rule = (command: string) => `  - when: { kind: approval, command: '^${command}$' }\n    choose: 1\n`;
  const home = makeHome(
    tmux,
    `controller: { backend: rules }\npolicy:\n${rule('touch a && touch b')}${rule('rm -rf a/b')}`,
  );
  const watching = await bridge(home);
  const asks = (command: string, noted?: string) =>
    agent.perform({ play: [{ dialog: command, noted }, { busy: 300 }], input: 'go' });
  const human = async (why: RegExp) => {
    const needed = await watching.line(
      `asked: ${why}`,
      (line) => line.type === 'human-needed' && why.test(String(line.why)),
    );
    const answered = await run(tmux, ['answer', String(needed.id), '--choose', '3', '--home', home]);
    expect(answered, `${answered.stdout}${answered.stderr}`).toMatchObject({ code: 0 });
    await agent.perform({ busy: 10 });
  };

  // it has no record at all
  await asks('touch a && touch b');
  await human(/its own record of this one was not found/);
  // it has one, of the same command
  await asks('touch a && touch b', 'touch a && touch b');
  await agent.fact('approved', (fact) => fact.approved === 'touch a && touch b');
  // it draws no tab
  await asks('rm -rf a/b', 'rm -rf a\t/b');
  await human(/what codex would run is "rm -rf a\\t\/b"/);
  expect(decided().map(({ approved, denied }) => approved ?? `not ${denied}`)).toEqual([
    'not touch a && touch b',
    'touch a && touch b',
    'not rm -rf a/b',
  ]);
});

test('what a person decides in the pane is withdrawn here, and a refusal is chosen by its key', async () => {
  const home = makeHome(tmux, policy);
  const watching = await bridge(home);
  await askFor('rm a', 'rm b');
  const first = await watching.line('asked', inState('asked'));
  await tmux.run('send-keys', '-t', agent.paneId, 'y');
  await watching.line('withdrawn', (line) => line.id === first.id && line.state === 'withdrawn');
  const second = await watching.line('asked again', (line) => line.id !== first.id && line.state === 'asked');
  const answered = await run(tmux, ['answer', String(second.id), '--choose', '3', '--home', home]);
  expect(answered.code).toBe(0);
  expect(decided()).toMatchObject([{ approved: 'rm a' }, { denied: 'rm b' }]);
});

test('two dialogs alike with nothing between them: the key is pressed once, and the human is told', async () => {
  const watching = await bridge(makeHome(tmux, policy));
  await agent.perform({ play: [{ dialog: 'npm test' }, { dialog: 'npm test' }], input: 'go' });
  const needed = await watching.line('needed', (line) => line.type === 'human-needed');
  expect(needed.why).toContain('nobody can tell');
  expect(heard()).toHaveLength(1);
  expect(decided()).toHaveLength(1);
});

test('a dialog whose agent has ended is withdrawn', async () => {
  const watching = await bridge(makeHome(tmux, policy));
  await askFor('rm a');
  const asked = await watching.line('asked', inState('asked'));
  process.kill(agent.pid, 'SIGKILL');
  await watching.line('withdrawn', (line) => line.id === asked.id && line.state === 'withdrawn');
});

test('a number in outbox/ chooses an option, and a text there is refused', async () => {
  const home = makeHome(tmux, policy);
  const watching = await bridge(home);
  await askFor('rm a');
  const asked = await watching.line('asked', inState('asked'));
  const page = await waitFor('the page', () => {
    try {
      return readFileSync(join(home, 'inbox', `${asked.id}.request.md`), 'utf8');
    } catch {
      return undefined;
    }
  });
  expect(page).toContain('$ rm a');
  expect(page).toContain('--choose');
  const file = join(home, 'outbox', `${asked.id}.response.md`);
  writeFileSync(file, 'please do\n');
  await watching.line('refused', (line) => line.type === 'said' && String(line.text).includes('no text is typed'));
  expect(decided()).toEqual([]);
  writeFileSync(file, '1\n');
  await agent.fact('approved', (fact) => fact.approved === 'rm a');
});

test('a dry run says which rule would press what, and presses nothing', async () => {
  const watching = await bridge(makeHome(tmux, policy), '--dry-run');
  await askFor('npm test');
  const would = await watching.line('would', (line) => line.type === 'would-send');
  expect(would).toMatchObject({ press: 'y', by: 'chosen by policy rule 1' });
  expect(heard()).toEqual([]);
});

test('a dialog that stood there before a restart is the same request, and is approved once', async () => {
  const home = makeHome(tmux);
  const first = await bridge(home, '--mode', 'manual');
  await askFor('npm test');
  const asked = await first.line('asked', inState('asked'));
  await first.stop('SIGKILL');
  const second = await bridge(home, '--mode', 'manual');
  await run(tmux, ['answer', String(asked.id), '--choose', 'y', '--home', home]);
  await second.line('delivered', inState('delivered'));
  expect(decided()).toMatchObject([{ approved: 'npm test' }]);
  expect(requestIds(second)).toEqual([asked.id]);
});

test('the human is called once for each request, again after the set time, and not by a restart', async () => {
  const file = join(tmux.folder, 'called');
  writeFileSync(file, '');
  const calls = () => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const notify = (again: number) =>
    `notify: { command: [sh, -c, 'echo "$BRIDGE_TITLE: $(head -1)" >> ${file}'], again-after: ${again} }\n`;
  const home = makeHome(tmux, policy + notify(0));
  const first = await bridge(home);
  await askFor('rm a');
  await first.line('asked', inState('asked'));
  await waitFor('called', () => calls().length > 0);
  await first.stop();
  writeFileSync(join(home, 'bridge.yaml'), policy + notify(2));
  const startedAt = Date.now();
  const second = await bridge(home);
  await second.line('called again', (line) => line.type === 'human-needed');
  expect(Date.now() - startedAt).toBeGreaterThan(500);
  await waitFor('called again', () => calls().length === 2);
  expect(calls()[0]).toBe('worker needs you: it is a dialog, and no policy rule matches');
});

test('a paused worker’s dialogs go to the human although a rule speaks of them, until it is resumed', async () => {
  const home = makeHome(tmux, policy);
  const watching = await bridge(home);
  expect(await run(tmux, ['pause', 'workr', '--home', home])).toMatchObject({ code: 64 });
  const paused = await run(tmux, ['pause', 'worker', '--reason', 'looks lost', '--home', home, '--json']);
  expect(JSON.parse(paused.stdout)).toMatchObject({
    changed: ['worker'],
    pauses: { worker: { reason: 'looks lost' } },
  });
  await askFor('npm test', 'npm test');
  const asked = await watching.line('asked', inState('asked'));
  expect(heard()).toEqual([]);
  for (const command of ['requests', 'list', 'status']) {
    expect((await run(tmux, [command, '--home', home])).stdout).toMatch(/paused/);
  }
  expect(await run(tmux, ['resume', 'worker', '--home', home])).toMatchObject({ code: 0, stdout: 'worker: resumed\n' });
  expect(await run(tmux, ['resume', 'worker', '--home', home])).toMatchObject({ code: 1 });
  await run(tmux, ['answer', String(asked.id), '--choose', '1', '--home', home]);
  await waitFor('the second one is approved by the rule', () => decided().length === 2);
  expect(watching.lines.filter(inState('answered')).map((line) => line.answeredBy)).toEqual(['human:cli', 'rules']);
});

test('only a worker is paused: a shell and the controller are refused, with what there is and what to do', async () => {
  const home = makeHome(tmux, '');
  const open = async (label: string) => {
    const paneId = (await tmux.run('new-window', '-d', '-t', '=macs:', '-P', '-F', '#{pane_id}', 'sleep 600')).trim();
    await tmux.run('set-option', '-p', '-t', paneId, '@label', label);
    return paneId;
  };
  const [shell, controller] = [await open(''), await open('controller')];
  const pause = (name: string) => run(tmux, ['pause', name, '--home', home]);
  const refused = await pause(shell);
  expect(refused).toMatchObject({ code: 64, stderr: expect.stringContaining(`is no worker: ${shell} macs:1.0`) });
  expect(refused.stderr).toContain(`workers: work/worker; \`bridge --worker ${shell}\` makes it one`);
  const asked = await pause(controller);
  expect(asked).toMatchObject({ code: 64, stderr: expect.stringContaining("is the controller's pane") });
  expect((await run(tmux, ['requests', '--home', home])).stdout).not.toContain('paused');
  // named in bridge.yaml it is one, whatever runs in it
  writeFileSync(join(home, 'bridge.yaml'), `worker: "${shell}"\n`);
  expect(await pause(shell)).toMatchObject({ code: 0 });
  expect(await pause(agent.paneId)).toMatchObject({ code: 0 });
});

test('a pause without a daemon holds for the next one', async () => {
  const home = makeHome(tmux, policy);
  expect(await run(tmux, ['pause', '--home', home])).toMatchObject({ code: 0 });
  expect((await run(tmux, ['list', '--home', home])).stdout).toContain('paused');
  const watching = await bridge(home);
  await askFor('npm test');
  await watching.line('asked', inState('asked'));
  expect(decided()).toEqual([]);
});

test('a worker that asks for the same again and again is paused, and the human is told why', async () => {
  const home = makeHome(tmux, `${policy}limits: { answers-per-hour: 2 }\n`);
  const watching = await bridge(home);
  await askFor('npm test', 'npm test', 'npm test');
  const needed = await watching.line('needed', (line) => line.type === 'human-needed');
  expect(needed.why).toContain('2 automatic answers within an hour');
  expect(decided()).toHaveLength(2);
});
