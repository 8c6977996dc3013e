// node --import …/preload.mjs dist/cli/main.js …: the bridge as it is, except that its SQLite can be told to strike at a
// commit (striking-sqlite.mjs). Nothing in the product knows of it.
import { register } from 'node:module';

const striking = new URL('./striking-sqlite.mjs', import.meta.url).href;
register(
  `data:text/javascript,${encodeURIComponent(`
    export function resolve(specifier, context, next) {
      const ours = specifier === '@photostructure/sqlite' && context.parentURL !== ${JSON.stringify(striking)};
      return ours ? { url: ${JSON.stringify(striking)}, shortCircuit: true } : next(specifier, context);
    }`)}`,
);
