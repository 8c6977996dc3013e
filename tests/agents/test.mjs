// vitest with real agent programs: the wanted ones are installed, then the way out is closed.
import { install, loopbackOnly, run } from './loopback.mjs';

await install();
const words = process.argv.slice(2);
process.exitCode = await run([...loopbackOnly(), 'vitest', 'run', '--config', 'vitest.agents.config.ts', ...words]);
