import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PaneFacts } from '../../bridge/core/pane.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { listPanes } from '../../bridge/tmux/pane.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { agentChatKey, ask, bridge, eachHubTestStarts, home, tokens } from './hub-fixture.ts';

/** What a person may have started by `POST /api/v1/agents`, and nobody else anything: real tmux, `sleep` in the place of codex. */

eachHubTestStarts({ requestsPerMinute: 10_000 });

let tmux: PrivateTmux;
let first: PaneFacts;
beforeEach(async () => {
  tmux = privateTmux();
  mkdirSync(join(tmux.folder, 'bin'));
  symlinkSync('/bin/sleep', join(tmux.folder, 'bin', 'codex'));
  // what the catalogue puts on its command line is no number: it ends with a fault, and a shell stays
  vi.stubEnv('PATH', `${join(tmux.folder, 'bin')}:${process.env.PATH}`);
  vi.stubEnv('SHELL', '/bin/sh');
  vi.stubEnv('HOME', tmux.folder);
  await tmux.run('new-session', '-d', '-s', 'shop', '-x', '80', '-y', '20', 'exec sleep 1000');
  [first] = (await listPanes(new ExecCommands({ socketPath: tmux.socketPath }))) as [PaneFacts];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await tmux.stop();
});

/** Somebody has worked there, in a pane of that server. @returns its folder */
function known(name: string, pane: PaneFacts = first): string {
  const folder = join(realpathSync(tmux.folder), name);
  mkdirSync(folder, { recursive: true });
  const { host, server, socketPath, sessionName } = pane;
  bridge.projects.register({ ...pane }, { project: folder, host, server, socketPath, session: sessionName });
  return folder;
}
const wish = (more: object = {}) => ({ agent: 'codex', project: 'shop', name: 'tester', ...more });
const start = (body: object = wish(), token = tokens.human) => ask('POST', '/api/v1/agents', { token, body });
const panes = async () => (await tmux.run('list-panes', '-a', '-F', '#{pane_id}')).trim().split('\n');
const kinds = () =>
  bridge.journal.events().flatMap(({ kind, subject }) => (kind.startsWith('worker-') ? [`${kind} ${subject}`] : []));

test('people may, with whatever token; an agent may not, nor agent-chat’s clients, nor an agent by the socket', async () => {
  known('shop');
  expect((await ask('GET', '/api/v1/agents', { token: tokens.lead })).status).toBe(403);
  for (const token of [tokens.lead, tokens.coder, agentChatKey, undefined]) {
    const { status } = await ask('POST', '/api/v1/agents', { ...(token && { token }), body: wish() });
    expect([token, status]).toEqual([token, token === undefined ? 401 : 403]);
  }
  const { start: method } = await import('../../bridge/api/start.ts');
  const caller = { is: 'agent', program: 'codex', at: [{ pid: 1, startedAt: '2' }] } as const;
  await expect(
    method.run(bridge, { ...wish(), by: 'human', caller } as never, new AbortController().signal),
  ).rejects.toThrow('only you may start one');
  expect([await panes(), kinds()]).toEqual([[first.paneId], []]);
  expect((await start(wish({ name: 'one' }), tokens.human)).status).toBe(200);
  expect((await start(wish({ name: 'two' }), tokens.admin)).status).toBe(200);
  expect(kinds()).toEqual(
    ['one', 'two'].flatMap((name) => [`worker-starting shop/${name}`, `worker-started shop/${name}`]),
  );
});

