// The daemon of a checkout, in a process of its own: posts one text to a pane when told to, and tells how its delivery went, step by
// step, as the journal has it.
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, socket, checkout] = process.argv.slice(2);
process.env.XDG_RUNTIME_DIR = folder;
// a checkout from before the program was bundled has its modules in dist/, loose files where folders are now, and the machine's
// table in core/envelope.ts
const built = (...places) => {
  const paths = ['build', 'dist'].flatMap((folder) => places.map((place) => join(checkout, folder, place)));
  return import(pathToFileURL(paths.find((path) => existsSync(path))));
};
const { loadConfig } = await built('config/config.js', 'config.js');
const { Daemon } = await built('server/daemon.js', 'daemon.js');
const { isEnded } = await built('core/delivery-machine.js', 'core/envelope.js');
const home = mkdtempSync(join(folder, 'home-'));
const config = loadConfig({ home, flags: { socket, session: 'bench', mode: 'manual' }, env: {} });
const daemon = await Daemon.start(config, new Date().toISOString(), () => {});
// of a checkout from before its parts were called so as well
const bridge = daemon.bridge ?? daemon.rooms;
const panes = bridge.panes ?? bridge.sight;
const capture = (panes.capture ?? panes.look).bind(panes);
const factsOf = (panes.composerFacts ?? panes.manner).bind(panes);
const deliveries = bridge.deliveries ?? bridge.post;

/** As an answer goes: the worker is known already, and its text is posted the moment it arrives. */
async function deliver({ paneId, text }) {
  // of a checkout from before panes had addresses as well
  const snapshot = await capture(bridge.main ? { ...bridge.main.server, paneId } : paneId);
  const agent = panes.agentProgram(snapshot).name;
  const id = bridge.mint();
  const envelope = {
    ...{ id, thread: id, from: 'bench', to: paneId, inReplyTo: null, kind: 'message', body: text, notes: '' },
    ...{ expectsReply: false, createdAt: Date.now() },
  };
  const plain = { force: false, allowShell: false };
  const { id: deliveryId } = deliveries.post(envelope, snapshot.identity, agent, plain, Date.now() + 60_000);
  const ended = () => isEnded(bridge.journal.delivery(deliveryId).state) || null;
  await bridge.changes.until(ended, new AbortController().signal, 90_000);
  const steps = bridge.journal.events({ subject: deliveryId }).map(({ kind, at }) => ({ kind, at }));
  return {
    is: bridge.journal.delivery(deliveryId).state.is,
    settleMs: factsOf(agent, snapshot.identity).settleMs,
    agent,
    steps,
  };
}

process.on('message', async (order) => {
  try {
    process.send({ order: order.number, ...(await deliver(order)) });
  } catch (fault) {
    process.send({ order: order.number, fault: String(fault) });
  }
});
process.send({ ready: true });
process.once('SIGTERM', async () => {
  await daemon.stop();
  process.exit(0);
});
