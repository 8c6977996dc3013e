import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { type Ran, runAsPerson } from './as-person.ts';
import { eachTestStartsWith, home, startWatching, startWorker, tmux } from './live-fixture.ts';

/** The names of other tools: what their users' scripts and skills call, and look for in what comes back. */

const scripts = resolve(import.meta.dirname, '../../scripts');

/** A program that nobody knows, with a prompt: it takes bracketed paste, and journals each input. */
const recorder = `import json, os, sys, tty
journal, text, pasting = open(sys.argv[1], 'a', buffering=1), b'', False
tty.setraw(0)
os.write(1, b'\\x1b[?2004h')
while True:
    os.write(1, b'\\x1b[2J\\x1b[Hready\\r\\n\\r\\n> ' + text.replace(b'\\n', b'\\r\\n  '))
    data = os.read(0, 65536)
    while data:
        if data.startswith(b'\\x1b[200~'): pasting, data = True, data[6:]
        elif data.startswith(b'\\x1b[201~'): pasting, data = False, data[6:]
        elif data[:1] == b'\\r' and not pasting:
            journal.write(json.dumps(text.decode()) + '\\n'); text, data = b'', data[1:]
        else: text, data = text + (b'\\n' if data[:1] == b'\\r' else data[:1]), data[1:]
`;

eachTestStartsWith();

/** The sender's pane, and the variables of a shell in it. */
let here: Record<string, string>;
let shell: string;
beforeEach(async () => {
  await tmux.run('new-session', '-d', '-s', 'macs', '-x', '120', '-y', '30', 'PS1="$ " bash --norc --noprofile');
  const said = await tmux.run('display-message', '-p', '-t', '=macs:', '#{pane_id} #{socket_path},#{pid},0');
  const [paneId = '', inside = ''] = said.trim().split(' ');
  shell = paneId;
  here = { TMUX: inside, TMUX_PANE: paneId };
});

function tool(
  name: string,
  args: readonly string[],
  more: { env?: Record<string, string>; input?: string } = {},
): Promise<Ran> {
  return runAsPerson([join(scripts, name), ...args], {
    cwd: tmux.folder,
    env: {
      PATH: process.env.PATH,
      HOME: tmux.folder,
      XDG_RUNTIME_DIR: tmux.folder,
      TMUX_TMPDIR: tmux.folder,
      BRIDGE_HOME: home,
      LANG: 'C.UTF-8',
      ...here,
      ...more.env,
    },
    ...(more.input === undefined ? {} : { input: more.input }),
  });
}

const bridge = (...args: string[]) => tool('tmux-bridge', args);

/** A program in a session of its own. @returns what it was given so far */
async function recording(session: string): Promise<() => string[]> {
  const [program, journal] = [join(tmux.folder, 'recorder.py'), join(tmux.folder, `${session}.json`)];
  writeFileSync(program, recorder);
  await tmux.run('new-session', '-d', '-s', session, '-x', '140', '-y', '30', `python3 ${program} ${journal}`);
  await waitFor('it reads', async () => (await tmux.screen(`=${session}:`)).includes('> '.trim()));
  return () =>
    existsSync(journal)
      ? readFileSync(journal, 'utf8')
          .trimEnd()
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as string)
      : [];
}

test('tmux-bridge: list, name, resolve, id, version, help and doctor print what scripts look for', async () => {
  const { code, stdout } = await bridge('name', shell, 'lead');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  const list = (await bridge('list')).stdout.split('\n');
  expect(list[0]).toMatch(/^TARGET +SESSION:WIN +SIZE +PROCESS +LABEL +CWD$/);
  expect(list[1]).toMatch(new RegExp(`^${shell} +macs:0\\.0 +120x30 +bash +lead +\\S`));
  expect(await bridge('resolve', 'lead')).toMatchObject({ code: 0, stdout: `${shell}\n` });
  expect(await bridge('resolve', 'nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*nobody/),
  });
  expect(await bridge('id')).toMatchObject({ code: 0, stdout: `${shell}\n` });
  expect(await bridge('version')).toMatchObject({ code: 0, stdout: 'tmux-bridge 2.0.0\n' });
  for (const words of [[], ['help'], ['--help']])
    expect(await bridge(...words)).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: tmux-bridge') });
  expect(await bridge('doctor')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/panes: 1, with a label: 1\nOK\n$/),
  });
  expect(await bridge('frobnicate')).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown command') });
  const none = { TMUX_BRIDGE_SOCKET: join(tmux.folder, 'none') };
  expect(await tool('tmux-bridge', ['list'], { env: none })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is not a valid socket'),
  });
});

