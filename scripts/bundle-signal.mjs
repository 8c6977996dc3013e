// Puts `bridge signal` as hooks call it into one file, dist/cli/signal-program.js, after tsc has made dist/. An agent waits for each
// call, and reading the catalogue's many files took more of it than all the rest (docs/hooks.md).
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../', import.meta.url));

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    ssr: 'bridge/cli/signal-program.ts',
    target: 'node20',
    outDir: 'dist/cli',
    emptyOutDir: false,
    minify: false,
    copyPublicDir: false,
    rollupOptions: { output: { entryFileNames: 'signal-program.js', inlineDynamicImports: true } },
  },
  ssr: { noExternal: true },
});
