// Makes dist/, the program as it is distributed: dist/cli/main.js with what each command reads only when it is named beside it,
// and dist/cli/signal-program.js, the one file that hooks call. Reading the many small files of the source took most of what a
// command takes. The packages with a binary, a worker or hooks of their own stay packages.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'dist/cli');
const shared = {
  absWorkingDir: root,
  outdir: folder,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // jsonc-parser's other form loads its parts by names that no bundler follows
  mainFields: ['module', 'main'],
  external: ['@photostructure/sqlite', '@xterm/headless', 'pino'],
  // packages of the older kind ask for Node's own modules by `require`
  banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
};

const made = await Promise.all([
  build({ ...shared, entryPoints: ['bridge/cli/main.ts'], splitting: true }),
  build({ ...shared, entryPoints: ['bridge/cli/signal-program.ts'] }),
]);
// all lie in one folder, as deep as they do in the source: what is found from there is found from here
const kept = new Set(made.flatMap(({ metafile }) => Object.keys(metafile.outputs).map((path) => join(root, path))));
for (const name of readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })) {
  const path = join(name.parentPath, name.name);
  if (name.isFile() && !kept.has(path)) rmSync(path);
}
