// node --require …/keep-compiled.cjs dist/cli/main.js …: writes beside each file what V8 has compiled of it by the end, the
// functions that ran with it: starter.cjs hands it to V8 again. Nothing in the product knows of this.
'use strict';
const { writeFileSync } = require('node:fs');
const vm = require('node:vm');

const loaded = [];
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    // packages make scripts of their own, of no file
    if (options?.filename) loaded.push({ script: this, filename: options.filename });
  }
};
process.on('exit', () => {
  for (const { script, filename } of loaded) {
    writeFileSync(`${filename}.${process.version}-${process.arch}.compiled`, script.createCachedData());
  }
});
