import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { Line } from './bridge-process.ts';
import { command, eachMailTestStarts, found, home, member, ran, tmux, tool, watch } from './mail-fixture.ts';

/** A person among the members: `inbox/`, `outbox/` and a call. */

eachMailTestStarts({
  workers: ['coder'],
  yaml: 'notify:\n  command: [sh, -c, \'printf "%s|" "$BRIDGE_TITLE" >> "$HOME/called"\']\n',
});

const pages = () => readdirSync(join(home, 'inbox')).filter((name) => name.endsWith('.message.md'));
const archived = () => readdirSync(join(home, 'archive')).sort();
const texts = (inputs: readonly string[]) => inputs.map((text) => text.replace(/ #\w{4}/, ''));

test('an agent writes to the person, who is called, reads, and answers by a file, by a command or not at all', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('coder is watched', found('coder'));
  await coder.perform(tool('tell', 'human', 'Which port?\nI have two in mind.'));
  const [sent] = await ran(coder, 1);
  expect(sent).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^submitted human in \d+ ms: its page is in inbox\/ /),
  });
  const told = await watching.line('told', (line: Line) => line.type === 'human-told');
  const id = String(told.id);
  expect(pages()).toEqual([`${id}.message.md`]);
  const page = join(home, 'inbox', pages()[0]!);
  expect(statSync(page).mode & 0o777).toBe(0o600);
  expect(readFileSync(page, 'utf8')).toMatch(
    /^---\nid: \S+\nfrom: coder\nto: human\nthread: [\s\S]*\n---\n\nWhich port\?\nI have two in mind\.\n$/,
  );
  await waitFor('called', () => existsSync(join(tmux.folder, 'called')));
  expect(readFileSync(join(tmux.folder, 'called'), 'utf8')).toBe('coder writes to you|');

  writeFileSync(join(home, 'outbox', `${id.slice(-6)}.response.md`), '8080, please.\n');
  await waitFor('the answer has come', () => coder.inputs().length === 1, { limitMs: 30_000 });
  expect(texts(coder.inputs())).toEqual(['[human -> coder] 8080, please.']);
  await waitFor('both are put away', () => archived().length === 2);
  expect(archived()).toEqual([`${id}.message.md`, `${id}.response.md`]);
  expect(pages()).toEqual([]);

  // another, read with the command, and answered by one
  await coder.perform(tool('tell', 'human', 'And the host?'));
  await ran(coder, 2);
  const shown = await command('inbox');
  expect(shown.stdout).toMatch(/^coder → human {2}#(\w{4}) {2}thread coder\+human .* ago\n {2}And the host\?\n$/);
  await waitFor('the page is put away', () => pages().length === 0);
  expect((await command('inbox')).stdout).toBe('human has read all of its mail\n');
  const [, short] = /#(\w{4})/.exec(shown.stdout)!;
  expect(await command('reply', short!, 'localhost')).toMatchObject({ code: 0 });
  expect(texts(coder.inputs())[1]).toBe('[human -> coder] localhost');
  expect(await command('verify')).toMatchObject({ code: 0 });
});

test('a page that was lost is written again as a bridge starts; with none the message waits in the journal', async () => {
  await command('add', 'ci');
  expect(await command('tell', 'human', 'The build is red.', '--as', 'ci')).toMatchObject({ code: 0 });
  expect(pages()).toHaveLength(1);
  rmSync(join(home, 'inbox', pages()[0]!));
  await watch();
  await waitFor('it is there again', () => pages().length === 1);
  expect(await command('tell', 'human', 'x')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('nobody writes to himself'),
  });
});
