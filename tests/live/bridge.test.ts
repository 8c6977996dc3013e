import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { inState, makeHome, makeWork, program, requestIds, run } from './bridge-process.ts';
import { eachTestStartsWith, startWatching, startWorker, tmux, type WorkerOptions } from './live-fixture.ts';

eachTestStartsWith();

const rules = `
controller: { backend: rules }
policy:
  - when: { text: /database/i }
    answer: |
      WORKER INSTRUCTIONS:
      Use SQLite.
      NOTES:
      Only for the human.
`;

const worker = (options: WorkerOptions = {}) => startWorker({ label: options.name ?? 'worker', ...options });

const bridge = (home: string, ...args: string[]) => startWatching(args, { home });

test('a worker asks in its pane, a rule answers, and exactly its instructions are the next input', async () => {
  const agent = await worker();
  const watching = await bridge(makeHome(tmux, rules));
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await watching.line('delivered', inState('delivered'));
  await agent.fact('the answer arrives', (fact) => fact.input !== undefined);
  expect(agent.inputs()).toEqual(['Use SQLite.']);
  expect(requestIds(watching)).toHaveLength(1);
});

test('the live log carries no bodies', async () => {
  const agent = await worker();
  const watching = await bridge(makeHome(tmux, rules));
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await watching.line('delivered', inState('delivered'));
  expect(JSON.stringify(watching.lines)).not.toMatch(/Which database|Use SQLite|Only for the human/);
});

test('in manual mode the request is a file, a file answers it, and the pair is archived', async () => {
  const agent = await worker();
  const home = makeHome(tmux);
  const watching = await bridge(home, '--mode', 'manual');
  await agent.perform({ play: [{ request: 'Shall I go on?' }], input: 'go' });
  const asked = await watching.line('asked of the human', inState('asked'));
  const file = join(home, 'inbox', `${asked.id}.request.md`);
  await waitFor('the request is a file', () => existsSync(file));
  expect(readFileSync(file, 'utf8')).toContain('Shall I go on?');
  const draft = join(home, 'outbox', `.${asked.id}.tmp`);
  writeFileSync(draft, 'Yes.\nBut slowly.');
  renameSync(draft, join(home, 'outbox', `${asked.id}.response.md`));
  await agent.fact('the answer arrives', (fact) => fact.input !== undefined);
  expect(agent.inputs()).toEqual(['Yes.\nBut slowly.']);
  // a name is taken in archive/ before the file moves there
  await waitFor('the page has left', () => readdirSync(join(home, 'inbox')).every((name) => !name.endsWith('.md')));
  const pair = [`${asked.id}.request.md`, `${asked.id}.response.md`];
  const sizeOf = (name: string) => statSync(join(home, 'archive', name), { throwIfNoEntry: false })?.size ?? 0;
  await waitFor('the pair is archived', () => pair.every((name) => sizeOf(name) > 0));
});

test('a dry run does everything up to typing, and types nothing', async () => {
  const agent = await worker();
  const watching = await bridge(makeHome(tmux, rules), '--dry-run');
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await watching.line('would send', (line) => line.type === 'would-send');
  await watching.stop();
  expect(agent.facts().filter((fact) => fact.input !== undefined || fact.paste !== undefined)).toEqual([]);
});

test('the same words in a later turn are a new request; a redraw, a resize and a clear are not', async () => {
  const agent = await worker();
  const watching = await bridge(makeHome(tmux), '--mode', 'manual');
  await agent.perform({ play: [{ request: 'Proceed?' }], input: 'go' });
  await watching.line('asked', inState('asked'));
  await agent.perform({ redraw: 1500 });
  await tmux.run('resize-window', '-t', '=macs:', '-x', '90', '-y', '30');
  await tmux.run('resize-window', '-t', '=macs:', '-x', '130', '-y', '45');
  await agent.perform({ raw: '\u001b[2J\u001b[H' });
  await agent.perform({ redraw: 0 });
  await agent.perform({ redraw: 500 });
  expect(requestIds(watching)).toHaveLength(1);
  await agent.perform({ play: [{ busy: 300 }, { request: 'Proceed?' }], input: 'go' });
  await waitFor('a second request', () => requestIds(watching).length === 2, { limitMs: 5000 });
});