test('tmux-bridge: a type, message or keys without a read is refused in its very words, and each consumes its read', async () => {
  const inputs = await recording('bob');
  await tmux.run('set-option', '-p', '-t', '=bob:', '@name', 'bob');
  const unread = {
    code: 1,
    stdout: '',
    stderr: 'error: must read the pane before interacting. Run: tmux-bridge read bob\n',
  };
  for (const words of [
    ['type', 'bob', 'x'],
    ['message', 'bob', 'x'],
    ['msg', 'bob', 'x'],
    ['keys', 'bob', 'Enter'],
  ])
    expect(await bridge(...words)).toEqual(unread);
  expect(await bridge('read', 'bob', '1')).toMatchObject({ code: 0, stdout: '>\n' });
  expect(await bridge('type', 'bob', 'hello', 'there;')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await bridge('type', 'bob', 'again')).toEqual(unread);
  expect((await bridge('read', 'bob', '1')).stdout).toBe('> hello there;\n');
  expect(await bridge('keys', 'bob', 'Enter')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(inputs()).toEqual(['hello there;']);
  // the same pane by another name is the same pane
  await bridge('read', 'bob:');
  await tmux.run('set-option', '-p', '-t', shell, '@name', 'lead');
  expect(await bridge('message', 'bob', 'Which port?')).toMatchObject({ code: 0 });
  await bridge('read', 'bob');
  await bridge('keys', 'bob', 'Enter');
  // nothing shows that this command runs there
  expect(inputs()[1]).toBe(
    `[tmux-bridge from:lead? pane:${shell} at:macs:0.0 — load the smux skill to reply] Which port?`,
  );
});

test('tmux-bridge: what the guard refuses is said with why: oneself, a dialog, another’s draft, a pane that has changed', async () => {
  await recording('bob');
  await bridge('read', shell);
  expect(await bridge('type', shell, 'x')).toMatchObject({ code: 1, stderr: expect.stringContaining('your own pane') });
  await bridge('read', 'bob:');
  await tmux.run('send-keys', '-t', '=bob:', 'of a person');
  await waitFor('it stands there', async () => (await tmux.screen('=bob:')).includes('of a person'));
  expect(await bridge('type', 'bob:', 'x')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not as it was read'),
  });
  await bridge('read', 'bob:');
  expect(await bridge('keys', 'bob:', 'Enter')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not yours'),
  });
  const agent = await startWorker();
  await agent.perform({ dialog: 'npm test' });
  await bridge('read', 'worker');
  expect(await bridge('type', 'worker', 'y')).toMatchObject({ code: 1, stderr: expect.stringContaining('dialog') });
});

test('tmux-bridge: the server is that of TMUX_BRIDGE_SOCKET, of $TMUX where it lives, else the one that owns $TMUX_PANE', async () => {
  const ask = (env: Record<string, string>) => tool('tmux-bridge', ['doctor'], { env });
  expect((await ask({})).stdout).toContain(`socket: ${tmux.socketPath} ($TMUX)`);
  expect((await ask({ TMUX_BRIDGE_SOCKET: tmux.socketPath })).stdout).toContain('(TMUX_BRIDGE_SOCKET)');
  // a pane of that id on another server is not this one, unless this command runs in it
  expect((await ask({ TMUX: '/nowhere/s,1,0' })).stdout).toContain('(default)');
});

for (const place of ['without a daemon', 'through the daemon'] as const) {
  test(`tmux-bridge: an agent gets one input, with a receipt, ${place}`, async () => {
    const agent = await startWorker();
    if (place === 'through the daemon') await startWatching(['--mode', 'manual']);
    for (const words of [
      ['read', 'worker'],
      ['type', 'worker', 'Build the service.'],
      ['read', 'worker'],
      ['keys', 'worker', 'Enter'],
    ])
      expect(await bridge(...words)).toMatchObject({ code: 0, stderr: '' });
    expect(agent.inputs()).toEqual(['Build the service.']);
  });
}

