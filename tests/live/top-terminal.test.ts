import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostile, hostileWords } from '../fixtures/hostile-words.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { canServeSsh, startSshServer } from '../fixtures/ssh-host.ts';
import { command, eachMailTestStarts, found, home, member, tmux, watch } from './mail-fixture.ts';
import { foreignEscapes, type TopView, top, whileShown } from './top-fixture.ts';

/** `bridge top` and the terminal that it is on: its size, its colours, what it finds at the end, and the bridge that is gone. */

eachMailTestStarts({ workers: ['lead', 'coder'] });

/** The process of the view itself, below the pane's shell. */
async function pidOf({ paneId }: TopView): Promise<number> {
  const tty = (await tmux.run('display-message', '-p', '-t', paneId, '#{pane_tty}')).trim();
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '-t', tty.replace('/dev/', '')], { encoding: 'utf8' }).split(
    '\n',
  );
  return Number.parseInt(lines.find((line) => / top --home /.test(line))!, 10);
}

/** The terminal as its shell finds it: other screen, cursor, wrapping; and whether it shows what one types, line by line. */
async function terminal({ paneId, press, sees }: TopView): Promise<string> {
  await press('stty -a | grep -ow -e "-*icanon" -e "-*echo" | xargs echo modes', 'Enter');
  const modes = /modes .*echo.*/.exec(await sees(/^modes .*echo/m))![0];
  const flags = await tmux.run('display-message', '-p', '-t', paneId, '#{alternate_on} #{cursor_flag} #{wrap_flag}');
  return `${flags.trim()} ${modes}`;
}
const asItWas = '0 1 1 modes icanon echo';

const ends: ReadonlyArray<readonly [how: string, end: (view: TopView) => Promise<void>]> = [
  ['q', async (view: TopView) => view.press('q')],
  ['Ctrl-C', async (view: TopView) => view.press('C-c')],
  ...(['SIGTERM', 'SIGHUP', 'SIGINT'] as const).map(
    (signal) => [signal, async (view: TopView) => void process.kill(await pidOf(view), signal)] as const,
  ),
  ['a fault of its own', async (view: TopView) => void process.kill(await pidOf(view), 'SIGUSR2')],
];

test.each(ends)('%s leaves the terminal as it was found', async (how, end) => {
  await watch();
  const fault = join(tmux.folder, 'fault.mjs');
  writeFileSync(fault, "process.on('SIGUSR2', () => { throw new Error('a fault'); });");
  const view = await top({ node: ['--import', fault] });
  expect(
    await tmux.run('display-message', '-p', '-t', view.paneId, '#{alternate_on} #{cursor_flag} #{wrap_flag}'),
  ).toBe('1 0 0\n');
  await end(view);
  await view.sees(how === 'a fault of its own' ? /^left [1-9]/m : 'left 0');
  expect(await terminal(view)).toBe(asItWas);
  expect(view.raw()).toContain('\x1b[?2004l');
});

test('from 80x24 to 200x50 and down to 40x10: each row stands where a fresh one would', async () => {
  const lead = await member('lead');
  const watching = await watch();
  await watching.line('watched', found('lead'));
  await lead.perform({ play: [{ request: `Which way? ${'wide 宽 words '.repeat(40)}` }], input: 'go' });
  const view = await top();
  await view.sees('Which way?');
  for (const [columns, rows, key] of [
    [200, 50, 'Enter'],
    [40, 10, 'Escape'],
    [30, 6, 'Enter'],
    [80, 24, 'Enter'],
  ] as const) {
    await tmux.run('resize-window', '-t', view.paneId, '-x', String(columns), '-y', String(rows));
    await view.press(key);
    await view.sees(columns < 40 ? 'too small: 40x8 at least' : /Which way\?/);
    const drawn = async () => (await view.screen()).replace(/\d+(?:\.\d)? s\b/g, 'N s');
    // while ages are of another length, a row is another one
    const height = columns < 40 ? 1 : rows;
    await waitFor(
      'all rows are there, and stay as they are when they are drawn anew',
      async () => {
        const before = await drawn();
        await view.press('C-l');
        const after = await drawn();
        return before === after && after.trimEnd().split('\n').length === height;
      },
      { describe: view.screen },
    );
  }
});

