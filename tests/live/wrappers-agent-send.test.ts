import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startWorker, tmux } from './live-fixture.ts';
import { eachWrapperTestStartsWith, recording, scripts, tool } from './wrappers-fixture.ts';

eachWrapperTestStartsWith();

const host = hostname().split('.')[0];

test('agent-send: the preamble names both ends, the text is one input, and what is wrong types nothing', async () => {
  const inputs = await recording('dst');
  const send = (...args: string[]) => tool('agent-send.sh', args);
  writeFileSync(join(tmux.folder, 'm.txt'), 'from\na file');
  const odd = '$(touch x) `id` "q" \' \\ ; C-c ünï 漢字 🚀;';
  expect(await send('-s', 'dst', '-m', 'status?')).toEqual({ code: 0, stdout: '', stderr: '' });
  await send('-s', 'dst', '-S', 'web1:lead', '-n', 'far', '-m', odd);
  await send('-s', 'dst', '-f', join(tmux.folder, 'm.txt'));
  // this host by its own name is no other
  const ran = await tool('agent-send.sh', ['-v', '-r', '3', '-H', `${host}`, '-s', 'dst'], { input: 'from stdin' });
  expect(ran.stderr).toMatch(/^agent-send: -r is taken and does nothing: .*\n%\d+ \(dst\): submitted.*\n$/);
  const claim = await send('-v', '-s', 'dst', '-S', 'web1:lead', '-m', 'x');
  expect(claim.stderr).toMatch(/, as web1:lead, which is a claim\n$/);
  const preamble = `[${host}:macs -> ${host}:dst]`;
  expect(inputs()).toEqual([
    `${preamble} status?`,
    `[web1:lead -> far:dst] ${odd}`,
    `${preamble} from\na file`,
    `${preamble} from stdin`,
    `[web1:lead -> ${host}:dst] x`,
  ]);
  const wrong: ReadonlyArray<readonly [string[], RegExp]> = [
    [['-m', 'x'], /-s SESSION is required/],
    [['-s', 'ds', '-m', 'x'], /no session ds/],
    [['-s', 'dst', '-m', ' '], /is empty/],
    [['-s', 'dst', '-x', '-m', 'x'], /unknown argument: -x/],
    [['-s', 'dst', '-f', '/nowhere'], /-f \/nowhere/],
    [
      ['-s', 'dst', '-H', 'me@far', '-m', 'x'],
      /no host that bridge knows; nothing was sent\n.*bridge\.yaml.*: hosts: \{NAME: me@far\}$/m,
    ],
  ];
  for (const [args, reason] of wrong) {
    const ran = await send(...args);
    expect({ args, stderr: ran.stderr }).toEqual({ args, stderr: expect.stringMatching(reason) });
    expect(ran.code).toBeGreaterThan(0);
  }
  expect(inputs()).toHaveLength(5);
  // a shell would run it, and nobody has looked
  const words = ['-s', 'macs', '-S', 'far:lead', '-m', '$(touch ran)'];
  expect(await send(...words)).toMatchObject({ code: 1, stderr: expect.stringContaining('is your own pane') });
  const shelled = await tool('agent-send.sh', words, {
    env: { TMUX: '', TMUX_PANE: '', TMUX_SOCKET: tmux.socketPath },
  });
  expect(shelled).toMatchObject({ code: 2, stderr: expect.stringContaining('shell') });
  expect((await tmux.screen('=macs:')).trim()).toBe('$');
  expect(existsSync(join(tmux.folder, 'ran'))).toBe(false);
});

test('send-message: the same without a preamble, also from base64; a link to it works', async () => {
  const inputs = await recording('dst');
  const link = join(tmux.folder, 'send-message');
  symlinkSync(join(scripts, 'send-message.sh'), link);
  await tool('send-message.sh', ['-s', 'dst', '-m', 'one']);
  await tool('send-message.sh', ['-s', 'dst', '-b', '-m', Buffer.from('two\nthree;').toString('base64')]);
  await tool('../scripts/send-message.sh', ['-s', 'dst'], { input: 'four' });
  expect(inputs()).toEqual(['one', 'two\nthree;', 'four']);
});

test('agent-send waits for an agent that works, and gives it the text as by bridge send', async () => {
  const agent = await startWorker();
  await tmux.run('select-window', '-t', agent.paneId);
  await agent.perform({ busy: true });
  const sent = tool('agent-send.sh', ['-s', 'macs', '-S', 'far:lead', '-m', 'Build it.']);
  await agent.perform({ busy: false });
  expect(await sent).toMatchObject({ code: 0 });
  expect(agent.inputs()).toEqual([`[far:lead -> ${host}:macs] Build it.`]);
});