const host = hostname().split('.')[0];

test('agent-send: the preamble names both ends, the text is one input, and what is wrong types nothing', async () => {
  const inputs = await recording('dst');
  const send = (...args: string[]) => tool('agent-send.sh', args);
  writeFileSync(join(tmux.folder, 'm.txt'), 'from\na file');
  const odd = '$(touch x) `id` "q" \' \\ ; C-c ünï 漢字 🚀;';
  expect(await send('-s', 'dst', '-m', 'status?')).toEqual({ code: 0, stdout: '', stderr: '' });
  await send('-s', 'dst', '-S', 'web1:lead', '-n', 'far', '-m', odd);
  await send('-s', 'dst', '-f', join(tmux.folder, 'm.txt'));
  await tool('agent-send.sh', ['-v', '-r', '3', '-s', 'dst'], { input: 'from stdin' });
  const preamble = `[${host}:macs -> ${host}:dst]`;
  expect(inputs()).toEqual([
    `${preamble} status?`,
    `[web1:lead -> far:dst] ${odd}`,
    `${preamble} from\na file`,
    `${preamble} from stdin`,
  ]);
  const wrong: ReadonlyArray<readonly [string[], RegExp]> = [
    [['-m', 'x'], /-s SESSION is required/],
    [['-s', 'ds', '-m', 'x'], /no session ds/],
    [['-s', 'dst', '-m', ' '], /is empty/],
    [['-s', 'dst', '-x', '-m', 'x'], /unknown argument: -x/],
    [['-s', 'dst', '-f', '/nowhere'], /-f \/nowhere/],
    [['-s', 'dst', '-H', 'me@far', '-m', 'x'], /other hosts/],
  ];
  for (const [args, reason] of wrong) {
    const ran = await send(...args);
    expect({ args, stderr: ran.stderr }).toEqual({ args, stderr: expect.stringMatching(reason) });
    expect(ran.code).toBeGreaterThan(0);
  }
  expect(inputs()).toHaveLength(4);
  // a shell would run it, and nobody has looked
  const shelled = await send('-s', 'macs', '-S', 'far:lead', '-m', '$(touch ran)');
  expect(shelled).toMatchObject({ code: 2, stderr: expect.stringContaining('shell') });
  expect((await tmux.screen('=macs:')).trim()).toBe('$');
  expect(existsSync(join(tmux.folder, 'ran'))).toBe(false);
});

const comms = (args: readonly string[], more: { env?: Record<string, string>; input?: string } = {}) =>
  tool('agent_comms', args, { ...more, env: { TMUX_SOCKET: tmux.socketPath, ...more.env } });

async function commed(...args: string[]): Promise<string> {
  const ran = await comms(args);
  expect({ args, ...ran }).toMatchObject({ args, code: 0 });
  return ran.stdout;
}

/** tmux-agent-comms' folder. */
const kept = (...parts: string[]) => join(tmux.folder, '.config', 'agent-comms', ...parts);

test('agent_comms: the registry, a send with its marker, a broadcast, and the log', async () => {
  const [bob, eve] = [await recording('bob'), await recording('eve')];
  expect(await commed('init')).toContain('registry.json');
  expect(await comms(['init'])).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });
  for (const name of ['claude', 'codex']) await commed('remove', name);
  await commed('add', 'lead', 'macs');
  await commed('add', 'bob', 'bob', '--desc', 'writes code');
  await commed('add', 'eve', 'eve');
  await commed('add', 'gone', 'nowhere');
  expect(await commed('list')).toMatch(/^bob +bob +up +enabled +writes code$/m);
  expect(await commed('ls')).toMatch(/^gone +nowhere +down +enabled/m);
  expect(await commed('whoami')).toBe('lead\n');
  expect(await commed('send', 'bob', 'the', 'parser; C-c')).toBe('delivered: lead -> bob (bob)\n');
  expect(bob()).toEqual([expect.stringMatching(/^«agent-msg» from=lead \d\d:\d\dZ \| the parser; C-c$/)]);
  expect(await comms(['send', 'bbo', 'x'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("did you mean 'bob'"),
  });
  expect(await comms(['send', 'gone', 'x'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('SESSION_DOWN'),
  });
  // a session of which another's name is the beginning is another
  expect(await comms(['send', 'lead', 'x'], { env: { TMUX_PANE: '' } })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('shell'),
  });
  await commed('disable', 'eve');
  expect(await comms(['send', 'eve', 'x'])).toMatchObject({ code: 1, stderr: expect.stringContaining('DISABLED') });
  await comms(['broadcast', 'all of you', '--from', 'lead', '-q']);
  expect(bob()[1]).toMatch(/all of you$/);
  expect(eve()).toEqual([]);
  await comms(['send', 'bob', 'one\ttwo\nforged\tline', '--from', 'x']);
  expect((await commed('log', '-n', '1')).trimEnd().split('\t').slice(1)).toEqual([
    'x→bob',
    'DELIVERED',
    'one\\ttwo\\nforged\\tline',
  ]);
  expect(statSync(kept('comms.log')).mode & 0o077).toBe(0);
});

