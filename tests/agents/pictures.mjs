// npm run pictures: the pictures that the pages show, each of a real run.
import { runScript } from './loopback.mjs';

await runScript('pictures.ts');
