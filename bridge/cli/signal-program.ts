import { signal } from './signal.ts';

/** `bridge signal` without the rest of bridge: what installed hooks call, since agents wait for it. */
void signal(process.argv.slice(2)).then(() => process.exit(0));