test.each([
  ['without NO_COLOR in colours', {}, true],
  ['with NO_COLOR in none, and all of it can be told apart', { NO_COLOR: '1' }, false],
])('%s', async (_, env, isPainted) => {
  const lead = await member('lead');
  const watching = await watch();
  await watching.line('watched', found('lead'));
  await lead.perform({ play: [{ request: 'Which way?' }], input: 'go' });
  const view = await top({ env });
  await view.sees(/^> .*Which way\?/m);
  await view.sees(/\[1 requests \(1\)\]/);
  await view.press('2', '3', '1', 'a', 'x');
  await view.sees('> x_');
  const written = whileShown(view.raw());
  expect(/\x1b\[\d+m/.test(written)).toBe(isPainted);
  expect(foreignEscapes(written, isPainted)).toEqual([]);
});

test('a bridge that is killed is missed at once, and what one types stays; it is back by itself', async () => {
  const lead = await member('lead');
  const watching = await watch();
  await watching.line('watched', found('lead'));
  await lead.perform({ play: [{ request: 'Which way?' }], input: 'go' });
  const view = await top();
  await view.sees('Which way?');
  await view.press('a', 'Westward');
  await view.sees('> Westward_');
  const killedAt = performance.now();
  await watching.stop('SIGKILL');
  await view.sees('the bridge has not answered for');
  expect(performance.now() - killedAt).toBeLessThan(2_000);
  await watch();
  await waitFor('it is back', async () => !(await view.screen()).includes('has not answered'), { limitMs: 20_000 });
  await view.press('.', 'Enter');
  await view.sees(/submitted \(/);
  expect(lead.inputs().filter((text) => text === 'Westward.')).toHaveLength(1);
  await lead.perform({ play: [{ request: 'And then?' }], input: 'go' });
  await view.sees('And then?');
});

test('what is pasted is one text, whatever keys its letters are', async () => {
  const lead = await member('lead');
  const watching = await watch();
  await watching.line('watched', found('lead'));
  await lead.perform({ play: [{ request: 'Which way?' }], input: 'go' });
  const view = await top();
  await view.sees('Which way?');
  const paste = async (text: string) => {
    await tmux.run('set-buffer', text);
    await tmux.run('paste-buffer', '-p', '-t', view.paneId);
  };
  await paste('P\nd\ny\nq\n');
  await view.sees('a or r first');
  await view.press('a');
  await paste('first line\nd\ny');
  await view.sees('first line\\nd\\ny_');
  expect((await command('requests', '--json')).stdout).toContain('Which way?');
  await view.press('Enter');
  await view.sees(/submitted \(/);
  await waitFor('it is in the pane', () => lead.inputs().includes('first line\nd\ny'));
  expect((await command('list')).stdout).not.toContain('paused');
});

test('of what agents, their panes and their folders say no sequence reaches the terminal, and a row stays a row', async () => {
  const lead = await member('lead', { inputs: [] }, 1, 'ev\u202eil<b>\x1b[2J');
  await tmux.run('select-pane', '-t', lead.paneId, '-T', hostile.replaceAll('\u0000', ''));
  await tmux.run('rename-window', '-t', lead.paneId, 'w\x1b]0;t\x07\u202e');
  const watching = await watch();
  await watching.line('watched', found('lead'));
  expect(await command('add', 'ci', '--description', 'builds')).toMatchObject({ code: 0 });
  for (const words of Object.values(hostileWords))
    await command('post', 'a', words.replaceAll('\u0000', '0'), '--to', 'lead', '--as', 'ci', '--wait', '0');
  const kept = JSON.parse((await command('history', '--json')).stdout) as unknown[];
  expect(kept.length).toBeGreaterThan(7);
  await lead.perform({ play: [{ request: `Is this fine? ${hostileWords.markup}\u202e\u200b` }], input: 'go' });
  const view = await top();
  await view.sees('Is this fine?');
  for (const key of ['Enter', 'Escape', '2', 'Enter', 'Escape', '3', 'Enter']) {
    await view.press(key);
    await view.sees(key === 'Enter' ? '↑↓ Esc' : '↑↓ Enter');
  }
  for (const [columns, rows] of [
    [40, 10],
    [200, 50],
  ] as const) {
    await tmux.run('resize-window', '-t', view.paneId, '-x', String(columns), '-y', String(rows));
    await waitFor('it is drawn anew', async () => (await view.screen()).trimEnd().split('\n').length === rows, {
      describe: view.screen,
    });
  }
  await view.press('q');
  await view.sees('left 0');
  expect(foreignEscapes(whileShown(view.raw()))).toEqual([]);
});

describe.skipIf(!canServeSsh)('over ssh (takes root and an sshd)', () => {
  test('it answers, follows the size of the terminal, and ends with the connection', async () => {
    const lead = await member('lead');
    const watching = await watch();
    await watching.line('watched', found('lead'));
    const ssh = await startSshServer(tmux.folder);
    try {
      const line = `ssh -tt -o StrictHostKeyChecking=no ${ssh.options.join(' ')} root@127.0.0.1 "LANG=C.UTF-8 $TOP"`;
      const view = await top({ line });
      await lead.perform({ play: [{ request: 'Which way?' }], input: 'go' });
      await view.sees('Which way?');
      await tmux.run('resize-window', '-t', view.paneId, '-x', '120', '-y', '40');
      await waitFor('it has the new size', async () => (await view.screen()).split('\n')[39]?.includes('q quit'), {
        describe: view.screen,
      });
      await view.press('a', 'Westward.', 'Enter');
      await view.sees(/submitted \(/);
      await view.press('q');
      await view.sees('left 0');
      expect(await terminal(view)).toBe(asItWas);
      await view.press('clear', 'Enter');
      await view.press(line, 'Enter');
      await view.sees('q quit');
      const all = () => execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
      const own = () => all().filter((one) => one.includes(`top --home ${home}`) && !/\bssh |sh -c/.test(one));
      expect(own()).toHaveLength(1);
      await view.press('Enter', '~', '.');
      await waitFor('no view is left', () => own().length === 0, { describe: async () => own().join('\n') });
    } finally {
      await ssh.stop();
    }
  });
});

if (!canServeSsh) process.stderr.write('no root or no sshd here: bridge top is not tried over ssh\n');
