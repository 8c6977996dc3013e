import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diffOf } from '../../../bridge/launch/hooks/diff.ts';
import { hookTargetOf } from '../../../bridge/launch/hooks/hook-target.ts';
import {
  carryOut,
  type HooksEnvironment,
  installedHooks,
  planInstall,
  planRemove,
} from '../../../bridge/launch/hooks/hooks.ts';

let user: string;
let codexHome: string;
let config: string;
let hooks: string;

beforeEach(() => {
  user = mkdtempSync(join(tmpdir(), 'bridge-hooks-'));
  codexHome = join(user, '.codex');
  mkdirSync(codexHome);
  config = join(codexHome, 'config.toml');
  hooks = join(codexHome, 'hooks.json');
});
afterEach(() => rmSync(user, { recursive: true }));

const codex = hookTargetOf('codex');
const gemini = hookTargetOf('gemini');
const environment = (more: Partial<HooksEnvironment> = {}): HooksEnvironment => ({
  env: {},
  userFolder: user,
  program: { node: "/opt/it's node", script: '/opt/bridge/dist/cli/signal-program.js', home: join(user, '.bridge') },
  config: null,
  ...more,
});
const install = (target = codex, where = environment()) => {
  const plan = planInstall(target, where);
  carryOut(plan);
  return plan;
};
const remove = (target = codex, where = environment()) => carryOut(planRemove(target, where));
const read = (path: string) => readFileSync(path, 'utf8');
const notifyOf = (text: string) => parse(text, { integersAsBigInt: true }).notify;

const tomls = {
  'keys, tables and comments': '# mine\nmodel = "x"   # best\n\n[tui]\nnotifications = true\n',
  'a table at once': '[tui]\nnotifications = true',
  'a schema directive': '#:schema https://example.org/config.json\nmodel = "x"\n',
  'lines that look like tables': 'text = """\n[tui]\nnotify = ["no"]\n"""\nlist = [\n  1,\n]\n',
  'Windows lines': 'model = "x"\r\n[tui]\r\na = 1\r\n',
  'a mark of its encoding': '\ufeffmodel = "x"\n',
  'large numbers and dates': 'a = 9007199254740993\nb = 1979-05-27T07:32:00Z\n',
  'nothing but a comment': '# empty\n',
};

test.each(Object.entries(tomls))('a config.toml with %s keeps every byte', (_, before) => {
  writeFileSync(config, before);
  install();
  const after = read(config);
  expect(notifyOf(after.replace('\ufeff', ''))).toEqual([
    "/opt/it's node",
    '/opt/bridge/dist/cli/signal-program.js',
    '--agent',
    'codex',
    '--home',
    join(user, '.bridge'),
  ]);
  expect(install().changes).toEqual([]);
  expect(read(config)).toBe(after);
  remove();
  expect(read(config)).toBe(before);
  expect(existsSync(hooks)).toBe(false);
  expect(planRemove(codex, environment()).changes).toEqual([]);
});

test('what codex itself writes behind ours stays when ours goes', () => {
  writeFileSync(config, 'model = "x"\n');
  install();
  const reviewed = '\n[hooks.state."/x/hooks.json:stop:0:0"]\ntrusted_hash = "sha256:0"\n';
  writeFileSync(config, `${read(config)}${reviewed}`);
  const rows = installedHooks(codex, environment());
  expect(rows.find(({ event }) => event === 'Stop')).toMatchObject({ state: 'wired', trusted: true });
  expect(rows.find(({ event }) => event === 'UserPromptSubmit')).toMatchObject({ state: 'wired', trusted: false });
  remove();
  expect(read(config)).toBe(`model = "x"\n${reviewed}`);
});

test('a notify program of the user is never overwritten: the hooks are installed, and it is said what to do', () => {
  const before = '# chime\nnotify = ["chime", "--loud"]\n';
  writeFileSync(config, before);
  const { notes } = install();
  expect(read(config)).toBe(before);
  expect(existsSync(hooks)).toBe(true);
  expect(notes.join('\n')).toMatch(/notify is yours \(chime --loud\).*bridge signal --agent codex/);
  expect(installedHooks(codex, environment()).at(-1)).toMatchObject({ event: 'notify', state: 'foreign' });
  remove();
  expect(read(config)).toBe(before);
});

test.each([
  ['config.toml', 'model = "x"\n\nmodel = \n', /line 3/],
  ['hooks.json', '{\n  "hooks": {\n    "Stop": [ }\n}\n', /line 3/],
  ['hooks.json', '{\n  "hooks": "none"\n}\n', /line 2: "hooks" is not an object/],
])('%s that cannot be read is refused with its line, and neither file is touched', (name, text, reason) => {
  writeFileSync(join(codexHome, name), text);
  expect(() => install()).toThrow(reason);
  expect(readdirSync(codexHome)).toEqual([name]);
  expect(read(join(codexHome, name))).toBe(text);
});

