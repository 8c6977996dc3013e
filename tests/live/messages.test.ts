import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { makeWork, run } from './bridge-process.ts';
import { command, eachMailTestStarts, found, home, member, ran, tmux, tool, watch } from './mail-fixture.ts';

/** Agents that write to each other: real panes, a real bridge, and its own command run by the agents. */

const scriptedAgent = fileURLToPath(new URL('../../bridge/demo/scripted-agent.mjs', import.meta.url));
const names = ['lead', 'coder', 'critic'];

eachMailTestStarts({ workers: names });

const tell = (...args: string[]) => command('tell', ...args);

test('a short text lands whole in the pane of a member, from an agent that is known by its processes, with a receipt', async () => {
  const script = { inputs: [{ when: 'go', do: [tool('tell', 'coder', 'The tests are green.')] }] };
  const [lead, coder] = [await member('lead', script), await member('coder', { inputs: [] })];
  const watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  await lead.perform({ play: [tool('tell', 'coder', 'The tests are green.')], input: 'go' });
  const [sent] = await ran(lead, 1);
  expect(sent).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^submitted coder in \d+ ms: its text is in the pane {2}#\w{4}\n$/),
  });
  expect(coder.inputs()).toEqual([expect.stringMatching(/^\[lead -> coder #\w{4}\] The tests are green\.$/)]);
  const [, id] = /#(\w{4})/.exec(coder.inputs()[0]!)!;
  await coder.perform({ play: [tool('reply', `#${id}`, 'Good.'), tool('whoami')], input: 'go' });
  const [replied, whoami] = await ran(coder, 2);
  expect([replied!.code, whoami!.stdout]).toEqual([0, 'coder (verified): its processes are in that pane\n']);
  expect(lead.inputs().at(-1)).toMatch(/^\[coder -> lead #\w{4}\] Good\.$/);
});

test('several lines are a doorbell, read with a command that marks them; who read before is not rung for', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  const sent = await tell('coder', 'one\ntwo');
  expect(sent, sent.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('a doorbell is in the pane') });
  expect(coder.inputs()).toEqual([
    expect.stringMatching(
      /^\[bridge -> coder\] 1 message #\w{4} from human in thread coder\+human \(\/.*\/threads\/coder\+human\.md\); read with: bridge inbox --home \S+$/,
    ),
  ]);
  // it stays unread for whoever only looks
  for (const _ of [1, 2])
    expect((await run(tmux, ['inbox', '--as', 'coder', '--home', home])).stdout).toContain('  one\n  two');
  await coder.perform({ play: [tool('inbox'), tool('inbox')], input: 'read' });
  const [first, second] = await ran(coder, 2);
  expect(first!.stdout).toMatch(/^human → coder {2}#\w{4} {2}thread coder\+human .* ago\n {2}one\n {2}two\n$/);
  expect(second!.stdout).toBe('coder has read all of its mail\n');

  // what comes while it works is read before the bell can ring
  await coder.perform({ busy: true });
  expect(await tell('coder', 'three\nfour', '--wait', '0')).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('waiting'),
  });
  await coder.perform(tool('inbox'));
  expect((await ran(coder, 3))[2]!.stdout).toContain('  three\n  four');
  await coder.perform({ busy: false });
  await tell('coder', 'the last one');
  await waitFor('the last one is there', () => coder.inputs().at(-1)?.includes('the last one'));
  expect(coder.inputs()).toHaveLength(2);
});

test('mail for one that is down waits, in order, for whoever bears the name next, and comes once', async () => {
  await member('lead');
  const first = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await tmux.run('kill-pane', '-t', first.paneId);
  await watching.line('lost', (line) => line.type === 'worker-lost');
  for (const text of ['one', 'two', 'three'])
    expect(await tell('coder', text)).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^waiting {3}coder: offline/),
    });
  const again = await member('coder', { inputs: [] }, 2);
  await waitFor('all of it has come', () => again.inputs().length >= 3, {
    limitMs: 30_000,
    describe: () => tmux.screen(again.paneId),
  });
  expect(again.inputs().map((text) => text.replace(/^.*\] /, ''))).toEqual(['one', 'two', 'three']);
});

