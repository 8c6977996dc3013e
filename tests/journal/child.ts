// What another process does with a journal: `node child.mjs <what> <path> [count]`. Bundled by tests/journal/children.ts.
import { BridgeError } from '../../bridge/core/failure.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { happened, now, sampleDelivery, sampleRequest } from './samples.ts';

const [what, path, count] = process.argv.slice(2) as [string, string, string];

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// Only now, with everything loaded: a superuser may write anywhere, and would prove nothing.
if (process.env.AS_NOBODY && process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}

try {
  const { journal, setAside } = Journal.open(path, { now });
  say({ opened: true, setAside });
  for (let turn = 0; turn < Number(count); turn += 1) {
    const id = `${what}-${process.pid}-${turn}`;
    journal.transact(() => {
      journal.saveMemory('count', (journal.memory<number>('count') ?? 0) + 1);
      journal.saveRequest(sampleRequest(id, { text: id.repeat(50) }), happened('request-opened', id));
      journal.saveDelivery(sampleDelivery(id), happened('delivery-queued', id));
    });
    say({ committed: id });
  }
  journal.close();
} catch (error) {
  if (!(error instanceof BridgeError)) throw error;
  say({ refused: error.reason, nextStep: error.nextStep });
}