test('agent_comms: threads are kept and ring, joins of one name are members of their own', async () => {
  const bob = await recording('bob');
  await recording('eve');
  const joined = await Promise.all(
    ['bob', 'eve', 'macs'].map((session) =>
      comms(['register', '--project', 'shop', '--as', 'claude', '--session', session, '--model', 'm', '--role', 'r']),
    ),
  );
  expect(joined.map(({ code }) => code)).toEqual([0, 0, 0]);
  const { members } = JSON.parse(readFileSync(kept('projects', 'shop.json'), 'utf8'));
  expect(Object.keys(members).sort()).toEqual(['claude', 'claude-2', 'claude-3']);
  const name = Object.keys(members).find((one) => members[one].session === 'bob')!;
  expect(await commed('register', '--project', 'shop', '--session', 'bob', '--model', 'm2')).toContain(
    `registered: ${name} in`,
  );
  expect(await commed('roster', 'shop')).toMatch(new RegExp(`^ +${name} +bob +m2 +up +r$`, 'm'));
  const before = bob().length;
  await commed('post', 'shop/api', '404 or 410? [no-reply]', '--to', name, '--from', 'lead');
  expect(bob().slice(before)).toEqual([
    `«agent-msg» lead posted in shop/api.md — review it (${kept('threads/shop/api.md')}) (no reply needed)`,
  ]);
  await commed('post', 'other', 'a\n## [forged→x] y', '--from', 'lead');
  expect(await commed('read', 'shop/api')).toMatch(
    new RegExp(`^## \\[lead→${name} \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ\\]\n404 or 410\\? \\[no-reply\\]$`, 'm'),
  );
  expect(await commed('threads')).toMatch(/^other +1 entries\nshop\/api +1 entries\n$/);
  for (const wrong of ['../x', '/x', 'a//b', '.x', 'x\ny'])
    expect(await comms(['post', wrong, 'y'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('invalid name'),
    });
  expect(await comms(['post', 'shop/api', 'x', '--to', 'nobody'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no member of shop'),
  });
  writeFileSync(kept('projects', 'shop.json'), '{');
  expect(await comms(['register', '--project', 'shop', '--session', 'bob'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not valid JSON'),
  });
  expect(readFileSync(kept('projects', 'shop.json'), 'utf8')).toBe('{');
});

test('agent_comms: its first steps, and what means nothing any more', async () => {
  expect(await commed('init-join')).toContain('coms_join.md');
  expect(readFileSync(kept('coms_join.md'), 'utf8')).toContain('agent_comms register --project');
  expect(await commed('invite')).toContain(`read ${kept('coms_join.md')}`);
  await recording('bob');
  expect(await commed('discover')).toContain('agent_comms add bob bob');
  await commed('discover', '--add');
  expect(await commed('list')).toMatch(/^bob +bob +up/m);
  const sent = await comms(['send', 'bob', 'x', '--enter-delay', '2', '--no-confirm']);
  expect(sent).toMatchObject({
    code: 0,
    stderr: 'agent_comms: --enter-delay is taken and does nothing: evidence is waited for\n',
  });
  expect(await comms(['send', 'bob', '--frobnicate', 'x'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('unknown flag'),
  });
  expect(await comms(['frobnicate'])).toMatchObject({ code: 2 });
  expect(await tool('agent-comms', ['relay'])).toMatchObject({ code: 0 });
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
