#!/usr/bin/env node
import { signal } from './signal.ts';

/** `bridge signal` without the rest of bridge: what hooks are wired to, since agents wait for it. */
await signal(process.argv.slice(2));
process.exit(0);
