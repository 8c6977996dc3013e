// node --import …/preload.mjs dist/cli/main.js …: the bridge as it is, except that its SQLite can be told to strike at a
// commit (striking-sqlite.mjs). Nothing in the product knows of it.
import Module from 'node:module';
import * as striking from './striking-sqlite.mjs';

const load = Module._load;
Module._load = (name, ...rest) => (name === '@photostructure/sqlite' ? striking : load(name, ...rest));
