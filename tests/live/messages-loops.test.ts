import { expect, test } from 'vitest';
import { privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { command, eachMailTestStarts, found, member, ran, tmux, tool, watch } from './mail-fixture.ts';

/** What ends a loop, and what lets it go on. */

eachMailTestStarts({ workers: ['lead', 'coder'], yaml: 'limits: { message-hops: 3 }\n' });

test('a chain that is held is said to everybody concerned; a person who types to one of them begins it anew', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const watching = await watch();
  for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
  let count = 0;
  const says = async (from: typeof lead, to: string) => {
    await from.perform({ ...tool('tell', to, `message ${count}`) });
    count += 1;
    return (await ran(from, Math.ceil(count / 2))).at(-1)!;
  };
  for (const [from, to] of [
    [lead, 'coder'],
    [coder, 'lead'],
    [lead, 'coder'],
  ] as const)
    expect(await says(from, to)).toMatchObject({ code: 0 });
  expect(await says(coder, 'lead')).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/^held {6}lead: 4 messages without a person/),
  });
  const notes = await command('inbox', '--peek');
  expect(notes.stdout).toMatch(
    /bridge → human[\s\S]*In thread coder\+lead a message of coder is held[\s\S]*bridge resume --thread coder\+lead/,
  );
  await lead.perform(tool('inbox'));
  expect((await ran(lead, 3)).at(-1)?.stdout).toMatch(/1 message to you is held in thread coder\+lead/);

  // a person at a real terminal types to coder
  const terminal = privateTmux();
  try {
    const attach = `TMUX= tmux -S ${tmux.socketPath} attach -t =coder-1`;
    await terminal.run('new-session', '-d', '-s', 'person', '-x', '120', '-y', '41', attach);
    await waitFor('the person sees it', async () => (await terminal.screen('person')).includes('OpenAI Codex'));
    const before = coder.inputs().length;
    await terminal.run('send-keys', '-t', 'person', '-l', 'please go on');
    await waitFor('the draft', async () => (await coder.state()).draft === 'please go on');
    await terminal.run('send-keys', '-t', 'person', 'Enter');
    await waitFor('it was said', () => coder.inputs().length > before);
    await waitFor(
      'it is taken for what it is',
      async () => {
        await coder.perform(tool('tell', 'lead', 'again', '--wait', '0'));
        const said = (await ran(coder, 3)).at(-1)!;
        return !said.stdout.startsWith('held');
      },
      { limitMs: 30_000, everyMs: 500 },
    );
  } finally {
    await terminal.stop();
  }
});
