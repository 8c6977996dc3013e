import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { processNames } from '../bridge/agent-programs/index.ts';

const root = resolve(import.meta.dirname, '../bridge');

const modules = [
  'alerts',
  'agent-programs',
  'controllers',
  'delivery',
  'requests',
  'host',
  'journal',
  'launch',
  'messages',
  'native-input',
  'panes',
  'recordings',
  'screen',
  'tmux',
];

/** What each folder may import besides itself and `core`: a module little, a joint what it joins. `cli` is how people come in. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  'agent-programs': ['screen'],
  alerts: ['host'],
  controllers: ['agent-programs'],
  delivery: [],
  requests: [],
  host: [],
  journal: [],
  launch: ['agent-programs'],
  messages: [],
  'native-input': ['agent-programs'],
  panes: ['agent-programs', 'host', 'screen', 'tmux'],
  recordings: ['agent-programs', 'screen'],
  screen: [],
  tmux: [],
  // joints, each above the ones before it
  config: ['agent-programs', 'controllers', 'requests', 'host'],
  app: [...modules, 'config'],
  api: ['agent-programs', 'alerts', 'host', 'journal', 'panes', 'requests', 'screen', 'tmux', 'app'],
  server: ['host', 'config', 'app', 'api'],
  // a program of its own, for a browser: of the bridge it knows what things are called, and nothing that does them
  dashboard: ['api'],
  cli: [
    ...['agent-programs', 'alerts', 'host', 'launch', 'panes', 'recordings', 'requests', 'screen', 'tmux'],
    ...['config', 'app', 'api', 'server'],
  ],
};

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : /\.tsx?$/.test(path) ? [path] : [];
  });
}

const imports = sources(root).flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)[^;]*?from '([^']+)'/gms)].map((match) => ({
    file: relative(root, file),
    what: match[1]!,
  })),
);

const moduleOf = (path: string) => (path.includes('/') ? path.split('/')[0]! : '');

test('every folder of bridge/ stands in the table', () => {
  const folders = new Set(sources(root).map((file) => moduleOf(relative(root, file))));
  expect([...folders].sort()).toEqual(Object.keys(allowed).sort());
});

test('a module imports itself, core and what the table says', () => {
  const trespasses = imports
    .filter(({ what }) => what.startsWith('.'))
    .map(({ file, what }) => ({ file, to: relative(root, resolve(root, dirname(file), what)) }))
    .filter(({ file, to }) => ![moduleOf(file), 'core', ...allowed[moduleOf(file)]!].includes(moduleOf(to)));
  expect(trespasses).toEqual([]);
});

test('no file imports itself by way of others, be it for its types alone', () => {
  const targets = new Map<string, string[]>();
  for (const { file, what } of imports) {
    if (what.startsWith('.'))
      targets.set(file, [...(targets.get(file) ?? []), relative(root, resolve(root, dirname(file), what))]);
  }
  const done = new Set<string>();
  const circleFrom = (file: string, above: readonly string[]): readonly string[] | null => {
    if (above.includes(file)) return [...above.slice(above.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const target of targets.get(file) ?? []) {
      const circle = circleFrom(target, [...above, file]);
      if (circle !== null) return circle;
    }
    done.add(file);
    return null;
  };
  expect([...targets.keys()].flatMap((file) => circleFrom(file, []) ?? [])).toEqual([]);
});

/** The commands that a living bridge answers. */
const thin = [
  ...['requests', 'show', 'answer', 'dismiss', 'settle', 'pause', 'resume', 'ask', 'send'],
  ...['list', 'status', 'snapshot', 'explain', 'target', 'log', 'archive', 'stop'],
].map((name) => `cli/${name}.ts`);

/** Its values are worked out when the program is bundled: what they follow from is not loaded. */
const workedOut = 'agent-programs/names.ts';

test('what a living bridge answers is asked for without schemas, the catalogue, api/, app/ or any module that does it', () => {
  const doing =
    /^(?:zod|@photostructure|.*\/(?:agent-programs|api|app|delivery|journal|messages|native-input|panes|requests)\/)/;
  const loaded = new Map<string, string>();
  const load = (file: string, by: string) => {
    if (loaded.has(file)) return;
    loaded.set(file, by);
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, kind, what] of text.matchAll(/^(?:import|export) (type )?(?:[^;]*? from )?'([^']+)'/gms)) {
      if (kind !== undefined) continue;
      const to = what!.startsWith('.') ? relative(root, resolve(root, dirname(file), what!)) : what!;
      if (to === workedOut) continue;
      if (to.endsWith('.ts')) load(to, file);
      else loaded.set(to, file);
    }
  };
  for (const file of ['cli/main.ts', ...thin]) load(file, 'the command line');
  expect(loaded.size).toBeGreaterThan(thin.length);
  expect([...loaded].filter(([what]) => doing.test(what.endsWith('.ts') ? `/${what}` : what))).toEqual([]);
});

