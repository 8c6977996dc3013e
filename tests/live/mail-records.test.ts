import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { command, eachMailTestStarts, found, home, member, ran, tool, watch } from './mail-fixture.ts';

/** What is kept of messages, and how it is found again. */

eachMailTestStarts({ workers: ['lead', 'coder'] });

const out = async (...args: string[]) => (await command(...args)).stdout;

test('a message says for ever what became of it for each, since when, and by which evidence', async () => {
  await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await command('add', 'critic');
  const sent = await command(
    'post',
    'release/plan',
    'Is it green?',
    '--to',
    'coder',
    'critic',
    '--priority',
    'high',
    '--ttl',
    '1h',
  );
  const id = /#(\w{4})/.exec(sent.stdout)![1]!;
  await watching.line('it is in the pane', (line) => line.type === 'mail-changed' && line.state === 'submitted');
  const shown = await out('show', id);
  expect(shown).toMatch(
    new RegExp(
      [
        `^human → \\S*coder, critic  #${id}  thread release/plan  .* ago`,
        '  Is it green\\?',
        'sent 2\\S+Z, priority high, nobody is told of it after 2\\S+Z',
        'submitted \\S*coder since 2\\S+Z: its text is in the pane \\(confirmed on screen\\)',
        'waiting   critic since 2\\S+Z: offline: it is told when a bridge sees it again\\n$',
      ].join('\\n'),
    ),
  );
  expect(await out('show', `#${id}`)).toMatch(/^human/);
  expect(await command('unsend', id)).toMatchObject({ code: 0 });
  await watching.stop();
  expect(JSON.parse(await out('show', id, '--json'))).toMatchObject({
    message: {
      thread: 'release/plan',
      outcomes: [
        { is: 'submitted', receipt: 'confirmed on screen' },
        { member: 'critic', is: 'withdrawn' },
      ],
    },
  });
  expect(await command('show', '#zzzz')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining("unknown message 'zzzz'"),
  });
});

test('who acknowledges a message has read it, and nobody is woken; nobody marks the mail of another', async () => {
  const coder = await member('coder');
  const lead = await member('lead');
  const watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  await command('tell', 'coder', 'one', '--wait');
  const id = /#(\w{4})/.exec(coder.inputs().at(-1)!)![1]!;
  await coder.perform({ play: [tool('ack', id), tool('ack', id, '--json')], input: 'go' });
  const [first, second] = await ran(coder, 2);
  expect([first, second]).toMatchObject([
    { code: 0, stdout: `read #${id}\n` },
    { code: 0, stdout: expect.stringContaining('"read":[]') },
  ]);
  expect(await out('show', id)).toMatch(/\nread {6}\S*coder since/);
  await lead.perform({ play: [tool('ack', id)], input: 'go' });
  expect((await ran(lead, 1))[0]).toMatchObject({ code: 64, stderr: expect.stringContaining('is no message to lead') });
  expect(await command('ack', id)).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('is no message to human; nothing was marked'),
  });
  expect([coder.inputs().length, lead.inputs().length]).toEqual([1, 0]);
});

test('messages are found by whom, when and which words; a record of each step is kept', async () => {
  for (const name of ['coder', 'critic']) await command('add', name);
  await command('tell', 'coder', 'The build is green.');
  await command('tell', 'critic', 'Look at the build, please.');
  await command('tell', 'coder', '数据库 is a database: "quoted" OR -x*');
  expect((await out('search', 'BUILD')).match(/^ {2}.*/gm)).toEqual([
    '  Look at the build, please.',
    '  The build is green.',
  ]);
  expect((await out('search', 'build', 'green')).match(/^ {2}.*/gm)).toEqual(['  The build is green.']);
  expect(await out('search', '数据')).toContain('is a database');
  expect(await out('search', '"quoted" OR -x*')).toContain('is a database');
  expect(await command('search', 'nothing of this')).toMatchObject({
    code: 1,
    stdout: 'no message holds these words\n',
  });
  expect(await command('search', '"*"')).toMatchObject({ code: 64 });
  expect((await out('history', '--with', 'coder')).match(/^ {2}.*/gm)).toHaveLength(2);
  expect((await out('history', '-n', '1')).match(/^ {2}.*/gm)).toHaveLength(1);
  expect(await out('history', '--until', '1h')).toBe('no such message\n');
  for (const wrong of [
    ['--since', 'soon'],
    ['--until', '2026-02-30'],
    ['--last', '0'],
    ['--with', 'nobody'],
    ['--group', 'none'],
  ])
    expect({ wrong, ...(await command('history', ...wrong)) }).toMatchObject({ code: 64 });
  const log = await out('log', '--mail');
  expect(log.match(/human \(human\) → \S+ {2}#\w{4} {2}sent: /g)).toHaveLength(3);
  const records = JSON.parse(await out('log', '--mail', '--json'));
  const file = readFileSync(join(home, 'mail.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records).toEqual(file);
  expect(await command('log', '--mail', '-f')).toMatchObject({ code: 64, stderr: expect.stringContaining('tail -f') });
});

test('the log of mail follows while a bridge runs', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await command('tell', 'coder', 'one', '--wait');
  await waitFor('it is in the log', () => readFileSync(join(home, 'mail.log'), 'utf8').includes('"state":"submitted"'));
  expect(coder.inputs()).toHaveLength(1);
});

test('a message that was archived is shown as before, and its thread is listed with what is left', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await command('add', 'critic');
  const id = /#(\w{4})/.exec((await command('post', 'plan', 'one', '--to', 'coder', '--wait')).stdout)![1]!;
  await command('post', 'plan', 'two', '--to', 'critic');
  const before = await out('show', id, '--json');
  // a whole second later: what ended in this one stays
  await waitFor('it is old enough', async () => (await out('archive', '--older-than', '0')).includes('1 messages'));
  expect(await out('show', id, '--json')).toBe(before);
  expect(await command('thread', 'read', 'plan')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^(?!.*\bone\b)[\s\S]*two/),
  });
  await waitFor(
    'the page has what is left',
    () => !readFileSync(join(home, 'threads/plan.md'), 'utf8').includes('one'),
  );
  expect(await command('verify')).toMatchObject({ code: 0 });
  expect(coder.inputs()).toHaveLength(1);
});
