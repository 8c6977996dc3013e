import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { command, eachMailTestStarts, found, member, ran, tool, watch } from './mail-fixture.ts';

/** How a message is sent: when it is over, what comes first, what is waited for, and what is sent once. */

eachMailTestStarts({ workers: ['lead', 'coder'] });

const json = async (...args: string[]) => {
  const { code, stdout } = await command(...args, '--json');
  return { code, ...JSON.parse(stdout) };
};

test('what nobody was told of in time expires, whoever wrote it is told once, and it says so for ever', async () => {
  const lead = await member('lead', { inputs: [] });
  const watching = await watch();
  await watching.line('watched', found('lead'));
  await command('add', 'critic');
  await lead.perform({ play: [tool('tell', 'critic', 'Is it green?', '--ttl', '1s')], input: 'go' });
  const [sent] = await ran(lead, 1);
  expect(sent).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/^waiting {3}critic: offline: .* {2}#\w{4}\n$/),
  });
  const id = /#(\w{4})/.exec(sent!.stdout)![1]!;
  await watching.line('it has expired', (line) => line.type === 'mail-changed' && line.state === 'expired');
  await watching.line('the note is told', (line) => line.type === 'mail-changed' && line.state === 'submitted');
  expect(lead.inputs().at(-1)).toMatch(
    new RegExp(
      `^\\[bridge -> lead #\\w{4}\\] Your message #${id} to critic has expired: nobody could be told of it within 1\\.0 s\\. It began: Is it green\\? \\(no reply needed\\)$`,
    ),
  );
  expect(await json('thread', 'read', 'critic+lead')).toMatchObject({ code: 0 });
});

test('one waits until it was read, or answered, and is told which; no longer than it says', async () => {
  const coder = await member('coder', {
    inputs: [{ when: 'port', do: [tool('inbox'), tool('reply', 'PORT', '8080')] }],
  });
  const watching = await watch();
  await watching.line('watched', found('coder'));
  expect(await command('tell', '--wait', 'coder', 'one')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^submitted coder/),
  });
  expect(await command('tell', 'coder', 'two', '--wait=read')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^submitted coder in \d+ ms: its text/),
  });
  const unread = command('tell', 'coder', 'three\nfour', '--wait=read', '--timeout', '30');
  await waitFor('the bell has rung', () => coder.inputs().at(-1)?.startsWith('[bridge -> coder]'));
  await coder.perform({ play: [tool('inbox')], input: 'go' });
  expect(await unread).toMatchObject({ code: 0, stdout: expect.stringMatching(/^read {6}coder in \d+ ms/) });
  // the bell has rung for it before its time is measured
  const five = ['tell', 'coder', 'five\nsix', '--idempotency-key', 'five'];
  expect(await command(...five, '--wait')).toMatchObject({ code: 0 });
  expect(await command(...five, '--wait=read', '--timeout', '0.2')).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/^submitted coder in \d+ ms: a doorbell is in the pane {2}#\w{4}\n$/),
  });
  expect(await command('tell', 'coder', 'x', '--wait=soon')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('expected one of submitted, read, replied'),
  });
  expect(await command('tell', 'coder', 'seven', '--wait', '20', '-q')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
  });
});

test('an answer is waited for and printed', async () => {
  const lead = await member('lead', { inputs: [] });
  const coder = await member('coder', { inputs: [] });
  const watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  const asking = lead.perform({
    play: [tool('tell', 'coder', 'Which port?', '--wait=replied', '--timeout', '30')],
    input: 'go',
  });
  await watching.line('it is in the pane', (line) => line.type === 'mail-changed' && line.state === 'submitted');
  const id = /#(\w{4})/.exec(coder.inputs().at(-1)!)![1]!;
  await coder.perform({ play: [tool('reply', id, '8080')], input: 'go' });
  await asking;
  const [answered] = await ran(lead, 1);
  expect(answered).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^replied {3}coder in \d+ ms: #\w{4} {2}#\w{4}\ncoder → lead {2}#\w{4} {2}thread coder\+lead .*\n {2}8080\n$/,
    ),
  });
});

test('the same key is sent once, and another text under it is refused', async () => {
  const coder = await member('coder', { inputs: [] });
  const watching = await watch();
  await watching.line('watched', found('coder'));
  const send = (text: string) => json('tell', 'coder', text, '--idempotency-key', 'build-7');
  const [first, again] = [await send('green'), await send('green')];
  expect([first.code, again.code, again.id]).toEqual([0, 0, first.id]);
  expect(await command('tell', 'coder', 'red', '--idempotency-key', 'build-7')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('names another message of human'),
  });
  expect(coder.inputs()).toHaveLength(1);
});

test.each([
  [['--ttl', '0'], /--ttl/],
  [['--ttl', 'soon'], /expected a time, as 90, 15m, 2h or 3d/],
  [['--ttl', '0.5s'], /shorter than a second/],
  [['--ttl', '91d'], /longer than 90 days/],
  [['--priority', 'urgent'], /expected one of low, normal, high/],
  [['--timeout', '-1'], /--timeout/],
  [['--idempotency-key', ''], /is empty/],
])('%j is refused, and nothing is sent', async (flags, reason) => {
  await command('add', 'coder');
  expect(await command('tell', 'coder', 'x', ...flags)).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(reason),
  });
  expect(JSON.parse((await command('threads', '--json')).stdout)).toEqual([]);
});
