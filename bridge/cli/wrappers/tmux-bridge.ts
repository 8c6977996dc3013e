import type { SendView } from '../../api/views.ts';
import { BridgeError, ExitCode } from '../../core/failure.ts';
import type { PaneFacts } from '../../core/pane.ts';
import { oncePerPane } from '../../tmux/facts.ts';
import { listPanes } from '../../tmux/pane.ts';
import { resolveTarget } from '../../tmux/targets.ts';
import { table } from '../output.ts';
import { addressOf } from '../pane.ts';
import { findServer } from './find-server.ts';
import { Refusal } from './refusal.ts';
import type { Run } from './run.ts';
import { doctorLines } from './tmux-bridge-doctor.ts';

const version = '2.0.0';

const usage = `tmux-bridge ${version}: cross-pane communication for agents in tmux (bridge does it)

Usage: tmux-bridge <command> [arguments]

  list                       show all panes: target, window, size, process, label, folder
  read <target> [lines]      print the last lines of a pane (default: 50)
  type <target> <text>       type a text, without Enter
  message <target> <text>    type a text that says who wrote it (msg is the same)
  keys <target> <key>...     press keys: Enter, Escape, C-c
  name [target] <label>      label a pane (without a target: yours)
  resolve <label>            print the pane of a label
  id                         print the pane in which you are
  doctor                     check the connection to tmux
  version, help

A target is a label, %3, session:window.pane or the number of a window of your session. type, message and keys need a read before, each one of its own.
TMUX_BRIDGE_SOCKET names the tmux server.`;

/** smux's tmux-bridge: what it prints and how it ends are as they were; what it does is bridge's read, type, message and keys. */
export async function tmuxBridge([command = 'help', ...words]: readonly string[], run: Run): Promise<number> {
  if (['help', '-h', '--help'].includes(command)) return said(usage, run);
  if (['version', '-v', '--version'].includes(command)) return said(`tmux-bridge ${version}`, run);
  if (command === 'id') return id(run);
  if (command === 'doctor') return doctor(run);
  const act = acts[command];
  if (act === undefined) throw new Refusal(`unknown command: ${command}. Run 'tmux-bridge' for usage.`);
  return act(words, (await findServer(run)).socketPath, run);
}

type Act = (words: readonly string[], socketPath: string, run: Run) => Promise<number>;

const acts: Readonly<Record<string, Act>> = { list, read, type, message, msg: message, keys, name, resolve };

async function list(_: readonly string[], socketPath: string, run: Run): Promise<number> {
  const home = run.userFolder;
  const rows = (await panesAt(socketPath, run)).map((pane) => [
    pane.paneId,
    `${pane.sessionName}:${pane.windowIndex}`,
    `${pane.width}x${pane.height}`,
    pane.command,
    pane.label || '-',
    pane.currentPath.startsWith(`${home}/`) ? `~${pane.currentPath.slice(home.length)}` : pane.currentPath,
  ]);
  return said(table([['TARGET', 'SESSION:WIN', 'SIZE', 'PROCESS', 'LABEL', 'CWD'], ...rows]), run);
}

async function read([target, lines = '50']: readonly string[], socketPath: string, run: Run): Promise<number> {
  const pane = await paneOf(target, { socketPath, usage: 'read <target> [lines]', run });
  if (!/^[1-9]\d{0,6}$/.test(lines)) throw new Refusal(`lines: ${lines} is not a number above 0`);
  const found = await run.ask(socketPath, 'read', { ...(await given(pane, run)), lines: Number(lines) });
  return said(found.lines.join('\n'), run);
}

function type([target, ...words]: readonly string[], socketPath: string, run: Run): Promise<number> {
  return actOn('type', { target, text: words.join(' '), usage: 'type <target> <text>' }, socketPath, run);
}

function message([target, ...words]: readonly string[], socketPath: string, run: Run): Promise<number> {
  return actOn('message', { target, text: words.join(' '), usage: 'message <target> <text>' }, socketPath, run);
}

function keys([target, ...names]: readonly string[], socketPath: string, run: Run): Promise<number> {
  return actOn('keys', { target, text: names.join(' '), usage: 'keys <target> <key>...' }, socketPath, run);
}

async function name(words: readonly string[], socketPath: string, run: Run): Promise<number> {
  // one word alone labels the pane in which it is said
  const [target, label] = words.length === 1 ? [run.env.TMUX_PANE, words[0]] : words;
  const pane = await paneOf(target, { socketPath, usage: 'name [target] <label>', run });
  if (label === undefined) throw new Refusal('usage: tmux-bridge name [target] <label>');
  await run.ask(socketPath, 'name', { ...(await given(pane, run)), label });
  return 0;
}

