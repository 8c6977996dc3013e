import { spawnSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../bridge/host/clock.ts';
import { leaveLetter, mailOutbox } from '../../bridge/host/mail-outbox.ts';
import { minter } from '../../bridge/host/mint.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { program, run } from './bridge-process.ts';
import { command, eachMailTestStarts, found, home, member, ran, tmux, tool, watch } from './mail-fixture.ts';

/** Who writes: what the processes show, what a token shows, and what is only said. */

eachMailTestStarts({ workers: ['lead', 'coder'] });

/** Runs what follows among processes of its own, as an agent's sandbox does; empty where this machine does not allow it. */
const apart = [
  ['unshare', '--pid', '--fork', '--mount-proc'],
  ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--mount-proc'],
].find(([command, ...args]) => spawnSync(command!, [...args, 'true']).status === 0);

const inSandbox = (...args: string[]) => ({
  run: [...(apart ?? []), process.execPath, program, ...args, '--home', home],
});

test.runIf(apart)(
  'a sandbox that hides who is above is no person: it may claim its own name, and decides nothing',
  async () => {
    const [lead, coder] = [await member('lead'), await member('coder')];
    const watching = await watch();
    for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
    await lead.perform({ request: 'Shall I go on?' });
    const asked = await watching.line('asked', (line) => line.type === 'request-changed' && line.state === 'asked');
    const id = String(asked.id);
    for (const words of [
      ['answer', id, 'Yes.'],
      ['dismiss', id],
      ['token', 'add', 'coder'],
      ['resume', '--thread', 'x'],
    ])
      await lead.perform(inSandbox(...words));
    await lead.perform(inSandbox('tell', 'coder', 'from within'));
    await lead.perform(inSandbox('tell', 'lead', 'to myself', '--as', 'coder'));
    const all = await ran(lead, 6);
    const refused = { code: 1, stderr: expect.stringContaining('runs under a sandbox') };
    expect(all.slice(0, 4)).toEqual(Array(4).fill(expect.objectContaining(refused)));
    expect(all[4]).toMatchObject({ code: 0, stdout: expect.stringContaining('submitted coder') });
    expect(all[5]).toMatchObject({ code: 1, stderr: expect.stringContaining('is another pane') });
    expect(coder.inputs()).toEqual([expect.stringMatching(/^\[lead\? -> coder #\w{4}\] from within$/)]);
    expect(lead.inputs()).toEqual([]);
  },
);

test('a token shows who one is where the processes do not, until it is revoked; nobody is another who is there', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  expect(await command('add', 'ci', '--description', 'builds')).toMatchObject({ code: 0 });
  const given = await command('token', 'add', 'builds', '--member', 'ci');
  const token = given.stdout.trim();
  expect(token).toMatch(/^bridge_\S{32}$/);
  const withToken = (...args: string[]) => run(tmux, [...args, '--home', home], { env: { BRIDGE_TOKEN: token } });
  expect(await withToken('whoami')).toMatchObject({ stdout: 'ci (verified): by its token\n' });
  expect(await withToken('tell', 'coder', 'green')).toMatchObject({ code: 0 });
  expect(await command('tell', 'coder', 'green?', '--as', 'ci')).toMatchObject({ code: 0 });
  expect(await command('tell', 'ci', 'done', '--as', 'coder')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is another pane'),
  });
  expect((await command('token', 'list')).stdout).toMatch(/^builds {2}speaks for ci, given /);
  await coder.perform({ ...tool('whoami'), env: { BRIDGE_TOKEN: token } });
  expect((await ran(coder, 1))[0]).toMatchObject({ code: 64, stderr: expect.stringContaining('in the pane of coder') });
  expect(await command('token', 'revoke', 'builds')).toMatchObject({ code: 0 });
  expect(await withToken('tell', 'coder', 'again')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('revoked'),
  });
  expect(coder.inputs().map((text) => text.replace(/ #\w{4}/, ''))).toEqual([
    '[ci -> coder] green',
    '[ci? -> coder] green?',
  ]);
});

test('what was left in the outbox is sent once, in order, as a claim; what is no letter is put aside', async () => {
  const coder = await member('coder');
  const letter = (body: string, more = {}) => ({ to: ['coder'], body, as: 'ci', ...more });
  const mint = minter(systemClock);
  const [first, second, forged, stranger] = [mint(), mint(), mint(), mint()] as string[];
  await command('add', 'ci');
  // nor is a tmux server asked because a file names it
  let isAsked = false;
  const server = createServer(() => {
    isAsked = true;
  }).listen(join(tmux.folder, 'fake.sock'));
  leaveLetter(home, second!, letter('two', { tmuxSocket: join(tmux.folder, 'fake.sock'), paneHint: coder.paneId }));
  leaveLetter(home, first!, letter('one'));
  // who it says stood above it is not believed
  leaveLetter(home, forged!, letter('three', { caller: { is: 'nobody' }, as: null }));
  leaveLetter(home, stranger!, letter('four', { to: ['nobody-of-that-name'] }));
  const outbox = mailOutbox(home);
  symlinkSync('/etc/passwd', join(outbox, `${mint()}.json`));
  writeFileSync(join(outbox, `${mint()}.json`), 'no JSON');
  writeFileSync(join(outbox, '.half.tmp'), 'x');
  writeFileSync(join(outbox, 'notes.txt'), 'mine');
  await watch();
  const inputs = () => coder.inputs().map((text) => text.replace(/ #\w{4}/, ''));
  await waitFor('both have come', () => inputs().length === 2, { limitMs: 30_000 });
  expect(inputs()).toEqual(['[ci? -> coder] one', '[ci? -> coder] two']);
  expect(isAsked).toBe(false);
  server.close();
  await waitFor('nothing is left to be judged', () => readdirSync(outbox).every((name) => !/\.json$/.test(name)));
  expect(readdirSync(outbox).filter((name) => name.endsWith('.refused'))).toHaveLength(4);
  expect(readdirSync(outbox)).toEqual(expect.arrayContaining(['.half.tmp', 'notes.txt']));

  // a crash between the sending and the removal leaves the file
  leaveLetter(home, second!, letter('two'));
  expect(await command('relay')).toMatchObject({ code: 0 });
  leaveLetter(home, mint() as string, letter('five'));
  await waitFor('the next one has come', () => inputs().length === 3, { limitMs: 30_000 });
  expect(inputs()[2]).toBe('[ci? -> coder] five');
  expect(await command('send', '--pane', coder.paneId, 'the end')).toMatchObject({ code: 0 });
  expect(inputs()).toHaveLength(4);
});

test('without a bridge that runs, `relay` takes it up', async () => {
  await command('add', 'coder');
  leaveLetter(home, minter(systemClock)<string>(), { to: ['coder'], body: 'one', as: 'coder' });
  leaveLetter(home, minter(systemClock)<string>(), { to: ['coder'], body: 'two', as: 'lead' });
  await command('add', 'lead');
  const { code, stdout } = await command('relay');
  expect([code, stdout]).toEqual([
    1,
    expect.stringMatching(/^1 message taken up\nrefused: .*nobody writes to himself; it is /),
  ]);
  expect((await command('inbox', '--as', 'coder')).stdout).toContain('  two\n');
});

test('a bridge that dies while a command waits: its message is kept once, and the command says so', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await coder.perform({ busy: true });
  const waiting = command('tell', 'coder', 'one', '--wait=read', '--timeout', '3');
  await waitFor('it is kept', async () => (await command('inbox', '--as', 'coder')).stdout.includes('one'));
  await watching.stop('SIGKILL');
  expect(await waiting).toMatchObject({ code: 2, stdout: expect.stringMatching(/^waiting {3}coder/) });
  await watch();
  await coder.perform({ busy: false });
  await waitFor('it has come', () => coder.inputs().length > 0, { limitMs: 30_000 });
  expect(await command('tell', 'coder', 'two', '--wait')).toMatchObject({ code: 0 });
  expect(coder.inputs().map((text) => text.replace(/^.*\] /, ''))).toEqual(['one', 'two']);
});

test('three that relay at once take each letter once; one for a member that is disabled waits', async () => {
  for (const name of ['ci', 'away']) await command('add', name);
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await coder.perform({ busy: true });
  await command('disable', 'away');
  const mint = minter(systemClock);
  for (let count = 0; count < 20; count += 1)
    leaveLetter(home, mint() as string, { to: ['coder'], body: `letter ${count}`, as: 'ci' });
  leaveLetter(home, mint() as string, { to: ['away'], body: 'for later', as: 'ci' });
  const relays = await Promise.all([1, 2, 3].map(() => command('relay')));
  expect(relays.map(({ code, stdout, stderr }) => [code, code === 0 ? '' : stdout + stderr])).toEqual(
    Array(3).fill([0, '']),
  );
  const letters = () => readdirSync(mailOutbox(home));
  await waitFor('all but one are taken', () => letters().length === 1);
  expect(letters()[0]).toMatch(/\.json$/);
  const history = JSON.parse((await command('history', '--with', 'coder', '--json')).stdout) as Array<{ body: string }>;
  expect(history.map(({ body }) => body)).toEqual(Array.from({ length: 20 }, (_, count) => `letter ${count}`));
  await command('enable', 'away');
  await waitFor('the last one is taken', () => letters().length === 0);
});