test.each([
  ['a command in a name', { name: '$(touch x)' }, 400],
  ['two commands', { name: 'a; touch x' }, 400],
  ['a format of tmux', { name: '#(touch x)' }, 400],
  ['a flag', { name: '-d' }, 400],
  ['a pane', { name: '%1' }, 400],
  ['a line', { name: 'a\nb' }, 400],
  ['an escape', { name: 'a\u001b]52;c;x\u0007' }, 400],
  ['turned letters', { name: 'a\u202eb' }, 400],
  ['nothing', { name: '' }, 400],
  ['a longer name than there is', { name: 'a'.repeat(65) }, 400],
  ['another project in a name', { name: 'blog/tester' }, 400],
  ['the person', { name: 'human' }, 400],
  ['who answers for the person', { name: 'controller' }, 400],
  ['a folder as project', { project: '/' }, 404],
  ['the way to a folder', { project: '../shop' }, 404],
  ['a project that nobody knows', { project: 'blog' }, 404],
  ['a program that is none', { agent: 'sh' }, 404],
  ['a path as program', { agent: '/bin/sh' }, 404],
  ['a command as program', { agent: 'codex --yolo' }, 404],
  ['an inherited word', { agent: 'constructor', project: '__proto__' }, 404],
  ['a number', { agent: 7 }, 400],
  ['an argument that there is not', { command: 'touch x' }, 400],
  ['arguments for the program', { args: ['--yolo'] }, 400],
  ['another caller', { caller: { is: 'nobody' }, by: 'root' }, 400],
])('%s starts nothing', async (_, more, status) => {
  known('shop');
  const { status: given, body } = await start(wish(more));
  expect([given, body.error.message]).toEqual([status, expect.any(String)]);
  expect([await panes(), kinds(), readdirSync(tmux.folder).includes('x')]).toEqual([[first.paneId], [], false]);
});

test('a folder whose name a shell or tmux would run is a folder, and the agent is in it', async () => {
  for (const [index, name] of ['#(touch x)', "a'; touch x; '", '$(touch x)', '-t'].entries()) {
    const folder = known(`evil/${name}`, { ...first, panePid: index + 1 });
    const { projects } = (await ask('GET', '/api/v1/agents', { token: tokens.human })).body;
    const project = projects.find((one: { folder: string }) => one.folder === folder).name;
    const { status, body } = await start(wish({ project, name: `in ${index}` }));
    expect([name, status, body.error?.message]).toEqual([name, 200, undefined]);
    const path = async () =>
      (await tmux.run('display-message', '-p', '-t', body.pane, '#{pane_current_path}')).replace(/\n$/, '');
    await waitFor('it is there', async () => (await path()) === folder, { describe: path });
    expect([existsSync(join(folder, 'x')), existsSync(join(tmux.folder, 'x'))]).toEqual([false, false]);
  }
});

test('of ten that want one name at once one is started; a name that somebody has, or had, is refused', async () => {
  known('shop');
  const all = await Promise.all(Array.from({ length: 10 }, () => start()));
  expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
  expect(await panes()).toHaveLength(2);
  bridge.membership.add('shop/waiting', {}, null, 'refuse');
  bridge.membership.add('shop/gone', {}, null, 'refuse');
  bridge.membership.bind('shop/gone', { ...first, panePid: 1, agentPid: null, agentStartedAt: null });
  await tmux.run('set-option', '-p', '-t', first.paneId, '@label', 'labelled');
  for (const name of ['gone', 'labelled', 'tester']) {
    const { status, body } = await start(wish({ name }));
    expect([name, status, body.error.next_step]).toEqual([name, 409, expect.stringContaining('choose another name')]);
  }
  // a name that waits for its first pane waits for this
  expect((await start(wish({ name: 'waiting' }))).body).toMatchObject({ fullName: 'shop/waiting' });
  expect(bridge.directory.named('shop/waiting').pane).not.toBeNull();
});

