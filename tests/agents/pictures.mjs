// npm run pictures -- claude: the pictures that the pages show, each of a real run; -- claude codex mail: that of two agents at work; -- dashboard: those of
// the dashboard.
import { runScript } from './loopback.mjs';

if (process.argv.includes('dashboard')) await import('../browser/pictures.mjs');
else await runScript(process.argv.includes('mail') ? 'mail-picture.ts' : 'pictures.ts');
