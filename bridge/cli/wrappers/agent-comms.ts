import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isBlank } from '../../core/cleaning.ts';
import { closest } from '../../core/closest.ts';
import { ExitCode } from '../../core/failure.ts';
import { visibleLine } from '../../core/visible.ts';
import { ExecCommands } from '../../tmux/exec.ts';
import { socketPathOf } from '../../tmux/socket.ts';
import { print, table } from '../output.ts';
import {
  appendWhole,
  type CommsPaths,
  changeDocument,
  commsPaths,
  fileNamed,
  logged,
  namesIn,
  type RegisteredAgent,
  type Registry,
  type Roster,
  type RosterMember,
  readDocument,
  writeWhole,
} from './comms-files.ts';
import { flagsOf, type TakenFlags } from './comms-flags.ts';
import { joinDocument, starterRegistry, usage } from './comms-texts.ts';
import { paneOfSession, submit } from './submit.ts';
import { Refusal } from './wrapper.ts';

/**
 * tmux-agent-comms: its registry, rosters and threads stay its own files, and what it types goes bridge's way: one input, guarded, with
 * a receipt in the journal.
 */
export async function agentComms([command = 'help', ...words]: readonly string[]): Promise<number> {
  if (['help', '-h', '--help'].includes(command)) return said(usage);
  const act = acts[command];
  if (act === undefined) throw new Refusal(`unknown command '${command}'; try: agent_comms help`, 2);
  const flags = flagsOf(words);
  if (flags.passed.length > 0) note(`${flags.passed.join(', ')} is taken and does nothing: evidence is waited for`);
  return act(flags, { paths: commsPaths(process.env), socketPath: socketPathOf({ env: process.env }) });
}

interface Place {
  readonly paths: CommsPaths;
  readonly socketPath: string;
}

type Act = (flags: TakenFlags, place: Place) => number | Promise<number>;

const acts: Readonly<Record<string, Act>> = {
  send,
  broadcast,
  post,
  read,
  threads,
  register,
  roster,
  invite: (_, { paths }) => said(`Paste this into each AI's tmux pane:   read ${paths.joinDoc}`),
  'init-join': initJoin,
  discover,
  list,
  ls: list,
  add,
  remove,
  enable: (flags, place) => setEnabled(flags, place, true),
  disable: (flags, place) => setEnabled(flags, place, false),
  whoami: async (flags, place) => said(await senderOf(flags, place)),
  log,
  init,
  relay: (flags) => (flags.isQuiet ? 0 : said('nothing is spooled: what is sent is sent at once, or refused')),
};

async function send({ words: [to, ...body], ...flags }: TakenFlags, place: Place): Promise<number> {
  const text = textOf(body, 'send <to> <message>');
  const from = await senderOf(flags, place);
  const agent = recipientOf(to ?? '', place);
  const outcome = await deliver(to!, agent, lineOf(from, text), from, place);
  record(place, from, to!, outcome, text);
  return toldOf(outcome, flags.isQuiet);
}

async function broadcast({ words, ...flags }: TakenFlags, place: Place): Promise<number> {
  const text = textOf(words, 'broadcast <message>');
  const from = await senderOf(flags, place);
  const { agents } = registryIn(place);
  let worst = 0;
  for (const [name, agent] of Object.entries(agents)) {
    if (agent.enabled === false || name === from) continue;
    const outcome = await deliver(name, agent, lineOf(from, text), from, place);
    record(place, from, name, outcome, text);
    worst = Math.max(worst, toldOf(outcome, flags.isQuiet));
  }
  return worst;
}

/** Kept first, then a doorbell for those that `--to` names, else for all who have joined the thread's project. */
async function post({ words: [thread = '', ...body], ...flags }: TakenFlags, place: Place): Promise<number> {
  const text = textOf(body, 'post <thread> <message>');
  const path = fileNamed(place.paths.threads, thread, '.md');
  const from = await senderOf(flags, place);
  const project = rosterOf(thread.split('/')[0]!, place);
  const { to } = flags;
  if (
    to !== null &&
    project !== null &&
    project.members[to] === undefined &&
    registryIn(place).agents[to] === undefined
  )
    throw new Refusal(`'${to}' is no member of ${project.project}: ${Object.keys(project.members).join(', ')}`);
  const recipients = to !== null ? [to] : Object.keys(project?.members ?? {}).filter((name) => name !== from);
  const model = project?.members[from]?.model;
  const head = `## [${from}→${to ?? 'all'}${model ? ` (${model})` : ''} ${stamp(16).replace('T', ' ')}Z]`;
  // a body forges no entry of its own
  appendWhole(path, `${visibleLine(head)}\n${text.replace(/^## \[/gm, ' ## [')}\n\n`);
  if (!flags.isQuiet) said(`posted: ${thread} (${path})`);
  const noReply = /\[no-reply\]/.test(text) ? ' (no reply needed)' : '';
  const bell = `${marker()} ${from} posted in ${thread}.md — review it (${path})${noReply}`;
  let worst = 0;
  for (const name of recipients) {
    const outcome = await deliver(name, recipientOf(name, place), bell, from, place);
    record(
      place,
      from,
      name,
      { ...outcome, status: outcome.status === 'DELIVERED' ? 'DOORBELL' : `DOORBELL_${outcome.status}` },
      text,
    );
    worst = Math.max(worst, toldOf(outcome, flags.isQuiet));
  }
  return worst;
}

