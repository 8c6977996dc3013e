import { homedir } from 'node:os';
import type { SendView } from '../../api/views.ts';
import { BridgeError, ExitCode } from '../../core/failure.ts';
import type { PaneFacts } from '../../core/pane.ts';
import { ExecCommands } from '../../tmux/exec.ts';
import { oncePerPane } from '../../tmux/facts.ts';
import { listPanes } from '../../tmux/pane.ts';
import { resolveTarget } from '../../tmux/targets.ts';
import type { Context } from '../context.ts';
import { invoke } from '../invoke.ts';
import { senderHere } from '../mail-lines.ts';
import { print, table } from '../output.ts';
import { addressOf } from '../pane.ts';
import { findServer } from './find-server.ts';
import { doctorLines } from './tmux-bridge-doctor.ts';
import { contextOn, Refusal } from './wrapper.ts';

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
export async function tmuxBridge([command = 'help', ...words]: readonly string[]): Promise<number> {
  if (['help', '-h', '--help'].includes(command)) return said(usage);
  if (['version', '-v', '--version'].includes(command)) return said(`tmux-bridge ${version}`);
  if (command === 'id') return id();
  if (command === 'doctor') return doctor();
  const act = acts[command];
  if (act === undefined) throw new Refusal(`unknown command: ${command}. Run 'tmux-bridge' for usage.`);
  return act(words, (await findServer(process.env)).socketPath);
}

type Act = (words: readonly string[], socketPath: string) => Promise<number>;

const acts: Readonly<Record<string, Act>> = { list, read, type, message, msg: message, keys, name, resolve };

async function list(_: readonly string[], socketPath: string): Promise<number> {
  const home = homedir();
  const rows = (await panesAt(socketPath)).map((pane) => [
    pane.paneId,
    `${pane.sessionName}:${pane.windowIndex}`,
    `${pane.width}x${pane.height}`,
    pane.command,
    pane.label || '-',
    pane.currentPath.startsWith(`${home}/`) ? `~${pane.currentPath.slice(home.length)}` : pane.currentPath,
  ]);
  return said(table([['TARGET', 'SESSION:WIN', 'SIZE', 'PROCESS', 'LABEL', 'CWD'], ...rows]));
}

async function read([target, lines = '50']: readonly string[], socketPath: string): Promise<number> {
  const pane = await paneOf(target, socketPath, 'read <target> [lines]');
  if (!/^[1-9]\d{0,6}$/.test(lines)) throw new Refusal(`lines: ${lines} is not a number above 0`);
  const found = await invoke(await contextOn(socketPath), 'read', { ...given(pane), lines: Number(lines) });
  return said(found.lines.join('\n'));
}

function type([target, ...words]: readonly string[], socketPath: string): Promise<number> {
  return actOn('type', { target, text: words.join(' '), usage: 'type <target> <text>' }, socketPath);
}

function message([target, ...words]: readonly string[], socketPath: string): Promise<number> {
  return actOn('message', { target, text: words.join(' '), usage: 'message <target> <text>' }, socketPath);
}

function keys([target, ...names]: readonly string[], socketPath: string): Promise<number> {
  return actOn('keys', { target, text: names.join(' '), usage: 'keys <target> <key>...' }, socketPath);
}

async function name(words: readonly string[], socketPath: string): Promise<number> {
  // one word alone labels the pane in which it is said
  const [target, label] = words.length === 1 ? [process.env.TMUX_PANE, words[0]] : words;
  const pane = await paneOf(target, socketPath, 'name [target] <label>');
  if (label === undefined) throw new Refusal('usage: tmux-bridge name [target] <label>');
  await invoke(await contextOn(socketPath), 'name', { pane: addressOf(pane), label, ...senderHere(undefined) });
  return 0;
}

