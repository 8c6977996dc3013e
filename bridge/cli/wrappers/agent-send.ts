import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isBlank } from '../../core/cleaning.ts';
import { ExitCode, messageOf } from '../../core/failure.ts';
import { asPaneId } from '../../core/ids.ts';
import type { PaneFacts } from '../../core/pane.ts';
import { visibleLine } from '../../core/visible.ts';
import { ExecCommands } from '../../tmux/exec.ts';
import { paneFacts } from '../../tmux/pane.ts';
import { socketPathOf } from '../../tmux/socket.ts';
import { invoke } from '../invoke.ts';
import { senderHere } from '../mail-lines.ts';
import { print } from '../output.ts';
import { addressOf } from '../pane.ts';
import { textFrom } from '../text.ts';
import { contextOn, Refusal } from './wrapper.ts';

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

/** How long an agent that is at work, or a person who types there, is waited for. */
const waitMs = 30_000;

/** Mosaic's agent-send.sh: one text, with `[host:session -> host:session]` before it, into the pane of a session, submitted once. */
export async function agentSend(words: readonly string[]): Promise<number> {
  const order = await orderOf('agent-send', words, 'sHnmfSvr');
  const { session, pane, socketPath } = await sessionOf('agent-send', order);
  const destination = order.destination ?? shortHost();
  const source = order.source ?? `${shortHost()}:${await sessionHere(socketPath)}`;
  const text = `[${bare(source)} -> ${bare(destination)}:${bare(session)}] ${order.text}`;
  return submit(pane, socketPath, text, order.isVerbose);
}

/** Its send-message.sh: the same without the line's beginning; `-b` says that the text is base64. */
export async function sendMessage(words: readonly string[]): Promise<number> {
  const order = await orderOf('send-message', words, 'smfbvr');
  const { pane, socketPath } = await sessionOf('send-message', order);
  return submit(pane, socketPath, order.text!, order.isVerbose);
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

/** The active pane of the session, by its exact name. */
async function sessionOf(
  name: string,
  { session }: Order,
): Promise<{ readonly session: string; readonly pane: PaneFacts; readonly socketPath: string }> {
  const socketPath = socketPathOf({ env: process.env });
  const tmux = new ExecCommands({ socketPath });
  const [paneId = ''] = await tmux
    .run('list-panes', '-t', `=${session}:`, '-f', '#{pane_active}', '-F', '#{pane_id}')
    .catch((fault) => {
      throw new Refusal(`no session ${session}: ${messageOf(fault)}`);
    });
  const id = asPaneId(paneId);
  const pane = id === null ? null : await paneFacts(tmux, id);
  if (pane === null) throw new Refusal(`${name}: session ${session} has no pane`);
  return { session: pane.sessionName, pane, socketPath };
}

async function sessionHere(socketPath: string): Promise<string> {
  const paneId = process.env.TMUX_PANE;
  if (!paneId) return 'unknown';
  const tmux = new ExecCommands({ socketPath });
  const [name] = await tmux.run('display-message', '-p', '-t', paneId, '#{session_name}').catch(() => []);
  return name || 'unknown';
}

/**
 * One input, submitted once. An agent program that is known gets it as by `bridge send`; into one that nobody knows it is
 * typed on what was read of it just before, and Enter submits it.
 */
async function submit(pane: PaneFacts, socketPath: string, text: string, isVerbose: boolean): Promise<number> {
  const context = await contextOn(socketPath);
  const here = { ...senderHere(undefined), pane: addressOf(pane) };
  const seen = await invoke(context, 'read', { ...here, lines: 1 });
  let result: { readonly message: string; readonly exitCode: number };
  if (seen.agent === 'unknown') {
    result = await invoke(context, 'type', { ...here, text, takesLines: true });
    if (result.exitCode === ExitCode.done) {
      await invoke(context, 'read', { ...here, lines: 1 });
      result = await invoke(context, 'keys', { ...here, text: 'Enter' });
    }
  } else {
    result = await invoke(context, 'send', { pane: here.pane, text, from: 'agent-send', waitMs });
  }
  if (result.exitCode === ExitCode.undecided) throw new Refusal(result.message, ExitCode.undecided);
  if (result.exitCode !== ExitCode.done) throw new Refusal(result.message, result.exitCode);
  if (isVerbose) print(`${pane.paneId} (${pane.sessionName}): ${result.message}`, process.stderr);
  return 0;
}

function shortHost(): string {
  return hostname().split('.')[0]!;
}

/** A name ends no bracket that it stands in. */
function bare(name: string): string {
  return visibleLine(name).replace(/[[\]]/g, ' ');
}
