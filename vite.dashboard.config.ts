import { defineConfig } from 'vite';

/** The page of `bridge serve`: what a build makes lies in dist/dashboard, and its code and style under names that change with them. */
export default defineConfig({
  root: 'bridge/dashboard',
  base: '/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    // no script stands in the page itself: its policy allows none
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
  },
  logLevel: 'warn',
});
