// The daemon, in a process of its own: tells when each request was in the journal.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const [folder, socket] = process.argv.slice(2);
process.env.XDG_RUNTIME_DIR = folder;
const { loadConfig } = await import('../build/config/config.js');
const { Daemon } = await import('../build/server/daemon.js');
const home = join(folder, 'home');
mkdirSync(home, { mode: 0o700 });
const config = loadConfig({ home, flags: { socket, session: 'bench', mode: 'manual' }, env: {} });
const daemon = await Daemon.start(config, new Date().toISOString(), (event) => {
  if (event.type === 'request-changed' && event.what === 'request-opened') {
    process.send({ mark: event.request.text.trim(), at: String(process.hrtime.bigint()) });
  }
});
process.send({ ready: true });
process.once('SIGTERM', async () => {
  await daemon.stop();
  process.exit(0);
});