test('a spinner that redraws "done" and "?" raises nothing', async () => {
  const agent = await worker();
  const watching = await bridge(makeHome(tmux), '--mode', 'manual');
  await agent.perform({ title: '⠋ done? shall I go on?' });
  await agent.perform({ play: [{ say: 'Is it done? All tasks completed, done.' }, { busy: 20_000 }], input: 'done?' });
  await waitFor('twenty seconds of spinner', async () => (await agent.state()).is === 'idle', {
    limitMs: 40_000,
    everyMs: 500,
  });
  expect(requestIds(watching)).toEqual([]);
}, 60_000);

test("a block in the user's own typing, in an echoed template and an unfinished block raise nothing", async () => {
  const agent = await worker();
  const watching = await bridge(makeHome(tmux), '--mode', 'manual');
  const block = '<<CONTROLLER_REQUEST>>\ntemplate\n<<CONTROLLER_REQUEST_END>>';
  await agent.perform({ draft: block });
  await agent.perform({ redraw: 600 });
  await agent.perform({ draft: '' });
  await agent.perform({ play: [{ say: 'I will use that template.' }], input: `Ask like this:\n${block}` });
  await agent.perform({ play: [{ say: '<<CONTROLLER_REQUEST>>\nan END that never comes' }], input: 'go' });
  await agent.perform({ redraw: 600 });
  expect(requestIds(watching)).toEqual([]);
});

test('a block in a border, indented and hard-wrapped is read whole and clean', async () => {
  const text =
    'Which of these two databases should the service use, given that there is one user and no server to run?';
  const agent = await worker({ width: 80 });
  const home = makeHome(tmux);
  const watching = await bridge(home, '--mode', 'manual');
  for (const [index, settings] of [{ border: true }, { indent: 6 }, { hardWrap: 48 }].entries()) {
    await agent.perform({ set: { border: false, indent: 0, hardWrap: 0, ...settings } });
    await agent.perform({ play: [{ busy: 200 }, { request: text }], input: `go ${index}` });
    // the same words in the next turn are another request only once this one's turn is believed
    await waitFor('the request', () => watching.lines.filter(inState('asked')).length === index + 1);
  }
  const shown = JSON.parse((await run(tmux, ['requests', '--home', home, '--all', '--json'])).stdout) as Array<{
    text: string;
  }>;
  const letters = (one: string) => one.replace(/\s+/g, '');
  expect(shown.map((view) => letters(view.text))).toEqual([text, text, text].map(letters));
});

test.each([
  ['busy', { busy: true }, 'busy'],
  ['an open dialog', { dialog: 'rm -rf build' }, 'dialog'],
  ['a human’s draft', { draft: 'half a thou' }, 'draft'],
])(
  'nothing is typed while there is %s; `bridge requests` says why; it will be sent when the pane can take it',
  async (_, step, reason) => {
    const agent = await worker();
    const home = makeHome(tmux);
    const watching = await bridge(home, '--mode', 'manual');
    await agent.perform({ play: [{ request: 'Go on?' }], input: 'go' });
    const asked = await watching.line('asked', inState('asked'));
    await agent.perform(step);
    const answered = await run(tmux, ['answer', '--home', home, String(asked.id), 'Go on.']);
    expect(answered.code).toBe(2);
    expect(answered.stdout).toContain(`held: ${reason}`);
    expect((await run(tmux, ['requests', '--home', home])).stdout).toContain('held:');
    expect(agent.inputs()).toEqual([]);
    expect(agent.facts().filter((fact) => fact.approved !== undefined || fact.swallowed !== undefined)).toEqual([]);
    if (reason === 'busy') await agent.perform({ busy: false });
    if (reason === 'dialog') await tmux.run('send-keys', '-t', agent.paneId, 'Escape');
    if (reason === 'draft') await agent.perform({ draft: '' });
    await agent.fact('the answer goes out', (fact) => fact.input !== undefined, 15_000);
    expect(agent.inputs()).toEqual(['Go on.']);
  },
);

