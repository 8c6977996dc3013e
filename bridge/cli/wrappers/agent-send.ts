import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { isBlank } from '../../core/cleaning.ts';
import { ExitCode, messageOf } from '../../core/failure.ts';
import type { PaneFacts } from '../../core/pane.ts';
import { visibleLine } from '../../core/visible.ts';
import { wayTo } from '../../core/way.ts';
import type { SshHost } from '../../host/hosts/ssh-host.ts';
import { socketPathOf } from '../../tmux/socket.ts';
import { textFrom } from '../text.ts';
import { Refusal } from './refusal.ts';
import type { Run } from './run.ts';
import { type Line, paneOfSession, submit } from './submit.ts';

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
export async function agentSend(words: readonly string[], run: Run): Promise<number> {
  const order = await orderOf('agent-send', words, 'sHnmfSvr', run);
  const socketPath = socketPathOf({ env: run.env });
  const host = await hostNamed(order, socketPath);
  const pane = host === null ? await paneNamed(order, socketPath, run) : await paneThere(order, host);
  const destination = order.destination ?? pane.host.split('.')[0]!;
  const source = order.source ?? `${shortHost()}:${await sessionHere(socketPath, run)}`;
  const head = `[${bare(source)} -> ${bare(destination)}:${bare(pane.sessionName)}]`;
  return sent(pane, { head, text: order.text!, session: sessionOf(source) }, order, run);
}

/** Its send-message.sh: the same without the line's beginning; `-b` says that the text is base64. */
export async function sendMessage(words: readonly string[], run: Run): Promise<number> {
  const order = await orderOf('send-message', words, 'smfbvr', run);
  const pane = await paneNamed(order, socketPathOf({ env: run.env }), run);
  return sent(pane, { head: null, text: order.text!, session: null }, order, run);
}

/** @param flags those that it takes */
async function orderOf(name: string, words: readonly string[], flags: string, run: Run): Promise<Order> {
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
    else if (flag === '-r') {
      // as often as Enter was pressed again
      value(flag);
      run.warn(`${name}: -r is taken and does nothing: evidence decides whether Enter is pressed again`);
    }
  }
  if (order.session === undefined) throw wrong('-s SESSION is required');
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

async function paneNamed({ session }: Order, socketPath: string, run: Run): Promise<PaneFacts> {
  const pane = await paneOfSession(session!, run.tmux(socketPath));
  if (pane === null) throw new Refusal(`no session ${session}`);
  return pane;
}

async function sessionHere(socketPath: string, { env, tmux: at }: Run): Promise<string> {
  const paneId = env.TMUX_PANE;
  if (!paneId) return 'unknown';
  const [name] = await at(socketPath)
    .run('display-message', '-p', '-t', paneId, '#{session_name}')
    .catch(() => []);
  return name || 'unknown';
}

async function sent(pane: PaneFacts, line: Line, { isVerbose, source }: Order, run: Run): Promise<number> {
  const { message, exitCode } = await submit(pane, line, run);
  if (exitCode !== ExitCode.done) throw new Refusal(message, exitCode);
  const claim = source === undefined ? '' : `, as ${source}, which is a claim`;
  if (isVerbose) run.warn(visibleLine(`${pane.paneId} (${pane.sessionName}): ${message}${claim}`));
  return 0;
}

/** `me@host` or `host`: of this machine, by one of its names, nobody has to go anywhere. */
function isThisHost(host: string): boolean {
  const [, user, name] = /^(?:([^@]+)@)?(.+)$/.exec(host) ?? [];
  const isUser = user === undefined || user === userInfo().username;
  return isUser && [hostname(), shortHost(), 'localhost', '127.0.0.1', '::1'].includes(name!);
}

/** The host of bridge.yaml that is called so, or that ssh reaches by this destination; null for this machine. */
async function hostNamed({ host }: Order, socketPath: string): Promise<SshHost | null> {
  if (host === undefined) return null;
  const { config, fault } = await (await import('../context.ts')).contextWith({ socket: socketPath });
  if (fault !== null) throw fault;
  const named = config.hosts.find(({ name, ssh }) => [name, ssh].includes(host));
  if (named === undefined && !isThisHost(host)) throw new Refusal(unnamed(host));
  return named ?? null;
}

async function paneThere({ session }: Order, host: SshHost): Promise<PaneFacts> {
  const [{ Hosts }, { wayBy }, { steadyClock }] = await Promise.all([
    import('../../host/hosts/hosts.ts'),
    import('../../app/ways.ts'),
    import('../../host/clock.ts'),
  ]);
  const hosts = new Hosts([host], steadyClock);
  try {
    const { commands } = wayBy(hosts)(wayTo(host.name, null));
    const pane = await paneOfSession(session!, commands);
    if (pane === null) throw new Refusal(`no session ${session} on ${host.name}`);
    return pane;
  } finally {
    await hosts.close();
  }
}

function unnamed(host: string): string {
  const entry = `hosts: {NAME: ${host}}`;
  return `-H ${host}: is no host that bridge knows; nothing was sent\nname it in the bridge.yaml of the state directory: ${entry}`;
}

/** The session of this machine that a source names; null where it names another machine. */
function sessionOf(source: string): string | null {
  const [, host, session] = /^([^:]+):(.+)$/.exec(source) ?? [];
  return host !== undefined && isThisHost(host) ? session! : null;
}

function shortHost(): string {
  return hostname().split('.')[0]!;
}

/** A name ends no bracket that it stands in. */
function bare(name: string): string {
  return visibleLine(name).replace(/[[\]]/g, ' ');
}
