#!/usr/bin/env node
// dist/cli/main.js and dist/cli/signal-program.js are copies of this: each runs the bundle that is called as it is. V8 is
// handed what the same Node had compiled of each file when it was built (keep-compiled.cjs), which saves half of what a short
// command takes beyond Node itself. Where there is nothing of the kind, or V8 has other flags now, it compiles as ever.
'use strict';
const { readFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { Script } = require('node:vm');

const opening = '(function (exports, require, module, __filename, __dirname) {';
const loaded = new Map();

/** As `require`, for the files of this folder. */
function load(name) {
  if (!name.startsWith('./')) return require(name);
  if (!loaded.has(name)) {
    const module = { exports: {} };
    loaded.set(name, module);
    const filename = join(__dirname, name);
    const script = new Script(`${opening}${readFileSync(filename, 'utf8')}\n})`, {
      filename,
      columnOffset: -opening.length,
      cachedData: compiled(filename),
    });
    script.runInThisContext()(module.exports, load, module, filename, __dirname);
  }
  return loaded.get(name).exports;
}

/** V8 itself tells its own versions and flags apart, and not two builds of one version. */
function compiled(filename) {
  try {
    return readFileSync(`${filename}.${process.version}-${process.arch}.compiled`);
  } catch {
    return undefined;
  }
}

const bundle = `./${basename(__filename, '.js')}.bundle.js`;
// Node reads source maps only of what it loads itself
(process.sourceMapsEnabled ? require : load)(bundle);