test.each([
  ['many lines', 'one\n\ntwo\n  three\n'.repeat(20).trimEnd()],
  ['a trailing semicolon', 'select 1;'],
  ['key names', 'Up\nEscape\nC-c\nEnter'],
  ['shell syntax', '$(touch x) `touch y` "$HOME" \\ end'],
  ['tabs and blanks', 'a\tb\t\tc  d'],
  ['emoji and CJK', '👩‍👩‍👧 日本語 é ñ ü 한국어'],
  ['10,000 characters', 'x0123456789 '.repeat(834).slice(0, 10_000)],
])('%s arrive as one input, byte for byte', async (_, text) => {
  const agent = await worker();
  const home = makeHome(tmux);
  const sent = await run(tmux, ['send', '--home', home, '--label', 'worker', '-'], { input: text });
  expect(sent.stderr).toContain('Resolved target: session=macs');
  expect({ code: sent.code, inputs: agent.inputs() }).toEqual({ code: 0, inputs: [text] });
});

test('a bridge that is killed at every stage repeats and loses nothing', async () => {
  const agent = await worker();
  const home = makeHome(tmux);
  const first = await bridge(home, '--mode', 'manual');
  await agent.perform({ play: [{ request: 'First?' }], input: 'go' });
  const asked = await first.line('asked', inState('asked'));
  await first.stop('SIGKILL');
  const second = await bridge(home, '--mode', 'manual');
  await agent.perform({ redraw: 400 });
  expect(requestIds(second).filter((id) => id !== asked.id)).toEqual([]);
  await agent.perform({ busy: true });
  const answered = await run(tmux, ['answer', '--home', home, String(asked.id), 'Yes, first.']);
  expect(answered.code).toBe(2);
  await second.stop('SIGKILL');
  await agent.perform({ busy: false });
  const third = await bridge(home, '--mode', 'manual');
  await agent.fact('the answer of the dead bridge goes out', (fact) => fact.input !== undefined);
  await third.stop('SIGKILL');
  await agent.perform({ play: [{ request: 'While you were down?' }], input: 'more' });
  const fourth = await bridge(home, '--mode', 'manual');
  await fourth.line('a request drawn while the bridge was down is found', inState('asked'));
  await agent.perform({ redraw: 400 });
  expect(agent.inputs()).toEqual(['Yes, first.']);
  expect(requestIds(fourth).filter((id) => id !== asked.id)).toHaveLength(1);
});

test('a second bridge on the same home joins the first and follows its log; a dry run is told who has it', async () => {
  const agent = await worker();
  const home = makeHome(tmux);
  const first = await bridge(home, '--mode', 'manual');
  const second = await startWatching(['--mode', 'auto'], { home, waitForReady: false });
  await waitFor('it says what it does not take', () => /keeps the settings .*mode given here/.test(second.stderr()));
  await agent.perform({ play: [{ busy: 100 }, { request: 'Which database?' }], input: 'go' });
  await second.line('it tells of the request', inState('asked'), 30_000);
  await first.line('and so does the first', inState('asked'));
  const dry = await run(tmux, ['--home', home, '--session', 'macs', '--dry-run']);
  expect(dry).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`is already in use by another bridge (pid ${first.child.pid}`),
  });
  expect(await second.stop('SIGINT')).toBe(0);
  expect(first.child.exitCode).toBeNull();
});

test('it leaves no tmux client behind, and exits with 0', async () => {
  await worker();
  const watching = await bridge(makeHome(tmux), '--mode', 'manual');
  await waitFor('it is attached', async () => (await tmux.run('list-clients')).trim() !== '');
  expect(await watching.stop('SIGINT')).toBe(0);
  expect((await tmux.run('list-clients')).trim()).toBe('');
});

