import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Projects } from '../../bridge/app/projects.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import { serverId } from '../../bridge/core/ids.ts';
import { identityKey, type PaneIdentity } from '../../bridge/core/pane.ts';
import { digestOf, readConfigFile } from '../../bridge/host/config-file.ts';
import { trust } from '../../bridge/host/home.ts';
import { somePane } from '../journal/samples.ts';

let root: string;
let documents: Map<string, unknown>;
let warnings: string[];
const working = new Map<number, string>();

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-projects-')));
  for (const folder of ['home', 'user', 'shop/.git', 'shop/src', 'blog/.git', 'plain']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  documents = new Map();
  warnings = [];
  working.clear();
  working.set(300, join(root, 'shop', 'src'));
});
afterEach(() => rmSync(root, { recursive: true }));

const memory = {
  transact: <T>(work: () => T) => work(),
  memory: <T>(key: string) => (documents.get(key) as T | undefined) ?? null,
  kept: <T>(key: string) => memory.memory<T>(key),
  saveMemory: (key: string, value: unknown) => documents.set(key, value),
};
const projects = (flags: Record<string, unknown> = {}) =>
  new Projects({
    config: loadConfig({ home: join(root, 'home'), flags, env: {} }),
    memory,
    now: () => 1,
    userFolder: join(root, 'user'),
    folderOf: (pid) => working.get(pid) ?? null,
    warn: (text) => warnings.push(text),
  });
const place = { sessionName: 'macs', currentPath: '/somewhere', label: 'worker', paneId: somePane.paneId };

function configure(folder: string, text: string): void {
  const file = join(root, folder, 'bridge.yaml');
  writeFileSync(file, text);
  trust(file, digestOf(readConfigFile(file)!), join(root, 'user'));
}

test('a worker belongs to the repository in which its agent was started, whatever its folder and its pane’s say later', () => {
  const before = projects();
  expect(before.folderOf(somePane)).toBeNull();
  expect(before.folderOf(somePane, place)).toBe(join(root, 'shop'));
  working.set(300, join(root, 'blog'));
  expect(before.folderOf(somePane, place)).toBe(join(root, 'shop'));
  expect(projects().folderOf(somePane, place)).toBe(join(root, 'shop'));
});

test('a pane without an agent belongs to no project yet, and a folder that is no repository is one by itself', () => {
  const bare: PaneIdentity = { ...somePane, agentPid: null, agentStartedAt: null };
  const known = projects();
  expect(known.folderOf(bare, place)).toBeNull();
  expect(known.nameOf(bare, place)).toBe('worker');
  working.set(300, join(root, 'plain'));
  expect(known.folderOf(somePane, place)).toBe(join(root, 'plain'));
});

test('what `start worker` says of a pane counts, and moves no worker that was seen before', () => {
  const known = projects();
  const record = { host: 'here', server: somePane.server, socketPath: '/s', session: 'macs', label: 'worker' };
  known.register(somePane, { ...record, project: join(root, 'blog') });
  expect(known.folderOf(somePane, place)).toBe(join(root, 'blog'));
  known.register(somePane, { ...record, project: join(root, 'shop') });
  expect(known.folderOf(somePane, place)).toBe(join(root, 'blog'));
  expect(known.records[identityKey(somePane)]).toMatchObject({ project: join(root, 'blog'), isRegistered: true });
});

test('the projects of this machine are known by where somebody was, the last one first', () => {
  const known = projects();
  const pane = (paneId: string) => ({ ...somePane, paneId }) as PaneIdentity;
  const record = { host: 'here', server: somePane.server, label: 'worker' };
  const at = (project: string, socketPath: string, session: string) => ({ ...record, project, socketPath, session });
  known.register(pane('%1'), at(join(root, 'shop'), '/s', 'macs'));
  known.register(pane('%2'), at(join(root, 'blog'), '/s', 'macs'));
  known.register(pane('%3'), at(`gpu:${root}/shop`, 'gpu:/s', 'macs'));
  known.started(pane('%4'), at(join(root, 'shop'), '/t', 'other'));
  const places = (...its: string[][]) =>
    its.map(([paneId, socketPath, session]) => ({ pane: identityKey(pane(paneId!)), socketPath, session }));
  expect(
    projects()
      .known.map(({ name }) => name)
      .sort(),
  ).toEqual(['blog', 'shop']);
  expect(known.known.find(({ name }) => name === 'shop')).toEqual({
    ...{ name: 'shop', folder: join(root, 'shop') },
    places: expect.arrayContaining(places(['%1', '/s', 'macs'], ['%4', '/t', 'other'])),
  });
  // who was started by a person is one still when its label is another, and is not looked for as `start worker`'s are
  expect([known.isStarted(pane('%4')), known.isStarted(pane('%1'))]).toEqual([true, false]);
  expect(known.records[identityKey(pane('%4'))]).toMatchObject({ isRegistered: false, isStarted: true });
});

