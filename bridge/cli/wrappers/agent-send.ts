import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isBlank } from '../../core/cleaning.ts';
import { ExitCode, messageOf } from '../../core/failure.ts';
import type { PaneFacts } from '../../core/pane.ts';
import { visibleLine } from '../../core/visible.ts';
import { ExecCommands } from '../../tmux/exec.ts';
import { socketPathOf } from '../../tmux/socket.ts';
import { print } from '../output.ts';
import { textFrom } from '../text.ts';
import { paneOfSession, submit } from './submit.ts';
import { Refusal } from './wrapper.ts';

const usage = (name: string, more: string) =>
  `usage: ${name}.sh -s SESSION${more} [-m TEXT | -f FILE | text on stdin] [-v] [-r N]`;

interface Order {
  session?: string;
  host?: string;
  destination?: string;
  source?: string;
  text?: string;
  isVerbose: boolean;
}

/** Mosaic's agent-send.sh: one text, with `[host:session -> host:session]` before it, into the pane of a session, submitted once. */
export async function agentSend(words: readonly string[]): Promise<number> {
  const order = await orderOf('agent-send', words, 'sHnmfSvr');
  const socketPath = socketPathOf({ env: process.env });
  const pane = await paneNamed(order, socketPath);
  const destination = order.destination ?? shortHost();
  const source = order.source ?? `${shortHost()}:${await sessionHere(socketPath)}`;
  const text = `[${bare(source)} -> ${bare(destination)}:${bare(pane.sessionName)}] ${order.text}`;
  return sent(pane, text, order.isVerbose);
}

/** Its send-message.sh: the same without the line's beginning; `-b` says that the text is base64. */
export async function sendMessage(words: readonly string[]): Promise<number> {
  const order = await orderOf('send-message', words, 'smfbvr');
  const pane = await paneNamed(order, socketPathOf({ env: process.env }));
  return sent(pane, order.text!, order.isVerbose);
}

/** @param flags those that it takes */
async function orderOf(name: string, words: readonly string[], flags: string): Promise<Order> {
  const order: Order = { isVerbose: false };
  const rest = [...words];
  let isBase64 = false;
  const wrong = (reason: string) =>
    new Refusal(
      `${reason}\n${usage(name, name === 'agent-send' ? ' [-H USER@HOST] [-n HOST] [-S SOURCE]' : ' [-b]')}`,
      64,
    );
  const value = (flag: string) => {
    const next = rest.shift();
    if (next === undefined) throw wrong(`${flag} needs a value`);
    return next;
  };
  for (let flag = rest.shift(); flag !== undefined; flag = rest.shift()) {
    if (!/^-[a-zA-Z]$/.test(flag) || !flags.includes(flag[1]!)) throw wrong(`unknown argument: ${flag}`);
    if (flag === '-s') order.session = value(flag);
    else if (flag === '-H') order.host = value(flag);
    else if (flag === '-n') order.destination = value(flag);
    else if (flag === '-S') order.source = value(flag);
    else if (flag === '-m') order.text = value(flag);
    else if (flag === '-f') order.text = fileAt(value(flag));
    else if (flag === '-b') isBase64 = true;
    else if (flag === '-v') order.isVerbose = true;
    // as often as Enter was pressed again: evidence decides that here
    else if (flag === '-r') value(flag);
  }
  if (order.session === undefined) throw wrong('-s SESSION is required');
  if (order.host !== undefined)
    throw new Refusal(`-H ${order.host}: other hosts are not served yet; run it on that host`);
  order.text ??= await textFrom(['-'], name);
  if (isBase64) order.text = Buffer.from(order.text, 'base64').toString('utf8');
  if (isBlank(order.text)) throw new Refusal('the message is empty');
  return order;
}

function fileAt(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (fault) {
    throw new Refusal(`-f ${path}: ${messageOf(fault)}`);
  }
}

async function paneNamed({ session }: Order, socketPath: string): Promise<PaneFacts> {
  const pane = await paneOfSession(session!, socketPath);
  if (pane === null) throw new Refusal(`no session ${session}`);
  return pane;
}

async function sessionHere(socketPath: string): Promise<string> {
  const paneId = process.env.TMUX_PANE;
  if (!paneId) return 'unknown';
  const tmux = new ExecCommands({ socketPath });
  const [name] = await tmux.run('display-message', '-p', '-t', paneId, '#{session_name}').catch(() => []);
  return name || 'unknown';
}

async function sent(pane: PaneFacts, text: string, isVerbose: boolean): Promise<number> {
  const { message, exitCode } = await submit(pane, text);
  if (exitCode !== ExitCode.done) throw new Refusal(message, exitCode);
  if (isVerbose) print(`${pane.paneId} (${pane.sessionName}): ${message}`, process.stderr);
  return 0;
}

function shortHost(): string {
  return hostname().split('.')[0]!;
}

/** A name ends no bracket that it stands in. */
function bare(name: string): string {
  return visibleLine(name).replace(/[[\]]/g, ' ');
}
