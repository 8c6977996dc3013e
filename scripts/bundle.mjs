// Makes dist/, the program as it is distributed: dist/cli/main.js with what each command reads only when it is named beside it,
// and dist/cli/signal-program.js, which hooks call. Reading the many small files of the source took most of what a command
// takes, and compiling them most of the rest. The packages with a binary, a worker or hooks of their own stay packages.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'dist/cli');
// of both passes: one folder, as deep as it is in the source: what is found from there is found from here
const between = join(root, 'build/bundle');
const shared = {
  absWorkingDir: root,
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
};

/** What only follows from the catalogue is worked out here: a command that names agent programs need not load them all. */
const workedOut = {
  name: 'worked out',
  setup({ onLoad }) {
    onLoad({ filter: /\/agent-programs\/names\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({
        entryPoints: [path],
        bundle: true,
        format: 'esm',
        platform: 'node',
        write: false,
      });
      const values = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
      const written = (value) => (value instanceof Set ? `new Set(${written([...value])})` : JSON.stringify(value));
      const lines = Object.entries(values).map(([name, value]) => `export const ${name} = ${written(value)};`);
      return { contents: lines.join('\n') };
    });
  },
};

/** Node's own modules that take milliseconds to load, and that most commands only might have needed: each is loaded when it is used. */
const whenUsed = {
  name: 'when used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(?:child_process|crypto)$/ }, ({ path, namespace }) =>
      namespace === 'when-used' ? { path, external: true } : { path, namespace: 'when-used' },
    );
    onLoad({ filter: /.*/, namespace: 'when-used' }, async ({ path }) => {
      const names = JSON.stringify(Object.keys(await import(path)).filter((name) => name !== 'default'));
      const contents = `for (const name of ${names})
        Object.defineProperty(exports, name, { enumerable: true, get: () => require('${path}')[name] });`;
      return { contents };
    });
  },
};

const bundled = {
  ...shared,
  outdir: between,
  bundle: true,
  format: 'esm',
  // jsonc-parser's other form loads its parts by names that no bundler follows
  mainFields: ['module', 'main'],
  plugins: [workedOut, whenUsed],
  external: [
    ...['@photostructure/sqlite', '@xterm/headless', 'pino'],
    // the server's: loaded only where it is opened
    ...['fastify', '@fastify/*', 'fastify-type-provider-zod', '@modelcontextprotocol/*'],
  ],
};

rmSync(between, { recursive: true, force: true });
const made = await Promise.all([
  build({
    ...bundled,
    entryPoints: { 'main.bundle': 'bridge/cli/main.ts', 'wrapper.bundle': 'bridge/cli/wrapper.ts' },
    splitting: true,
  }),
  build({ ...bundled, entryPoints: { 'signal-program.bundle': 'bridge/cli/signal-program.ts' } }),
]);
// nobody may be handed what was compiled of another file
removeFrom(folder, (name) => name.endsWith('.compiled'));
// esbuild splits ES modules only, and Node takes a fifth of a short command longer to load those than CommonJS
const { metafile } = await build({
  ...shared,
  outdir: folder,
  entryPoints: made.flatMap(({ metafile }) => Object.keys(metafile.outputs).filter((path) => path.endsWith('.js'))),
  format: 'cjs',
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__dirname' },
});
const programs = ['main.js', 'wrapper.js', 'signal-program.js'];
const starter = readFileSync(join(root, 'scripts/starter.cjs'), 'utf8');
const head = readFileSync(join(root, 'scripts/starter-head'), 'utf8');
for (const name of programs)
  writeFileSync(join(folder, name), name === 'main.js' ? starter.replace(/^#!.*\n/, () => head) : starter);
writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
const kept = new Set(['package.json', ...programs, ...Object.keys(metafile.outputs).map((path) => basename(path))]);
removeFrom(folder, (name) => !kept.has(name));
removeFrom(dirname(folder), (name) => name !== 'cli');

// beside each file, what V8 compiles of it for these: each adds what the ones before did not run
const nowhere = mkdtempSync(join(tmpdir(), 'bridge-bundle-'));
const place = ['--home', nowhere, '--socket', join(nowhere, 'none')];
for (const [program, ...words] of [
  ['main.js', 'version'],
  ['main.js', '--help'],
  ...['requests', 'log', 'list', 'status'].map((name) => ['main.js', name, ...place]),
  // where no bridge runs, a command assembles one itself
  ['main.js', 'add', 'ci', ...place],
  ['wrapper.js', 'tmux-bridge', 'read', '%0'],
  ['wrapper.js', 'agent-comms', 'threads'],
  ['signal-program.js', '--home', nowhere, '--agent', 'codex', '--event', 'Stop', '{}'],
]) {
  const keep = ['--require', join(root, 'scripts/keep-compiled.cjs')];
  spawnSync(process.execPath, [...keep, join(folder, program), ...words], { env: { HOME: nowhere }, stdio: 'ignore' });
}
rmSync(nowhere, { recursive: true, force: true });

function removeFrom(folder, isUnwanted) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter(isUnwanted)) rmSync(join(folder, name), { recursive: true });
}