test('a file that is no text of ours to write is refused', () => {
  writeFileSync(hooks, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
  expect(() => install()).toThrow(/not UTF-8/);
  rmSync(hooks);
  mkdirSync(hooks);
  expect(() => install()).toThrow(/not a regular file|illegal operation/);
});

test('permissions and a link stay: what the link leads to is replaced in one step', () => {
  const real = join(user, 'dotfiles', 'settings.json');
  mkdirSync(join(user, 'dotfiles'));
  mkdirSync(join(user, '.gemini'));
  writeFileSync(real, '{ "a": 1 }\n');
  chmodSync(real, 0o640);
  const link = join(user, '.gemini', 'settings.json');
  symlinkSync('../dotfiles/settings.json', link);
  install(gemini);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(read(real)).toContain('AfterAgent');
  expect(statSync(real).mode & 0o777).toBe(0o640);
  expect(readdirSync(join(user, 'dotfiles'))).toEqual(['settings.json']);
  remove(gemini);
  expect(read(real)).toBe('{ "a": 1 }\n');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

test('a link to a file that is not there yet is written through', () => {
  mkdirSync(join(user, '.gemini'));
  mkdirSync(join(user, 'dotfiles'));
  const link = join(user, '.gemini', 'settings.json');
  symlinkSync('../dotfiles/settings.json', link);
  install(gemini);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(read(join(user, 'dotfiles', 'settings.json'))).toContain('AfterAgent');
});

test('a file that changed between the look and the writing is left alone', () => {
  writeFileSync(config, 'model = "x"\n');
  const plan = planInstall(codex, environment());
  writeFileSync(config, 'model = "y"\n');
  expect(() => carryOut({ ...plan, changes: plan.changes.filter(({ file }) => file.path === config) })).toThrow(
    /changed/,
  );
  expect(read(config)).toBe('model = "y"\n');
});

test('files that were not there are made for their owner alone, and go again', () => {
  install();
  expect(statSync(hooks).mode & 0o777).toBe(0o600);
  expect(notifyOf(read(config))).toBeDefined();
  remove();
  expect(readdirSync(codexHome)).toEqual([]);
});

test('the folder is the one that the agent itself would look in, or the one of the file that is named', () => {
  const elsewhere = join(user, 'elsewhere');
  install(codex, environment({ env: { CODEX_HOME: elsewhere } }));
  expect(readdirSync(elsewhere).sort()).toEqual(['config.toml', 'hooks.json']);
  install(gemini, environment({ env: { GEMINI_CLI_HOME: elsewhere } }));
  expect(readdirSync(join(elsewhere, '.gemini'))).toEqual(['settings.json']);
  install(hookTargetOf('claude'), environment({ config: join(user, 'mine.json') }));
  expect(read(join(user, 'mine.json'))).toContain('UserPromptSubmit');
  install(codex, environment({ config: join(user, 'named', 'config.toml') }));
  expect(readdirSync(join(user, 'named')).sort()).toEqual(['config.toml', 'hooks.json']);
  expect(readdirSync(codexHome)).toEqual([]);
});

test("a person's settings of Claude Code are theirs again to the byte, hooks of their own and all", () => {
  const claude = hookTargetOf('claude');
  const settings = join(user, '.claude', 'settings.json');
  mkdirSync(join(user, '.claude'));
  const mine = { type: 'command', command: 'notify-send done' };
  const before = `{\r\n\t"model": "opus",\r\n\t"hooks": { "Stop": [ { "hooks": [${JSON.stringify(mine)}] } ] } ,\r\n\t"env": {}\r\n}`;
  writeFileSync(settings, before);
  install(claude);
  const { hooks: installed } = JSON.parse(read(settings)) as { hooks: Record<string, { hooks: object[] }[]> };
  expect(Object.keys(installed).sort()).toEqual([...claude.settings.events].sort());
  expect(installed.Stop![0]).toEqual({ hooks: [mine] });
  // it does not wait for a hook that is async, but for that of its end; its time limit is in seconds
  for (const [event, groups] of Object.entries(installed)) {
    const [{ async: isAsync = false, timeout }] = groups.at(-1)!.hooks as [{ async?: boolean; timeout: number }];
    expect([event, isAsync, timeout]).toEqual([event, event !== 'SessionEnd', 10]);
  }
  remove(claude);
  expect(read(settings)).toBe(before);
});

test('another home has hooks of its own: shown as stale, and renewed in place of the old one', () => {
  install();
  const other = environment({ program: { ...environment().program, home: '/other home' } });
  expect(new Set(installedHooks(codex, other).map(({ state }) => state))).toEqual(new Set(['stale']));
  install(codex, other);
  expect(new Set(installedHooks(codex, other).map(({ state }) => state))).toEqual(new Set(['wired']));
  expect(read(hooks).match(/# bridge hooks/g)).toHaveLength(codex.settings.events.length);
  expect(read(config).match(/notify =/g)).toHaveLength(1);
});

test.each(['opencode', 'pi', 'continue', 'cline', 'aider'])(
  '%s has no hooks to install, and it is said why',
  (agent) => {
    expect(() => hookTargetOf(agent)).toThrow(/has /);
  },
);

test('an agent that nobody knows is a usage error', () => {
  expect(() => hookTargetOf('hal')).toThrow(expect.objectContaining({ exitCode: 64 }));
});

test('a diff shows what comes and goes, with the lines around it', () => {
  expect(diffOf('/x', 'a\nb\nc\nd\ne\n', 'a\nb\nc\nNEW\nd\ne\n').split('\n')).toEqual([
    '--- /x',
    '+++ /x',
    '@@ -2,4 +2,5 @@',
    ' b',
    ' c',
    '+NEW',
    ' d',
    ' e',
  ]);
  expect(diffOf('/x', null, 'a\n')).toBe('--- /x\n+++ /x\n@@ -1,0 +1,1 @@\n+a');
  expect(diffOf('/x', 'a\n', null)).toContain('-a');
});