async function resolve([label]: readonly string[], socketPath: string): Promise<number> {
  if (label === undefined) throw new Refusal('usage: tmux-bridge resolve <label>');
  const found = (await panesAt(socketPath)).filter((pane) => pane.label === label);
  const [first, ...others] = found;
  if (first === undefined) throw new Refusal(`no pane found with label '${label}'`);
  if (others.length > 0) throw new Refusal(`several panes have the label '${label}': ${found.map(placed).join(', ')}`);
  return said(first.paneId);
}

async function id(): Promise<number> {
  if (process.env.TMUX_PANE) return said(process.env.TMUX_PANE);
  throw new Refusal('not running inside a tmux pane ($TMUX_PANE is unset)');
}

async function doctor(): Promise<number> {
  const { text, isWell } = await doctorLines(version, panesAt);
  said(text);
  return isWell ? 0 : 1;
}

/** What the words name, as bridge's own commands give it. */
async function actOn(
  act: 'type' | 'message' | 'keys',
  order: { readonly target: string | undefined; readonly text: string; readonly usage: string },
  socketPath: string,
): Promise<number> {
  const pane = await paneOf(order.target, socketPath, order.usage);
  if (order.text === '') throw new Refusal(`usage: tmux-bridge ${order.usage}`);
  const context = await contextOn(socketPath);
  const args = { ...given(pane), text: order.text };
  try {
    return ended(await done(context, act, args));
  } catch (fault) {
    if (!(fault instanceof BridgeError) || fault.what !== 'read') throw fault;
    const why = fault.reason.startsWith('you have not') ? '' : ` (${fault.reason})`;
    throw new Refusal(`must read the pane before interacting. Run: tmux-bridge read ${order.target}${why}`);
  }
}

function done(
  context: Context,
  act: 'type' | 'message' | 'keys',
  args: ReturnType<typeof given> & { readonly text: string },
): Promise<SendView> {
  if (act === 'keys') return invoke(context, 'keys', args);
  const taking = { ...args, takesLines: true };
  return act === 'type'
    ? invoke(context, 'type', taking)
    : invoke(context, 'message', { ...taking, envelope: 'tmux-bridge' });
}

/** As the original ends where it has typed: what nobody can see of it is said. */
function ended({ message, exitCode, delivery }: SendView): number {
  if (exitCode === ExitCode.done) return 0;
  if (delivery.state.is !== 'uncertain') throw new Refusal(message);
  print(`warning: ${message}`, process.stderr);
  return 0;
}

function given(pane: PaneFacts) {
  return { ...senderHere(undefined), pane: addressOf(pane) };
}

async function paneOf(target: string | undefined, socketPath: string, usage: string): Promise<PaneFacts> {
  if (target === undefined || target === '') throw new Refusal(`usage: tmux-bridge ${usage}`);
  const panes = await panesAt(socketPath);
  const labelled = panes.filter(({ label }) => label === target);
  const found = resolveTarget(labelled.length > 0 ? labelled : panes, placeMeant(panes, target), () => null);
  if (found.is === 'one') return found.pane;
  if (found.is === 'many') throw new Refusal(`'${target}' is ambiguous: ${found.candidates.map(placed).join(', ')}`);
  const isPlace = /^%\d+$|[:.]/.test(target);
  const reason = isPlace ? `invalid target: ${target}` : `no pane found with label '${target}'`;
  throw new Refusal(`${reason}. Run: tmux-bridge list`);
}

/** A number is a window of the session in which it is said. */
function placeMeant(panes: readonly PaneFacts[], target: string): string {
  const here = panes.find(({ paneId }) => paneId === process.env.TMUX_PANE);
  return /^\d+$/.test(target) && here !== undefined ? `${here.sessionName}:${target}` : target;
}

async function panesAt(socketPath: string): Promise<PaneFacts[]> {
  return oncePerPane(await listPanes(new ExecCommands({ socketPath })));
}

function placeOf({ sessionName, windowIndex, paneIndex }: PaneFacts): string {
  return `${sessionName}:${windowIndex}.${paneIndex}`;
}

function placed(pane: PaneFacts): string {
  return `${pane.paneId} ${placeOf(pane)}`;
}

function said(text: string): number {
  print(text);
  return 0;
}
