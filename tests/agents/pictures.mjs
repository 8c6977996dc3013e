// npm run pictures -- claude: the pictures that the pages show, each of a real run; -- claude codex mail: that of two agents at work.
import { runScript } from './loopback.mjs';

await runScript(process.argv.includes('mail') ? 'mail-picture.ts' : 'pictures.ts');