test('a pane that was watched before its agent started has one name, and gets its mail', async () => {
  const work = makeWork(tmux, 'coder');
  await tmux.run(
    ...['new-session', '-d', '-s', 'coder', '-x', '100', '-y', '30', '-c', work, 'bash --norc --noprofile'],
  );
  await tmux.run('set-option', '-p', '-t', '=coder:', '@label', 'coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  const codex = join(tmux.folder, 'codex');
  symlinkSync(scriptedAgent, codex);
  await tmux.run('send-keys', '-t', '=coder:', `exec -a codex ${process.execPath} ${codex} --name coder`, 'Enter');
  const named = () => run(tmux, ['members', '--home', home, '--json']).then(({ stdout }) => JSON.parse(stdout));
  await waitFor('it is a member', async () => (await named()).length > 0, { limitMs: 30_000 });
  expect(await tell('coder', 'hello')).toMatchObject({ code: 0 });
  expect(await named()).toMatchObject([{ name: 'coder', agent: 'codex' }]);
});

test('three agents that always answer are held after ten messages, and a person lets them go on', async () => {
  const next = (name: string) => ({ inputs: [{ when: '->', do: [tool('tell', name, 'and you?', '--wait', '0')] }] });
  const [lead, coder, critic] = [
    await member('lead', next('coder')),
    await member('coder', next('critic')),
    await member('critic', next('lead')),
  ];
  const watching = await watch();
  for (const name of names) await watching.line(`${name} is watched`, found(name));
  const begun = await tell('lead', 'begin');
  expect(begun, `${begun.stdout}${begun.stderr}`).toMatchObject({ code: 0 });
  const held = await watching.line(
    'held',
    (line) => line.type === 'said' && /may be a loop/.test(String(line.text)),
    60_000,
  );
  const inputs = () => [lead, coder, critic].flatMap((agent) => agent.inputs());
  expect(inputs()).toHaveLength(11);
  expect(inputs().filter((text) => /messages without a person, held from 11 on/.test(text))).toHaveLength(5);
  const thread = /--thread (\S+?)`/.exec(String(held.text))![1]!;
  expect(await run(tmux, ['resume', '--thread', thread, '--home', home])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('goes on, 1 sent'),
  });
  await waitFor('it went on', () => inputs().length > 11, { limitMs: 30_000 });
});

test('who asks something while mail is on its way to it gets the answer first', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await coder.perform({ busy: true });
  expect(await tell('coder', 'later', '--wait', '0')).toMatchObject({ code: 2 });
  await watching.line('it is on its way', (line) => line.type === 'delivery-changed' && line.state === 'held');
  await coder.perform({ request: 'Which database?' });
  await coder.perform({ busy: false });
  const asked = await watching.line('asked', (line) => line.type === 'request-changed');
  expect(await run(tmux, ['answer', String(asked.id), 'SQLite.', '--home', home])).toMatchObject({ code: 0 });
  await waitFor('both have come', () => coder.inputs().length === 2, { limitMs: 30_000 });
  expect(coder.inputs().map((text) => text.replace(/^.*\] /, ''))).toEqual(['SQLite.', 'later']);
});

test('who says how long to wait is told at the receipt, and not that it is held', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await coder.perform({ busy: true });
  expect(await tell('coder', 'one')).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/^waiting {3}coder: busy: /),
  });
  const waited = tell('coder', 'two', '--wait', '60');
  await waitFor('it is kept', async () =>
    (await run(tmux, ['inbox', '--as', 'coder', '--home', home])).stdout.includes('two'),
  );
  await coder.perform({ busy: false });
  expect(await waited).toMatchObject({ code: 0, stdout: expect.stringMatching(/^submitted coder in /) });
  expect(coder.inputs().map((text) => text.replace(/^.*\] /, ''))).toEqual(['one', 'two']);
});

test('what cannot be sent is said, and nothing of it is kept', async () => {
  const coder = await member('coder', { inputs: [] });
  const watching = await watch();
  await watching.line('watched', found('coder'));
  const wrong: ReadonlyArray<readonly [string[], RegExp]> = [
    [['codre', 'x'], /unknown member 'codre'[\s\S]*did you mean 'coder'/],
    [['coder', '  '], /nothing visible/],
    [['../coder', 'x'], /unknown member/],
    [['coder'], /missing/],
    [['coder', 'x'.repeat(70_000)], /65536 are the most/],
  ];
  for (const [args, reason] of wrong)
    expect({ args: args[0], ...(await tell(...args)) }).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(reason),
    });
  expect(await run(tmux, ['post', '../x', 'y', '--to', 'coder', '--home', home])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('thread'),
  });
  await coder.perform({ play: [tool('tell', 'coder', 'to myself')], input: 'go' });
  expect((await ran(coder, 1))[0]).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('nobody writes to himself'),
  });
  expect(JSON.parse((await run(tmux, ['threads', '--home', home, '--json'])).stdout)).toEqual([]);
});
