import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../bridge/journal/journal.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { runAsPerson } from './as-person.ts';
import { program } from './bridge-process.ts';
import { home, startWatching, startWorker, tmux } from './live-fixture.ts';
import { comms, eachWrapperTestStartsWith, here, kept, recording, scripts, tool } from './wrappers-fixture.ts';

/** A bridge that runs does what a wrapper is asked for, and Node is not started: here there is none on the path. */

eachWrapperTestStartsWith();

let nowhere: string;
beforeEach(() => {
  nowhere = join(tmux.folder, 'empty');
  mkdirSync(nowhere);
});

const withoutNode = (args: readonly string[], env: Record<string, string> = {}) =>
  comms(args, { env: { PATH: nowhere, ...env } });
const noNode = { code: 2, stderr: expect.stringContaining('node: No such file') };
const entries = (thread: string) => readFileSync(kept('threads', `${thread}.md`), 'utf8');

describe.skipIf(process.platform !== 'linux' || !existsSync('/usr/bin/perl'))('by a bridge', () => {
  test('agent_comms: what is asked is done and said as by Node, and each has a receipt', async () => {
    const bob = await recording('bob');
    await startWatching();
    expect(await withoutNode(['add', 'lead', 'macs'])).toMatchObject({
      code: 0,
      stdout: "added: lead -> session 'macs'\n",
    });
    expect(await withoutNode(['add', 'bob', 'bob', '--desc', 'ü "x"'])).toMatchObject({ code: 0 });
    expect(await withoutNode(['whoami'])).toMatchObject({ code: 0, stdout: 'lead\n' });
    expect(await withoutNode(['send', 'bob', 'one\ntwo'])).toMatchObject({
      code: 0,
      stdout: 'delivered: lead -> bob (bob)\n',
      stderr: '',
    });
    expect(await withoutNode(['post', 'x/y', 'kept ✓', '--to', 'bob'])).toMatchObject({
      code: 0,
      stdout: `posted to ${kept('threads/x/y.md')}  | doorbell 1/1 (registry)\n`,
    });
    expect((await withoutNode(['read', 'x/y'])).stdout).toMatch(/^## \[lead→bob [^\]]*\]\nkept ✓\n$/);
    expect(await withoutNode(['send', 'nobody', 'x'])).toMatchObject({
      code: 1,
      stderr: 'agent_comms: unknown: nobody\n',
    });
    expect(await withoutNode(['sned', 'bob', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown command 'sned'"),
    });
    expect(bob()).toEqual([
      expect.stringMatching(/^«agent-msg» from=lead \d\d:\d\dZ \| one\ntwo$/),
      expect.stringMatching(/^«agent-msg» lead posted in x\/y\.md/),
    ]);
  });

  test('tmux-bridge, agent-send and send-message: the same, with the rules of each', async () => {
    const bob = await recording('bob');
    await startWatching();
    const run = (name: string, ...args: string[]) =>
      tool(name, args, { env: { PATH: nowhere, TMUX_SOCKET: tmux.socketPath } });
    expect(await run('tmux-bridge', 'type', 'bob:0.0', 'x')).toMatchObject({
      code: 1,
      stderr: 'error: must read the pane before interacting. Run: tmux-bridge read bob:0.0\n',
    });
    for (const words of [
      ['read', 'bob:0.0'],
      ['type', 'bob:0.0', 'hello'],
      ['read', 'bob:0.0'],
      ['keys', 'bob:0.0', 'Enter'],
    ])
      expect(await run('tmux-bridge', ...words)).toMatchObject({ code: 0, stderr: '' });
    expect(await run('agent-send.sh', '-s', 'bob', '-m', 'by name')).toMatchObject({ code: 0, stderr: '' });
    expect(
      await run('send-message.sh', '-s', 'bob', '-b', '-m', Buffer.from('plain').toString('base64')),
    ).toMatchObject({ code: 0 });
    expect(bob()).toEqual(['hello', expect.stringMatching(/^\[.*:macs -> .*:bob\] by name$/), 'plain']);
  });

  test('`bridge tell MEMBER TEXT`: said and ended as by Node, which does whatever else is asked', async () => {
    const agent = await startWorker();
    const running = await startWatching(['--mode', 'manual']);
    await running.line('the worker is seen', ({ type }) => type === 'worker-found');
    const tell = (path: string, ...words: string[]) =>
      runAsPerson([program, 'tell', ...words], {
        cwd: tmux.folder,
        env: { ...here, BRIDGE_HOME: home, HOME: tmux.folder, PATH: path, TMUX_SOCKET: tmux.socketPath },
      });
    const told = await tell(nowhere, 'worker', 'Build it; all ✓');
    expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/^submitted worker in \d+ ms: /), stderr: '' });
    const unknown = await tell(nowhere, 'wroker', 'Build it.');
    expect(unknown).toEqual(await tell(process.env.PATH!, '--priority', 'normal', 'wroker', 'Build it.'));
    expect(unknown).toMatchObject({ stdout: '', stderr: expect.stringMatching(/^bridge: .*wroker.*\n {8}/) });
    for (const words of [
      ['worker', '-'],
      ['worker', ' '],
      ['worker', '--help'],
      ['worker', 'a', 'b'],
    ])
      expect([words, (await tell(nowhere, ...words)).stderr]).toEqual([words, expect.stringContaining('node')]);
    expect(agent.inputs()).toEqual([expect.stringContaining('Build it; all ✓')]);
  });

  test('twenty that post at once are kept whole, each once, and an agent is rung for all of it', async () => {
    const bob = await recording('bob');
    await startWatching();
    await withoutNode(['add', 'bob', 'bob']);
    const writers = Array.from({ length: 20 }, (_, at) => `w${at}`);
    const ran = await Promise.all(
      writers.flatMap((name) =>
        [1, 2, 3].map((number) => withoutNode(['post', 'race', `${name} says ${number}.`, '--from', name])),
      ),
    );
    expect(ran.map(({ code }) => code)).toEqual(ran.map(() => 0));
    const bodies = entries('race').matchAll(/^## \[(w\d+) [^\]]*\]\n(w\d+) says (\d)\.$/gm);
    expect([...bodies].map(([, head, body, number]) => `${head} ${body} ${number}`).sort()).toEqual(
      writers.flatMap((name) => [1, 2, 3].map((number) => `${name} ${name} ${number}`)).sort(),
    );
    // the last bell rings for the last entry, though nobody waits for it; its record says how it ended
    const records = () =>
      readFileSync(kept('comms.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('\tDOORBELL:'));
    await waitFor('all bells have rung', () => records().length === bob().length && records().length > 1);
    expect(bob().length).toBeLessThan(20);
    expect(records().length).toBe(bob().length);
  });

  test('what needs a process of its own gets one, and nothing was done before', async () => {
    await startWatching();
    await withoutNode(['add', 'bob', 'bob']);
    // what a registry says is run by nobody but its caller
    expect(await withoutNode(['add', 'late', 'late', '--revive', `touch ${kept('ran')}`])).toMatchObject({ code: 0 });
    for (const args of [['send', 'late', 'x'], ['post', 'x', 'y'], ['threads']])
      expect(await withoutNode(args)).toMatchObject(noNode);
    expect(existsSync(kept('ran')) || existsSync(kept('threads'))).toBe(false);
    writeFileSync(kept('registry.json'), '{"agents": {}}');
    expect(await withoutNode(['threads'])).toMatchObject({ code: 0 });
    const odd: Record<string, string>[] = [
      { AGENT_COMMS_TMUX: '/usr/bin/tmux' },
      { AGENT_COMMS_THREADS: 'here' },
      { AGENT_COMMS_LOG: '/dev/stderr' },
      { HOME: '' },
      { BRIDGE_HOME: join(tmux.folder, 'another') },
    ];
    for (const env of odd)
      expect([env, await withoutNode(['threads'], env)]).toEqual([env, expect.objectContaining(noNode)]);
    const send = (args: readonly string[]) => tool('agent-send.sh', args, { env: { PATH: nowhere }, input: 'text' });
    for (const args of [
      ['-s', 'macs'],
      ['-s', 'macs', '-f', '/dev/stdin'],
      ['-s', 'macs', '-m', 'x', '-H', 'elsewhere'],
    ])
      expect([args, await send(args)]).toEqual([args, expect.objectContaining(noNode)]);
    expect(await tool('tmux-bridge', ['doctor'], { env: { PATH: nowhere } })).toMatchObject(noNode);
  });

  test('a process that anything holds back does its own work: the bridge, which nothing holds back, does none of it', async () => {
    await startWatching();
    const threads = (...before: string[]) =>
      execFileSync(before[0]!, [...before.slice(1), join(scripts, 'agent_comms'), 'threads'], {
        env: { ...here, BRIDGE_HOME: home, HOME: tmux.folder, PATH: nowhere, TMUX_SOCKET: tmux.socketPath },
        stdio: ['ignore', 'pipe', 'pipe'],
      }).toString();
    expect(threads('/usr/bin/env')).toBe('(no threads yet)\n');
    expect(() => threads('/usr/bin/setpriv', '--no-new-privs')).toThrow(/node: No such file/);
    // as root alone: another world of processes, or of files
    if (process.getuid?.() !== 0) return;
    for (const world of [['--pid', '--fork'], ['--mount'], ['--user', '--map-root-user']])
      expect(() => threads('/usr/bin/unshare', ...world)).toThrow(/node: No such file/);
  });

  test('what never ends holds nobody up: a FIFO in the place of a thread or the log is refused, and the bridge goes on', async () => {
    await startWatching();
    mkdirSync(kept('threads'), { recursive: true });
    const fifo = kept('threads/pipe.md');
    execFileSync('mkfifo', [fifo]);
    expect(await withoutNode(['read', 'pipe'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is no file'),
    });
    expect(await withoutNode(['post', 'pipe', 'x'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ENXIO'),
    });
    execFileSync('mkfifo', [kept('comms.log')]);
    expect(await withoutNode(['log'])).toMatchObject(noNode);
    expect(await withoutNode(['threads'])).toMatchObject({ ...noNode });
  });

  test('whoever hangs up while an agent is at work has its text withdrawn, as with bridge send', async () => {
    const agent = await startWorker();
    await startWatching(['--mode', 'manual']);
    await withoutNode(['add', 'worker', 'macs']);
    await tmux.run('select-window', '-t', agent.paneId);
    await agent.perform({ busy: true });
    const hangUp = new AbortController();
    const sent = runAsPerson([join(scripts, 'agent_comms'), 'send', 'worker', 'Build it.', '--from', 'lead'], {
      cwd: tmux.folder,
      env: { ...here, BRIDGE_HOME: home, HOME: tmux.folder, PATH: nowhere, TMUX_SOCKET: tmux.socketPath },
      killed: hangUp.signal,
    });
    const { journal } = Journal.open(join(home, 'bridge.db'), { now: Date.now() });
    await waitFor('the text waits', () => journal.deliveries({ open: true }).length === 1);
    hangUp.abort();
    await sent;
    await waitFor('nothing waits', () => journal.deliveries({ open: true }).length === 0);
    journal.close();
    await agent.perform({ busy: false });
    expect(await withoutNode(['send', 'worker', 'Build that.', '--from', 'lead'])).toMatchObject({ code: 0 });
    expect(agent.inputs()).toEqual([expect.stringContaining('Build that.')]);
  });
});