test('one that does not come is told with the reason, and by whom it was wanted stays in the journal', async () => {
  known('shop');
  await tmux.run('set-hook', '-g', 'after-new-window', "kill-window -t 'shop:$'");
  const { status, body } = await start();
  expect([status, body.error.message]).toEqual([409, expect.stringMatching(/pane|window/)]);
  expect(kinds()).toEqual(['worker-starting shop/tester', 'worker-not-started shop/tester']);
  const [starting, failed] = bridge.journal.events({ subject: 'shop/tester' });
  expect(starting!.data).toMatchObject({ by: 'human', agent: 'codex', session: 'shop', socketPath: tmux.socketPath });
  expect(failed!.data).toMatchObject({ by: 'human', agent: 'codex', reason: body.error.message });
  expect(bridge.directory.members().filter(({ called }) => called === 'shop/tester')).toEqual([]);
  await tmux.run('set-hook', '-gu', 'after-new-window');
  expect((await start()).status).toBe(200);
});

test('only so many are started within a minute, and what was refused is not counted', async () => {
  known('shop');
  for (let count = 0; count < 10; count++) expect((await start(wish({ agent: 'sh' }))).status).toBe(404);
  for (let count = 1; count <= 6; count++) expect((await start(wish({ name: `n${count}` }))).status).toBe(200);
  const { status, body } = await start(wish({ name: 'n7' }));
  expect([status, body.error]).toMatchObject([
    409,
    {
      code: 'not-now',
      message: expect.stringContaining('6 agents were started within a minute'),
      next_step: /^again in/,
    },
  ]);
  expect(await panes()).toHaveLength(7);
});

test('what cannot be started says why, before one tries and when one does', async () => {
  const list = async () => (await ask('GET', '/api/v1/agents', { token: tokens.human })).body;
  expect((await list()).projects).toEqual([]);
  expect((await start()).body.error.next_step).toContain('bridge start worker');
  known('shop');
  const elsewhere = privateTmux();
  await elsewhere.run('new-session', '-d', '-s', 'blog', 'exec sleep 1000');
  const [other] = (await listPanes(new ExecCommands({ socketPath: elsewhere.socketPath }))) as [PaneFacts];
  const folder = known('blog', other);
  await elsewhere.stop();
  symlinkSync(
    execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim(),
    join(tmux.folder, 'bin', 'tmux'),
  );
  vi.stubEnv('PATH', join(tmux.folder, 'bin'));
  const { agents, projects } = await list();
  expect(projects).toMatchObject([
    { name: 'blog', folder, session: null, why: 'no tmux server of it runs' },
    { name: 'shop', session: 'shop', why: null },
  ]);
  expect(agents.filter(({ why }: { why: string | null }) => why === null)).toMatchObject([{ name: 'codex' }]);
  expect(agents.find(({ name }: { name: string }) => name === 'claude').why).toMatch(
    /^claude is not on the bridge's PATH: ./,
  );
  expect((await start(wish({ agent: 'claude' }))).body.error.message).toContain("is not on the bridge's PATH");
  expect((await start(wish({ project: 'blog' }))).body.error).toMatchObject({
    message: 'start: tester: no tmux server of it runs',
    next_step: `\`bridge start worker\` in ${folder} starts one there`,
  });
  expect(kinds()).toEqual([]);
});

test('neither a folder that holds the state directory nor one that has gone is a place for an agent', async () => {
  const { host, server, socketPath, sessionName: session } = first;
  bridge.projects.register({ ...first, paneId: '%8', panePid: 8 } as PaneFacts, {
    project: home,
    host,
    server,
    socketPath,
    session,
  });
  bridge.projects.register({ ...first, paneId: '%9', panePid: 9 } as PaneFacts, {
    ...{ project: join(tmux.folder, 'no-more'), host, server, socketPath, session },
  });
  const { projects } = (await ask('GET', '/api/v1/agents', { token: tokens.human })).body;
  expect(projects).toMatchObject([{ folder: home, why: expect.stringContaining('an agent could answer itself') }]);
  expect((await start(wish({ project: projects[0].name }))).status).toBe(409);
  expect((await start(wish({ project: 'no-more' }))).status).toBe(404);
  expect(await panes()).toEqual([first.paneId]);
});