function read({ words: [thread = ''], last }: TakenFlags, { paths }: Place): number {
  const path = fileNamed(paths.threads, thread, '.md');
  if (!existsSync(path)) throw new Refusal(`no thread '${thread}'${didYouMean(thread, namesIn(paths.threads, '.md'))}`);
  const entries = readFileSync(path, 'utf8').split(/^(?=## \[)/m);
  return said((last === null ? entries : entries.slice(-last)).join('').trimEnd());
}

function threads(_: TakenFlags, { paths }: Place): number {
  const names = namesIn(paths.threads, '.md');
  const count = (name: string) =>
    readFileSync(fileNamed(paths.threads, name, '.md'), 'utf8').match(/^## \[/gm)?.length ?? 0;
  return said(names.length === 0 ? 'no threads' : table(names.map((name) => [name, `${count(name)} entries`])));
}

/** The same session is the same member; a name that another session has gets the next number. */
async function register(flags: TakenFlags, place: Place): Promise<number> {
  const { project, as, model, role } = flags;
  if (project === null) throw new Refusal('register needs --project', 2);
  const session = flags.session ?? (await sessionHere(place));
  if (session === null) throw new Refusal('no tmux session is found: name it with --session', 2);
  const owner = Object.entries(registryIn(place).agents).find(([, agent]) => agent.session === session)?.[0];
  if (owner !== undefined && as !== null && owner !== as && !flags.isForced)
    throw new Refusal(`session ${session} is ${owner}'s; --force registers it as ${as}`, 2);
  const path = fileNamed(place.paths.projects, project, '.json');
  const wanted = as ?? owner ?? session;
  const found = await changeDocument<Roster, { name: string; isNew: boolean; others: string[] }>(path, (roster) => {
    const members = roster?.members ?? {};
    const known = Object.entries(members).find(([, member]) => member.session === session);
    const isFree = (name: string) => members[name] === undefined;
    let name = known?.[0] ?? wanted;
    for (let number = 2; known === undefined && !isFree(name); number++) name = `${wanted}-${number}`;
    const now = `${stamp(19)}Z`;
    const before = known?.[1];
    const member: RosterMember = {
      session,
      model: oneLine(model ?? before?.model ?? ''),
      role: oneLine(role ?? before?.role ?? ''),
      joined: before?.joined ?? now,
      last_active: now,
    };
    const others = Object.keys(members).filter((one) => one !== name);
    return { next: { project, members: { ...members, [name]: member } }, result: { name, isNew: !known, others } };
  });
  said(`registered: ${found.name} in project '${project}' (session ${session})`);
  if (!found.isNew) return 0;
  const about = [model, role]
    .filter(Boolean)
    .map((one) => oneLine(one!))
    .join(', ');
  const line = lineOf(found.name, `joined project ${project}${about ? ` (${about})` : ''} (no reply needed)`);
  for (const other of found.others) {
    const member = rosterOf(project, place)?.members[other];
    if (member === undefined) continue;
    const outcome = await deliver(other, member, line, found.name, place);
    record(place, found.name, other, outcome, 'joined');
  }
  return 0;
}

async function roster({ words: [project = ''] }: TakenFlags, place: Place): Promise<number> {
  const found = rosterOf(project, place);
  if (found === null)
    throw new Refusal(`no project '${project}'${didYouMean(project, namesIn(place.paths.projects, '.json'))}`);
  const living = await sessions(place);
  const members = Object.entries(found.members);
  const rows = members.map(([name, { session, model, role }]) => [
    `  ${name}`,
    session,
    model || '-',
    status(living, session),
    role,
  ]);
  return said(
    `project '${project}' — ${members.length} member(s):\n${table([['  MEMBER', 'SESSION', 'MODEL', 'STATUS', 'ROLE'], ...rows])}`,
  );
}

function initJoin(_: TakenFlags, { paths }: Place): number {
  writeWhole(paths.joinDoc, joinDocument);
  return said(`wrote ${paths.joinDoc}`);
}

async function discover({ isAdding }: TakenFlags, place: Place): Promise<number> {
  const known = new Set(Object.values(registryIn(place).agents).map(({ session }) => session));
  const fresh = (await sessions(place)).filter((session) => !known.has(session));
  if (isAdding)
    for (const session of fresh) await changeRegistry(place, (agents) => ({ ...agents, [session]: newAgent(session) }));
  if (fresh.length === 0) return said('no sessions that are not registered');
  return said(
    fresh.map((session) => (isAdding ? `added ${session}` : `agent_comms add ${session} ${session}`)).join('\n'),
  );
}

async function list(_: TakenFlags, place: Place): Promise<number> {
  const living = await sessions(place);
  const rows = Object.entries(registryIn(place).agents).map(([name, { session, enabled, desc = '' }]) => [
    name,
    session,
    status(living, session),
    enabled === false ? 'disabled' : 'enabled',
    desc,
  ]);
  return said(rows.length === 0 ? 'no agents' : table([['NAME', 'SESSION', 'STATUS', 'ENABLED', 'DESC'], ...rows]));
}

async function add({ words: [name = '', session], color, desc, revive }: TakenFlags, place: Place): Promise<number> {
  if (session === undefined) throw new Refusal('usage: agent_comms add <name> <session> [--color --desc --revive]', 2);
  fileNamed('', name, '');
  const agent = { ...newAgent(session), color: color ?? 'white', desc: desc ?? '', revive_cmd: revive };
  await changeRegistry(place, (agents) => ({ ...agents, [name]: agent }));
  return said(`added: ${name} -> ${session}`);
}

async function remove({ words: [name = ''] }: TakenFlags, place: Place): Promise<number> {
  registered(name, place);
  await changeRegistry(place, ({ [name]: _, ...others }) => others);
  return said(`removed: ${name}`);
}

async function setEnabled({ words: [name = ''] }: TakenFlags, place: Place, enabled: boolean): Promise<number> {
  registered(name, place);
  await changeRegistry(place, (agents) => ({ ...agents, [name]: { ...agents[name]!, enabled } }));
  return said(`${enabled ? 'enabled' : 'disabled'}: ${name}`);
}

function log({ last }: TakenFlags, { paths }: Place): number {
  if (!existsSync(paths.log)) return said('no log yet');
  return said(
    readFileSync(paths.log, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-(last ?? 20))
      .join('\n'),
  );
}

function init({ isForced }: TakenFlags, { paths }: Place): number {
  if (existsSync(paths.registry) && !isForced) throw new Refusal(`${paths.registry} exists; --force writes it anew`);
  writeWhole(paths.registry, `${JSON.stringify(starterRegistry, null, 2)}\n`);
  return said(`wrote ${paths.registry}`);
}

interface Outcome {
  readonly status: string;
  readonly inWords: string;
}

/** Types a line into the session of an agent, which is started where it is down and its entry says how. */
async function deliver(
  name: string,
  agent: Pick<RegisteredAgent, 'session' | 'revive_cmd'>,
  line: string,
  from: string,
  place: Place,
): Promise<Outcome> {
  const to = `${from} -> ${name} (${agent.session})`;
  const pane = (await paneOfSession(agent.session, place.socketPath)) ?? (await revived(agent, place));
  if (pane === null) return { status: 'SESSION_DOWN', inWords: `SESSION_DOWN: ${to}` };
  if (pane.paneId === process.env.TMUX_PANE)
    return { status: 'INJECT_FAIL', inWords: `INJECT_FAIL: ${to}: your own pane` };
  const { message, exitCode } = await submit(pane, line);
  if (exitCode === ExitCode.done) return { status: 'DELIVERED', inWords: `delivered: ${to}` };
  const status = exitCode === ExitCode.undecided ? 'UNSUBMITTED' : 'INJECT_FAIL';
  return { status, inWords: `${status}: ${to}: ${message}` };
}

const reviveMs = 30_000;
const graceMs = 6_000;
const lookEveryMs = 100;

/** Its own command, which stands in the local registry, run once; then its session, where that came up. */
async function revived(
  { session, revive_cmd: command }: Pick<RegisteredAgent, 'session' | 'revive_cmd'>,
  place: Place,
) {
  if (!command) return null;
  spawnSync('/bin/sh', ['-c', command], { timeout: reviveMs, stdio: 'ignore' });
  const endAt = Date.now() + graceMs;
  for (;;) {
    const pane = await paneOfSession(session, place.socketPath);
    if (pane !== null || Date.now() > endAt) return pane;
    await delay(lookEveryMs);
  }
}

function toldOf({ status, inWords }: Outcome, isQuiet: boolean): number {
  const isDone = status === 'DELIVERED';
  if (!isDone) note(inWords);
  else if (!isQuiet) said(inWords);
  return isDone ? 0 : 1;
}

function record({ paths }: Place, from: string, to: string, { status }: Outcome, text: string): void {
  logged(paths.log, [`${stamp(19)}Z`, `${from}→${to}`, status, text]);
}

/** `«agent-msg» from=claude 14:23Z | build the parser` */
function lineOf(from: string, text: string): string {
  return `${marker()} from=${visibleLine(from)} ${stamp(16).slice(11)}Z | ${text}`;
}

function marker(): string {
  return process.env.AGENT_COMMS_MARKER || '«agent-msg»';
}

function textOf(words: readonly string[], how: string): string {
  const text = words.join(' ');
  if (isBlank(text)) throw new Refusal(`usage: agent_comms ${how}`, 2);
  return text;
}

/** Who that is: an agent of the registry, else whoever has joined a project under that name. */
function recipientOf(name: string, place: Place): RegisteredAgent {
  const { agents } = registryIn(place);
  const agent = agents[name];
  if (agent?.enabled === false) throw new Refusal(`DISABLED: ${name} is disabled`);
  if (agent !== undefined) return agent;
  const rosters = namesIn(place.paths.projects, '.json').map((project) => rosterOf(project, place));
  const member = rosters.find((one) => one?.members[name] !== undefined)?.members[name];
  if (member !== undefined) return { session: member.session };
  const known = [...Object.keys(agents), ...rosters.flatMap((one) => Object.keys(one?.members ?? {}))];
  throw new Refusal(`unknown agent '${visibleLine(name)}'${didYouMean(name, known)}`);
}

function registered(name: string, place: Place): RegisteredAgent {
  const { agents } = registryIn(place);
  const agent = agents[name];
  if (agent === undefined)
    throw new Refusal(`unknown agent '${visibleLine(name)}'${didYouMean(name, Object.keys(agents))}`);
  return agent;
}

function didYouMean(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  return meant === null ? '' : `; did you mean '${meant}'?`;
}

/** `--from`, else AGENT_COMMS_SELF, else the agent of this tmux session, else the session, else unknown. */
async function senderOf({ from }: Pick<TakenFlags, 'from'>, place: Place): Promise<string> {
  const named = from ?? process.env.AGENT_COMMS_SELF;
  if (named) return oneLine(named);
  const session = await sessionHere(place);
  if (session === null) return 'unknown';
  return Object.entries(registryIn(place).agents).find(([, agent]) => agent.session === session)?.[0] ?? session;
}

/** Of the pane in which this is run: outside of tmux there is none, whatever sessions live. */
async function sessionHere({ socketPath }: Place): Promise<string | null> {
  const paneId = process.env.TMUX_PANE;
  if (!paneId) return null;
  const tmux = new ExecCommands({ socketPath });
  const [name] = await tmux.run('display-message', '-p', '-t', paneId, '#{session_name}').catch(() => []);
  return name || null;
}

function sessions({ socketPath }: Place): Promise<string[]> {
  return new ExecCommands({ socketPath }).run('list-sessions', '-F', '#{session_name}').catch(() => []);
}

function status(living: readonly string[], session: string): string {
  return living.includes(session) ? 'up' : 'down';
}

function registryIn({ paths }: Place): Registry {
  return readDocument<Registry>(paths.registry) ?? { agents: {} };
}

function changeRegistry({ paths }: Place, change: (agents: Registry['agents']) => Registry['agents']): Promise<void> {
  return changeDocument<Registry, undefined>(paths.registry, (registry) => ({
    next: { ...registry, agents: change(registry?.agents ?? {}) },
    result: undefined,
  })).then(() => undefined);
}

function rosterOf(project: string, { paths }: Place): Roster | null {
  return readDocument<Roster>(fileNamed(paths.projects, project, '.json'));
}

function newAgent(session: string): RegisteredAgent {
  return { session, color: 'white', enabled: true, desc: '', revive_cmd: null };
}

function oneLine(text: string): string {
  return visibleLine(text.replace(/\s+/g, ' ').trim());
}

/** UTC, so many characters of `2026-11-30T14:23:05`. */
function stamp(length: number): string {
  return new Date().toISOString().slice(0, length);
}

function said(text: string): number {
  print(text);
  return 0;
}

function note(text: string): void {
  print(`agent_comms: ${text}`, process.stderr);
}
