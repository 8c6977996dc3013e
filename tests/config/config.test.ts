import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { forProject, loadConfig } from '../../bridge/config/config.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function home(yaml?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-config-'));
  folders.push(folder);
  if (yaml !== undefined) writeFileSync(join(folder, 'bridge.yaml'), yaml);
  return folder;
}

function load(yaml: string | undefined, flags: Record<string, unknown> = {}, env: NodeJS.ProcessEnv = {}) {
  return loadConfig({ home: home(yaml), flags, env });
}

test("MACS's defaults hold when nothing is given", () => {
  const config = load(undefined);
  expect(config).toMatchObject({
    mode: 'auto',
    controllerBackend: 'auto',
    controllerTimeoutMs: 300_000,
    workerContextLines: 40,
    splitResponse: true,
    heuristic: true,
    heuristicLines: 20,
    stuckAfterMs: 600_000,
    label: 'worker',
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('a flag beats the environment, the environment beats bridge.yaml, bridge.yaml beats the default', () => {
  expect(load('socket: /from/file').socket).toBe('/from/file');
  expect(load('socket: /from/file', {}, { TMUX_SOCKET: '/from/env' }).socket).toBe('/from/env');
  expect(load('socket: /from/file', { socket: '/from/flag' }, { TMUX_SOCKET: '/from/env' }).socket).toBe('/from/flag');
});

test('an empty environment name counts as not given', () => {
  expect(load('socket: /from/file', {}, { TMUX_SOCKET: '' }).socket).toBe('/from/file');
});

test('nested keys of bridge.yaml are read, and one worker may be written without a list', () => {
  const config = load('controller:\n  backend: rules\n  timeout: 5\nworker: "%3"\npolicy:\n  - answer: go on\n');
  expect(config).toMatchObject({ controllerBackend: 'rules', controllerTimeoutMs: 5000, worker: ['%3'] });
  expect(config.policy).toEqual([{ answer: 'go on' }]);
  expect(config.policyPlaces.map(({ rule, line }) => [rule, line])).toEqual([[0, 6]]);
});

test('an unknown key is named with its line', () => {
  expect(() => load('mode: auto\ncontroller:\n  backend: rules\n  timeuot: 5\n')).toThrow(
    /bridge\.yaml:4: controller\.timeuot: is not a known key/,
  );
});

test('a wrong value is named with its line', () => {
  expect(() => load('\n\nmode: sometimes\n')).toThrow(/bridge\.yaml:3: mode: /);
});

test('broken YAML is named with its line', () => {
  expect(() => load('mode: auto\npolicy: [\n')).toThrow(/bridge\.yaml:\d+: /);
});

test('the same key twice is an error, not a silent choice', () => {
  expect(() => load('mode: auto\nmode: manual\n')).toThrow(/bridge\.yaml:2: /);
});

test('a number flag that is no number is refused', () => {
  expect(() => load(undefined, { controllerTimeout: 'soon' })).toThrow(
    /invalid --controller-timeout 'soon': expected a number/,
  );
});

test('an unknown backend is refused with the list of those known', () => {
  expect(() => load(undefined, { controllerBackend: 'gpt' })).toThrow(
    /invalid --controller-backend 'gpt': expected one of auto, codex/,
  );
});

test.each([
  [
    'agents:\n  pi:\n    screen:\n      busy: { status: ["^ [("] }\n',
    /bridge\.yaml:4: agents\.pi\.screen\.busy\.status\.0: is not a regular expression/,
  ],
  [
    'agents:\n  pi:\n    screen:\n      spinner: x\n',
    /bridge\.yaml:4: agents\.pi\.screen\.spinner: is not a known key/,
  ],
  [
    'agents:\n  mine:\n    extends: nobody\n',
    /bridge\.yaml:3: agents\.mine\.extends: unknown agent program nobody; known: codex, /,
  ],
  [
    'agents:\n  mine:\n    screen:\n      transcript: { input: "^> (.*)$" }\n',
    /bridge\.yaml:3: agents\.mine\.screen\.composer\.prompt: is missing/,
  ],
  [
    'agents:\n  codex:\n    screen:\n      quietMs: 3\n',
    /bridge\.yaml:3: agents\.codex\.screen: codex's screen is read by code/,
  ],
  ['agents:\n  mine: { manner: { rescueEnters: 9 } }\n', /bridge\.yaml:2: agents\.mine\.manner\.rescueEnters: /],
  ['agents:\n  mine: { composer: { rescueEnters: 9 } }\n', /bridge\.yaml:2: agents\.mine\.composer\.rescueEnters: /],
])('a wrong agent program is refused with its line: %s', (yaml, message) => {
  expect(() => load(yaml)).toThrow(message);
});

test.each([
  ['session: 0\n', /bridge\.yaml:1: session: is not a text; put it in quotes/],
  ['mode: auto\nsocket: 12\n', /bridge\.yaml:2: socket: is not a text; put it in quotes/],
  ['worker: [1]\n', /bridge\.yaml:1: worker.*: is not a text; put it in quotes/],
])('a number where a name belongs is refused in words: %j', (yaml, message) => {
  expect(() => load(yaml)).toThrow(message);
});

test("a path that begins with ~/ is in the user's own folder, from whichever source", () => {
  const env = { HOME: '/home/me' };
  expect(load('socket: ~/t.sock\n', {}, env).socket).toBe('/home/me/t.sock');
  expect(load('', { socket: '~/t.sock', log: '~/l' }, env)).toMatchObject({
    socket: '/home/me/t.sock',
    log: '/home/me/l',
  });
  expect(load('', {}, { ...env, TMUX_SOCKET: '~/t.sock' }).socket).toBe('/home/me/t.sock');
  expect(load('socket: ~other/t.sock\n', {}, env).socket).toBe('~other/t.sock');
});

const bomb = [...'bcdefghij'].map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghij'[at]}`)}]`);
test.each([
  [
    'aliases that multiply',
    ['a: &a [x,x,x,x,x,x,x,x,x,x]', ...bomb].join('\n'),
    /bridge\.yaml:10: Excessive alias count/,
  ],
  ['an alias of nothing', 'mode: auto\npolicy: *x\nagents: {}\n', /bridge\.yaml:2: Unresolved alias .*: x/],
  ['lists in lists', `mode: auto\npolicy: ${'['.repeat(5000)}`, /bridge\.yaml:2: /],
])('a bridge.yaml that would not end is refused with its file and line: %s', (_what, yaml, message) => {
  expect(() => load(yaml)).toThrow(message);
});

test('a key by its old name counts, and is said with its line', () => {
  const config = load('agents:\n  mine:\n    manner: { settleMs: 70 }\n');
  expect(config.oldKeys).toEqual([
    expect.stringMatching(/bridge\.yaml:3: agents\.mine\.manner is called composer now$/),
  ]);
  expect(load('agents:\n  mine:\n    composer: { settleMs: 70 }\n').oldKeys).toEqual([]);
});

test('who may answer for others is said in the state directory: a project grants it to nobody', () => {
  const peers =
    'peers:\n  - { member: lead, may: [answer, choose], workers: [coder] }\n  - { member: shop/boss, may: [choose] }\n';
  expect(load(peers).peers).toEqual([
    { member: 'lead', may: ['answer', 'choose'], workers: ['coder'] },
    { member: 'shop/boss', may: ['choose'] },
  ]);
  expect(load(undefined).peers).toEqual([]);
  expect(() => forProject(load(undefined), { path: '/shop/bridge.yaml', text: peers })).toThrow(
    /\/shop\/bridge\.yaml:1: peers: is not a project's to set/,
  );
  const own = forProject(load(peers), { path: '/shop/bridge.yaml', text: 'mode: manual\n' });
  expect(own.peers).toEqual(load(peers).peers);
});

test('hosts are named in the state directory, in short or in full; a project names none', () => {
  const hosts =
    'hosts:\n  gpu: ada@gpu.example.org\n  box: { ssh: "ssh://ada@box:2222", options: ["-4"], socket: /tmp/work }\n';
  expect(load(hosts).hosts).toEqual([
    { name: 'gpu', ssh: 'ada@gpu.example.org', options: [], socket: null },
    { name: 'box', ssh: 'ssh://ada@box:2222', options: ['-4'], socket: '/tmp/work' },
  ]);
  expect(load(undefined).hosts).toEqual([]);
  expect(() => forProject(load(undefined), { path: '/shop/bridge.yaml', text: hosts })).toThrow(
    /\/shop\/bridge\.yaml:1: hosts: is not a project's to set/,
  );
  expect(forProject(load(hosts), { path: '/shop/bridge.yaml', text: 'mode: manual\n' }).hosts).toEqual(
    load(hosts).hosts,
  );
});

test('members are read from the state directory, and a project names none: nor what starts them', () => {
  const members =
    'members:\n  - { name: shop/lead, role: leads, groups: [shop], revive: [start-lead, --now] }\n  - name: critic\n    enabled: false\n';
  expect(load(members).members).toEqual([
    { name: 'shop/lead', role: 'leads', groups: ['shop'], revive: ['start-lead', '--now'] },
    { name: 'critic', enabled: false },
  ]);
  expect(load(undefined).members).toEqual([]);
  expect(() => forProject(load(undefined), { path: '/shop/bridge.yaml', text: members })).toThrow(
    /\/shop\/bridge\.yaml:1: members: is not a project's to set/,
  );
});

test.each([
  ['members:\n  - name: ../up', /:2: members\.0\.name: invalid/],
  ['members:\n  - name: human', /members\.0\.name: invalid/],
  ['members:\n  - role: leads', /:2: members\.0\.name/],
  ['members:\n  - { name: a, role: "two\\nlines" }', /members\.0\.role: is not one line/],
  ['members:\n  - { name: a, groups: [x/y] }', /members\.0\.groups\.0: invalid/],
  ['members:\n  - { name: a, revive: "rm -r x" }', /members\.0\.revive: is not a list of words/],
  ['members:\n  - { name: a, revive: [] }', /members\.0\.revive: is empty/],
  ['members:\n  - { name: a, shell: true }', /members\.0\.shell: is not a known key/],
  ['members:\n  - name: a\n  - name: a', /members: names one twice/],
  ['peers:\n  - member: lead', /:2: peers\.0\.may/],
  ['peers:\n  - { member: lead, may: [] }', /peers\.0\.may: is empty/],
  ['peers:\n  - { member: lead, may: [trust] }', /peers\.0\.may\.0: is neither answer nor choose/],
  ['peers:\n  - { member: lead, may: all }', /peers\.0\.may/],
  ['peers:\n  - { member: "", may: [answer] }', /peers\.0\.member: is empty/],
  ['peers:\n  - { member: lead, may: [answer], workers: [] }', /peers\.0\.workers: is empty/],
  ['peers:\n  - { member: lead, may: [answer], worker: coder }', /peers\.0\.worker: is not a known key/],
  ['peers: lead', /:1: peers/],
  ['hosts:\n  gpu: -oProxyCommand=x', /:2: hosts\.gpu\.ssh: is no destination/],
  ['hosts:\n  gpu: two words', /hosts\.gpu\.ssh: is no destination/],
  ['hosts:\n  gpu: "a\\nb"', /hosts\.gpu\.ssh: is no destination/],
  ['hosts:\n  gpu: ""', /hosts\.gpu\.ssh: is no destination/],
  ['hosts:\n  gpu: {}', /:2: hosts\.gpu\.ssh/],
  ['hosts:\n  gpu: { ssh: gpu, options: -4 }', /hosts\.gpu\.options: is not a list of words/],
  ['hosts:\n  gpu: { ssh: gpu, options: ["a\\0b"] }', /hosts\.gpu\.options\.0: is empty, or holds control/],
  ['hosts:\n  gpu: { ssh: gpu, options: [-4] }', /hosts\.gpu\.options\.0: is not a text; put it in quotes/],
  ['hosts:\n  gpu: { ssh: gpu, socket: "" }', /hosts\.gpu\.socket: is empty/],
  ['hosts:\n  gpu: { ssh: gpu, password: x }', /hosts\.gpu\.password: is not a known key/],
  ['hosts:\n  a/b: gpu', /hosts\.a\/b/],
  ['hosts: [gpu]', /:1: hosts/],
])('%j is wrong, and said where', (yaml, reason) => {
  expect(() => load(yaml)).toThrow(reason);
});

test.each([
  ['notify: { webpush: true }', 'notify.webpush'],
  ['notify: { webpush: you@example.org }', 'is no contact'],
  ['notify: { webpush: { contact: "mailto:a@b", hosts: ["https://push.example.org"] } }', 'is no host'],
  ['notify: { links-last: 5 }', 'is less than a minute'],
  ['notify: { links-last: 90000 }', 'is more than a day'],
  ['notify: { webhook: { url: "https://x.example", settled: often } }', 'notify.webhook'],
  ['server: { public-url: hub.example.org }', 'is no address'],
  ['server: { public-url: "https://hub.example.org/bridge" }', 'is more than an address'],
])('what an alert may carry, and to whom it may go, is checked: %s', (yaml, message) => {
  expect(() => load(`${yaml}\n`)).toThrow(message);
});