test('whose output nobody reads any more ends as it is ended by a signal, and leaves nothing', async () => {
  await worker();
  const home = makeHome(tmux);
  const watching = await bridge(home, '--mode', 'manual');
  watching.child.stdout!.destroy();
  await run(tmux, ['pause', '--home', home]);
  await waitFor('it has ended', () => watching.child.exitCode !== null, { limitMs: 30_000 });
  expect(watching.child.exitCode).toBe(0);
  expect(readdirSync(home).filter((name) => /daemon\.json|sock|journal/.test(name))).toEqual([]);
});

test('it survives the end of the tmux server and serves the next one', async () => {
  await worker();
  const watching = await bridge(makeHome(tmux, rules));
  await tmux.run('kill-server');
  await watching.line(
    'the loss is said',
    (line) => line.type === 'said' && /tmux server is gone/.test(String(line.text)),
  );
  const again = await worker({ name: 'worker' });
  await waitFor(
    'the new worker is watched',
    () => watching.lines.filter((line) => line.type === 'worker-found').length === 2,
    { limitMs: 15_000 },
  );
  await again.perform({ play: [{ request: 'Which database now?' }], input: 'go' });
  await again.fact('the answer arrives', (fact) => fact.input !== undefined);
  expect(again.inputs()).toEqual(['Use SQLite.']);
});

test('started again while no tmux server runs, it waits for one and serves it', async () => {
  const watching = await bridge(makeHome(tmux, rules));
  await watching.line('it says so', (line) => line.type === 'said' && /waiting for the tmux/.test(String(line.text)));
  const agent = await worker();
  await watching.line('the worker is watched', (line) => line.type === 'worker-found');
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await agent.fact('the answer arrives', (fact) => fact.input !== undefined);
  expect(agent.inputs()).toEqual(['Use SQLite.']);
});

test('a home inside the worker’s own folder is refused', async () => {
  await worker();
  const home = join(makeWork(tmux), 'home');
  mkdirSync(home);
  const refused = await run(tmux, ['--home', home, '--session', 'macs', '--mode', 'manual']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/lies inside the working folder of .*could answer itself/);
  expect(refused.stderr).toContain('--trust-workspace');
});

test('a symbolic link in outbox/ is refused, reported once and left where it is', async () => {
  const agent = await worker();
  const home = makeHome(tmux);
  const watching = await bridge(home, '--mode', 'manual');
  await agent.perform({ play: [{ request: 'Go on?' }], input: 'go' });
  const asked = await watching.line('asked', inState('asked'));
  writeFileSync(join(tmux.folder, 'elsewhere'), 'Yes.');
  const link = join(home, 'outbox', `${asked.id}.response.md`);
  symlinkSync(join(tmux.folder, 'elsewhere'), link);
  const refusal = (line: { type: string; text?: unknown }) =>
    line.type === 'said' && /cannot be an answer/.test(String(line.text));
  await watching.line('the refusal', refusal);
  expect(existsSync(link)).toBe(true);
  expect(agent.inputs()).toEqual([]);
  expect(watching.lines.filter(refusal)).toHaveLength(1);
});

test('several workers are served by one bridge, and none blocks another', async () => {
  const one = await worker({ name: 'worker-one' });
  const two = await worker({ name: 'worker-two' });
  const watching = await bridge(makeHome(tmux, rules));
  await one.perform({ play: [{ request: 'Something no rule knows?' }], input: 'go' });
  await watching.line(
    'the first waits for the human',
    (line) => inState('asked')(line) && line.worker === 'worker-one',
  );
  await two.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await two.fact('the second is answered', (fact) => fact.input !== undefined);
  expect(two.inputs()).toEqual(['Use SQLite.']);
  expect(one.inputs()).toEqual([]);
});

test('a corrupt journal is set aside, and what is on the screens goes to the human', async () => {
  const agent = await worker();
  const home = makeHome(tmux, rules);
  writeFileSync(join(home, 'bridge.db'), 'not a database at all, '.repeat(1000));
  chmodSync(join(home, 'bridge.db'), 0o600);
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  const watching = await bridge(home);
  const asked = await watching.line('asked', inState('asked'));
  expect(readdirSync(home).some((name) => /^bridge\.db\.corrupt-/.test(name))).toBe(true);
  await waitFor('the request is in the inbox', () => existsSync(join(home, 'inbox', `${asked.id}.request.md`)));
  expect(agent.inputs()).toEqual([]);
});