async function resolve([label]: readonly string[], socketPath: string, run: Run): Promise<number> {
  if (label === undefined) throw new Refusal('usage: tmux-bridge resolve <label>');
  const found = (await panesAt(socketPath, run)).filter((pane) => pane.label === label);
  const [first, ...others] = found;
  if (first === undefined) throw new Refusal(`no pane found with label '${label}'`);
  if (others.length > 0) throw new Refusal(`several panes have the label '${label}': ${found.map(placed).join(', ')}`);
  return said(first.paneId, run);
}

async function id(run: Run): Promise<number> {
  if (run.env.TMUX_PANE) return said(run.env.TMUX_PANE, run);
  throw new Refusal('not running inside a tmux pane ($TMUX_PANE is unset)');
}

async function doctor(run: Run): Promise<number> {
  const { text, isWell } = await doctorLines(version, (socketPath) => panesAt(socketPath, run), run);
  said(text, run);
  return isWell ? 0 : 1;
}

/** What the words name, as bridge's own commands give it. */
async function actOn(
  act: 'type' | 'message' | 'keys',
  order: { readonly target: string | undefined; readonly text: string; readonly usage: string },
  socketPath: string,
  run: Run,
): Promise<number> {
  const pane = await paneOf(order.target, { socketPath, usage: order.usage, run });
  if (order.text === '') throw new Refusal(`usage: tmux-bridge ${order.usage}`);
  const args = { ...(await given(pane, run)), text: order.text };
  try {
    return ended(await done(act, args, socketPath, run), run);
  } catch (fault) {
    if (!(fault instanceof BridgeError) || fault.what !== 'read') throw fault;
    const why = fault.reason.startsWith('you have not') ? '' : ` (${fault.reason})`;
    throw new Refusal(`must read the pane before interacting. Run: tmux-bridge read ${order.target}${why}`);
  }
}

function done(
  act: 'type' | 'message' | 'keys',
  args: Awaited<ReturnType<typeof given>> & { readonly text: string },
  socketPath: string,
  run: Run,
): Promise<SendView> {
  if (act === 'keys') return run.ask(socketPath, 'keys', args);
  const taking = { ...args, takesLines: true };
  return act === 'type'
    ? run.ask(socketPath, 'type', taking)
    : run.ask(socketPath, 'message', { ...taking, envelope: 'tmux-bridge' });
}

/** As the original ends where it has typed: what nobody can see of it is said. */
function ended({ message, exitCode, delivery }: SendView, run: Run): number {
  if (exitCode === ExitCode.done) return 0;
  if (delivery.state.is !== 'uncertain') throw new Refusal(message);
  run.warn(`warning: ${message}`);
  return 0;
}

async function given(pane: PaneFacts, run: Run) {
  return { ...(await run.sender()), pane: addressOf(pane) };
}

async function paneOf(
  target: string | undefined,
  { socketPath, usage, run }: { readonly socketPath: string; readonly usage: string; readonly run: Run },
): Promise<PaneFacts> {
  if (target === undefined || target === '') throw new Refusal(`usage: tmux-bridge ${usage}`);
  const panes = await panesAt(socketPath, run);
  const labelled = panes.filter(({ label }) => label === target);
  const found = resolveTarget(labelled.length > 0 ? labelled : panes, placeMeant(panes, target, run), () => null);
  if (found.is === 'one') return found.pane;
  if (found.is === 'many') throw new Refusal(`'${target}' is ambiguous: ${found.candidates.map(placed).join(', ')}`);
  const isPlace = /^%\d+$|[:.]/.test(target);
  const reason = isPlace ? `invalid target: ${target}` : `no pane found with label '${target}'`;
  throw new Refusal(`${reason}. Run: tmux-bridge list`);
}

/** A number is a window of the session in which it is said. */
function placeMeant(panes: readonly PaneFacts[], target: string, { env }: Run): string {
  const here = panes.find(({ paneId }) => paneId === env.TMUX_PANE);
  return /^\d+$/.test(target) && here !== undefined ? `${here.sessionName}:${target}` : target;
}

async function panesAt(socketPath: string, run: Run): Promise<PaneFacts[]> {
  return oncePerPane(await listPanes(run.tmux(socketPath)));
}

function placeOf({ sessionName, windowIndex, paneIndex }: PaneFacts): string {
  return `${sessionName}:${windowIndex}.${paneIndex}`;
}

function placed(pane: PaneFacts): string {
  return `${pane.paneId} ${placeOf(pane)}`;
}

function said(text: string, run: Run): number {
  run.say(text);
  return 0;
}