test('workers that are named together are written once, and are told apart as if one by one', () => {
  const panes = [1, 2, 3].map((n): PaneIdentity => ({ ...somePane, server: serverId(100 + n, 1), panePid: 200 + n }));
  const living = new Set(panes.map(identityKey));
  const known = projects();
  const named = (labels: readonly string[]) =>
    known.together(() => labels.map((label, at) => known.nameOf(panes[at]!, { ...place, label }, living)));
  const saved: string[] = [];
  const { saveMemory } = memory;
  memory.saveMemory = (key, value) => {
    saved.push(key);
    return saveMemory(key, value);
  };
  expect(named(['worker', 'worker', 'other'])).toEqual(['shop/worker', 'shop/worker@macs.%3', 'shop/other']);
  expect(saved.filter((key) => key === 'workers')).toHaveLength(1);
  // a label that one gives up in the same step is free for the next
  expect(named(['first', 'worker', 'worker'])).toEqual(['shop/first', 'shop/worker@macs.%3', 'shop/worker']);
  saved.length = 0;
  expect(named(['first', 'worker', 'worker'])).toEqual(['shop/first', 'shop/worker@macs.%3', 'shop/worker']);
  expect(saved).toEqual([]);
  memory.saveMemory = saveMemory;
});

test('two workers of one label in one project keep their names, and a name is free again once its pane has gone', () => {
  const second: PaneIdentity = { ...somePane, server: serverId(101, 1), panePid: 201 };
  const known = projects();
  const living = new Set([identityKey(somePane)]);
  expect(known.nameOf(somePane, place, living)).toBe('shop/worker');
  living.add(identityKey(second));
  expect(known.nameOf(second, { ...place, sessionName: 'other' }, living)).toBe('shop/worker@other.%3');
  expect(known.nameOf(somePane, place, living)).toBe('shop/worker');
  const third: PaneIdentity = { ...somePane, server: serverId(102, 1), panePid: 202 };
  expect(known.nameOf(third, place, new Set([identityKey(second), identityKey(third)]))).toBe('shop/worker');
});

test('a project’s file counts for its own workers, between the flags and the state directory’s', () => {
  writeFileSync(join(root, 'home', 'bridge.yaml'), 'stuck-after: 7\nheuristic-lines: 3\npolicy: [{ answer: mine }]\n');
  configure('shop', 'stuck-after: 9\nmode: auto\nlimits: { consecutive: 2 }\npolicy: [{ answer: the shop’s }]\n');
  const known = projects({ mode: 'manual' });
  known.folderOf(somePane, place);
  const { config, rules } = known.settingsFor(somePane);
  expect(config).toMatchObject({ stuckAfterMs: 9000, heuristicLines: 3, consecutiveAnswers: 2, mode: 'manual' });
  expect(rules.map(({ action, name }) => [action, name])).toEqual([
    [{ is: 'answer', text: 'the shop’s' }, `policy rule 1 of ${join(root, 'shop', 'bridge.yaml')}`],
    [{ is: 'answer', text: 'mine' }, `policy rule 1 of ${join(root, 'home', 'bridge.yaml')}`],
  ]);
  const elsewhere: PaneIdentity = { ...somePane, panePid: 999, agentPid: 999 };
  working.set(999, join(root, 'blog'));
  known.folderOf(elsewhere, place);
  expect(known.settingsFor(elsewhere).config).toMatchObject({ stuckAfterMs: 7000, consecutiveAnswers: 10 });
});

test('a file that changed since it was trusted decides nothing, and one that is wrong sends what is asked to the human', () => {
  configure('shop', 'policy: [{ answer: yes }]\n');
  writeFileSync(join(root, 'shop', 'bridge.yaml'), 'policy: [{ answer: delete it }]\n');
  const changed = projects();
  changed.folderOf(somePane, place);
  expect(changed.settingsFor(somePane).rules).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/shop\/bridge\.yaml changed since it was trusted .*bridge trust/)]);
  for (const wrong of ['policy: [{ answer: 1 }]\n', 'notify: { bell: true }\n', 'mode: [\n']) {
    configure('shop', wrong);
    warnings = [];
    const known = projects();
    known.folderOf(somePane, place);
    expect(known.settingsFor(somePane)).toMatchObject({ rules: [], config: { mode: 'manual' } });
    expect(warnings).toEqual([expect.stringMatching(/bridge\.yaml:\d+: .*goes to you/)]);
  }
});
