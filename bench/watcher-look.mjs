// The least that anybody can do: a control client hears the END line, takes one look at that pane, and has read the request.
import { ControlClient } from '../build/tmux/client.js';
import { wayHere } from '../build/tmux/way.js';

const [, socket] = process.argv.slice(2);
const client = await ControlClient.attach({
  way: wayHere(socket),
  session: '=bench',
  onNotification: (notice) => {
    if (notice.type === 'output' && notice.bytes.includes('REQUEST_END>>')) void look(notice.paneId);
  },
});
process.send({ ready: true });
process.once('SIGTERM', async () => {
  await client.close();
  process.exit(0);
});

async function look(paneId) {
  const screen = (await client.run('capture-pane', '-p', '-t', paneId)).join('\n');
  const marks = [...screen.matchAll(/<<CONTROLLER_REQUEST>>\n(\S+)\n<<CONTROLLER_REQUEST_END>>/g)];
  process.send({ mark: marks.at(-1)[1], at: String(process.hrtime.bigint()) });
}