test('`bridge ask` opens a request and prints its answer; nothing is typed', async () => {
  const agent = await worker();
  const home = makeHome(tmux, rules);
  const watching = await bridge(home);
  await agent.perform({ run: [process.execPath, program, 'ask', '--home', home, 'Which database?'] });
  const { ran } = await agent.fact('it has its answer', (fact) => fact.ran !== undefined);
  expect(ran).toMatchObject({ code: 0, stdout: 'Use SQLite.\n' });
  expect(agent.inputs()).toEqual([]);
  // the log of the bridge tells it, each step once
  await watching.line('answered', (line) => inState('settled')(line) && line.answeredBy === 'rules');
  const steps = watching.lines.filter(({ type }) => type === 'request-changed').map(({ state }) => state);
  expect(steps).toEqual(['open', 'settled']);
});

test('`bridge ask` works without a daemon', async () => {
  const home = makeHome(tmux, rules);
  const asked = await run(tmux, ['ask', '--home', home, '-'], { input: 'Which database?' });
  expect({ code: asked.code, stdout: asked.stdout }).toEqual({ code: 0, stdout: 'Use SQLite.\n' });
});

test('a dismissed request is never answered, and a late answer says so', async () => {
  const agent = await worker();
  const home = makeHome(tmux);
  const watching = await bridge(home, '--mode', 'manual');
  await agent.perform({ play: [{ request: 'Go on?' }], input: 'go' });
  const asked = await watching.line('asked', inState('asked'));
  expect((await run(tmux, ['dismiss', '--home', home, String(asked.id)])).code).toBe(0);
  const late = await run(tmux, ['answer', '--home', home, String(asked.id), 'Go on.']);
  expect(late.code).toBe(1);
  expect(late.stdout).toMatch(/late|refused|dismissed/);
  expect(agent.inputs()).toEqual([]);
});

test('an unknown program’s request is seen, and its answer held, saying which flag releases it', async () => {
  const agent = await worker({ as: 'mystery', style: 'generic' });
  const home = makeHome(tmux);
  const watching = await bridge(home, '--mode', 'manual');
  await agent.perform({ play: [{ request: 'Go on?' }], input: 'go' });
  const asked = await watching.line('asked', inState('asked'));
  const answered = await run(tmux, ['answer', '--home', home, String(asked.id), 'Go on.']);
  expect(answered.code).toBe(2);
  expect(answered.stdout).toContain('--agent');
  expect(agent.inputs()).toEqual([]);
});

test('a generic program is served when asked for', async () => {
  const agent = await worker({ as: 'mystery', style: 'generic' });
  const watching = await bridge(makeHome(tmux, rules), '--agent', 'generic');
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await watching.line('delivered', inState('delivered'), 15_000);
  expect(agent.inputs()).toEqual(['Use SQLite.']);
});

test('a bare shell is never typed at without --allow-shell', async () => {
  await tmux.run(
    'new-session',
    '-d',
    '-s',
    'macs',
    '-x',
    '80',
    '-y',
    '24',
    '-c',
    makeWork(tmux),
    'bash --norc --noprofile',
  );
  const home = makeHome(tmux);
  const paneId = (await tmux.run('list-panes', '-a', '-F', '#{pane_id}')).trim();
  const held = await run(tmux, ['send', '--home', home, '--pane', paneId, 'touch harm']);
  expect(held.code).toBe(2);
  expect(held.stderr).toContain('shell');
  const typed = await run(tmux, ['send', '--home', home, '--pane', paneId, '--allow-shell', 'touch wanted']);
  await waitFor('the shell has run it', () => existsSync(join(makeWork(tmux), 'wanted')));
  expect([0, 3]).toContain(typed.code);
  expect(existsSync(join(makeWork(tmux), 'harm'))).toBe(false);
});