test('api/ knows nothing of who asks: neither the socket nor the command line', () => {
  const asking = imports.filter(({ file, what }) => file.startsWith('api/') && /\/(?:server|cli|config)\//.test(what));
  expect(asking).toEqual([]);
});

test('core imports nothing at all: no library, no clock, no input or output', () => {
  const foreign = imports.filter(({ file, what }) => file.startsWith('core/') && !what.startsWith('./'));
  expect(foreign).toEqual([]);
});

test('the catalogue is data and pure functions: it touches no process, socket or file', () => {
  const touching = /^node:(?!path$|crypto$)/;
  expect(imports.filter(({ file, what }) => file.startsWith('agent-programs/') && touching.test(what))).toEqual([]);
});

test('one agent program is imported by name in the list alone, and by the demo', () => {
  const isOne = (to: string) => /^agent-programs\/(?:[^/]+\/index|[^/]+)\.ts$/.test(to);
  const shared = new Set(
    [
      'agent-program',
      'arguments',
      'command-record',
      'composers',
      'controller-program',
      'custom',
      'custom-schema',
      'hook-events',
      'index',
    ]
      .concat('mcp-clients', 'names', 'native-input', 'thread-record', 'thread-records')
      .map((name) => `agent-programs/${name}.ts`),
  );
  const named = imports
    .filter(({ what }) => what.startsWith('.'))
    .map(({ file, what }) => ({ file, to: relative(root, resolve(root, dirname(file), what)) }))
    .filter(({ file, to }) => isOne(to) && !shared.has(to) && !file.startsWith('agent-programs/'));
  expect(named).toEqual([]);
});

test('no code outside the catalogue decides by the name of an agent program; only the demo has one', () => {
  const isNamed = new RegExp(`(['"\`])(?:${[...processNames].join('|')})\\1`);
  const deciding = sources(root)
    .map((file) => ({ file: relative(root, file), text: readFileSync(file, 'utf8') }))
    .filter(({ file }) => !file.startsWith('agent-programs/') && file !== 'cli/demo-server.ts')
    // in comments a name tells where a fact is from
    .flatMap(({ file, text }) => text.split('\n').map((line) => ({ file, line: line.replace(/\/\/.*|^\s*\*.*/, '') })))
    .filter(({ line }) => isNamed.test(line));
  expect(deciding).toEqual([]);
});

test('the page imports types alone, and core; nobody imports it', () => {
  const code = sources(join(root, 'dashboard')).map((file) => ({
    file: relative(root, file),
    text: readFileSync(file, 'utf8'),
  }));
  expect(code.length).toBeGreaterThan(10);
  const loaded = code.flatMap(({ file, text }) =>
    [...text.matchAll(/^import (?!type )[^;]*?from '([^']+)'/gms)].map(([, what]) => ({ file, what: what! })),
  );
  expect(loaded.filter(({ what }) => /\/api\/|^node:/.test(what))).toEqual([]);
  expect(imports.filter(({ file, what }) => !file.startsWith('dashboard/') && /\/dashboard\//.test(what))).toEqual([]);
});

test('nobody imports cli/', () => {
  expect(imports.filter(({ what }) => /\/cli\//.test(what) || what.startsWith('../cli'))).toEqual([]);
});

test('only host/clock.ts, cli/ and the page’s own clock read the machine clock outside of tests', () => {
  const readers = sources(root)
    .filter((file) => /\bDate\.now\(\)|new Date\(\)|performance\.now\(\)/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file))
    .filter((file) => file !== 'host/clock.ts' && file !== 'dashboard/clock.ts' && !file.startsWith('cli/'));
  expect(readers).toEqual([]);
});

test('only cli/output.ts, which makes what others wrote visible, writes to the terminal', () => {
  const talkers = sources(root)
    .filter((file) => relative(root, file) !== 'cli/output.ts')
    .filter((file) => /\bconsole\.|process\.std(?:out|err)\.write/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file));
  expect(talkers).toEqual([]);
});

test('every relative import names a file that exists', () => {
  const files = new Set(sources(root).map((file) => relative(root, file)));
  const lost = imports
    .filter(({ what }) => what.startsWith('.'))
    .filter(({ file, what }) => !files.has(relative(root, resolve(root, dirname(file), what))));
  expect(lost).toEqual([]);
});
