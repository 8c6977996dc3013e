// The predecessors' way: a tmux process for every pane, every 200 ms.
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const [, socket] = process.argv.slice(2);
const tmux = async (...args) => (await execute('tmux', ['-S', socket, ...args])).stdout;
const panes = (await tmux('list-panes', '-a', '-F', '#{pane_id}')).trim().split('\n');
const seen = new Set();
process.send({ ready: true });
for (;;) {
  const startedAt = Date.now();
  for (const pane of panes) {
    const screen = await tmux('capture-pane', '-p', '-t', pane);
    for (const [, mark] of screen.matchAll(/<<CONTROLLER_REQUEST>>\n(\S+)\n<<CONTROLLER_REQUEST_END>>/g)) {
      if (seen.has(mark)) continue;
      seen.add(mark);
      process.send({ mark, at: String(process.hrtime.bigint()) });
    }
  }
  await pause(Math.max(0, 200 - (Date.now() - startedAt)));
}
