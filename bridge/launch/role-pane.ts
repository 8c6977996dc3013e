import { quoteCommand } from '../core/command-line.ts';
import { BridgeError, messageOf } from '../core/failure.ts';
import { asPaneId, type PaneId } from '../core/ids.ts';
import type { AgentCommand } from './agent-command.ts';
import { isShell, typeAtIdleShell } from './idle-shell.ts';
import { commandLine, paneCommand } from './pane-command.ts';
import { isNoServer, type Tmux } from './tmux.ts';

export interface PaneWish {
  /** already checked by `checkSessionName` */
  readonly session: string;
  /** the pane's label, its title, and the name of a window that is made for it: `worker`, `controller`, or a member's name */
  readonly role: string;
  readonly cwd: string;
  /** null leaves the session's own */
  readonly mouse: boolean | null;
  readonly historyLimit: number | null;
  /** null opens a shell */
  readonly agent: AgentCommand | null;
  /** environment for the agent in a pane made here; a shell that is there already has its own */
  readonly inherited: Readonly<Record<string, string>>;
  /** also start the agent in a pane that is there already, if it is a shell at its prompt */
  readonly startInShell: boolean;
  /** kill the session of that name once the new one stands */
  readonly reset: boolean;
}

/** What became of the agent; `detail` is the same in words for the user. */
export type AgentOutcome = { readonly detail: string } & (
  | /** the pane's own command */ { readonly is: 'started'; readonly command: string }
  | /** typed at the shell's empty prompt */ { readonly is: 'typed'; readonly command: string }
  | { readonly is: 'running'; readonly program: string }
  | { readonly is: 'not-wanted' }
  | { readonly is: 'held'; readonly reason: string; readonly command: string }
);

export interface RolePane {
  readonly paneId: PaneId;
  readonly windowId: string;
  readonly made: 'session' | 'window' | 'nothing';
  readonly agent: AgentOutcome;
  /** as tmux reports them for this pane afterwards */
  readonly historyLimit: number;
  readonly mouse: boolean;
  readonly notes: readonly string[];
}

/**
 * The role's pane in a session, made once and found again. Sessions are compared here and addressed by id: on tmux 3.3a
 * `list-panes -s -t =my` still finds a session called `mysess`.
 */
export async function ensureRolePane(tmux: Tmux, wish: PaneWish): Promise<RolePane> {
  const existing = await sessionId(tmux, wish.session);
  if (existing === null) return inNewSession(tmux, wish, null);
  if (wish.reset) return inNewSession(tmux, wish, existing);
  await setSessionOptions(tmux, existing, wish);
  const pane = await findRolePane(tmux, existing, wish.role);
  if (pane?.dead) return replaceDead(tmux, existing, pane, wish);
  if (pane !== null) return reuse(tmux, pane, wish);
  return settle(tmux, await newWindow(tmux, wish, `${existing}:`, []), wish, 'window', started(wish), []);
}

/**
 * The same in a window of its own, beside whatever there is: the session's own options stay, and whoever looks at it goes on
 * looking at the window that he has before him.
 */
export async function addRolePane(tmux: Tmux, wish: PaneWish): Promise<RolePane> {
  const existing = await sessionId(tmux, wish.session);
  if (existing === null) return inNewSession(tmux, wish, null);
  return settle(tmux, await newWindow(tmux, wish, `${existing}:`, ['-d']), wish, 'window', started(wish), []);
}

/** Null when there is no such session, or no server at all. */
export async function sessionId(tmux: Tmux, name: string): Promise<string | null> {
  const rows = await listSessions(tmux);
  return rows.find((row) => row.name === name)?.id ?? null;
}

/** Every session, none when no server runs. */
export async function listSessions(tmux: Tmux): Promise<Array<{ id: string; name: string }>> {
  try {
    const lines = await tmux.run('list-sessions', '-F', '#{session_id} #{session_name}');
    return lines.flatMap((line) => {
      const match = /^(\$\d+) (.*)$/.exec(line);
      return match ? [{ id: match[1]!, name: match[2]! }] : [];
    });
  } catch (fault) {
    if (isNoServer(messageOf(fault))) return [];
    throw fault;
  }
}

/**
 * history-limit is taken by a pane when it is made and cannot be set globally without touching other sessions: so the
 * session first stands with a placeholder, then has its options, and only then gets the pane that stays. A session to be
 * reset goes after the new one stands, so that its server does not end in between.
 */
async function inNewSession(tmux: Tmux, wish: PaneWish, old: string | null): Promise<RolePane> {
  const name = old === null ? wish.session : `${wish.session}-new-${process.pid}`;
  const size = ['-x', '120', '-y', '40'];
  const [id = ''] = await tmux.run(
    'new-session',
    '-d',
    '-P',
    '-F',
    '#{session_id}',
    '-s',
    name,
    '-n',
    wish.role,
    ...size,
    'cat',
  );
  if (!/^\$\d+$/.test(id))
    throw new BridgeError({ what: 'start', target: name, reason: `tmux said ${JSON.stringify(id)}` });
  try {
    await setSessionOptions(tmux, id, wish);
    const paneId = await newWindow(tmux, wish, `${id}:^`, ['-k']);
    if (old !== null) {
      await tmux.run('kill-session', '-t', old);
      await tmux.run('rename-session', '-t', id, wish.session);
    }
    return await settle(tmux, paneId, wish, 'session', started(wish), []);
  } catch (fault) {
    await tmux.run('kill-session', '-t', id).catch(() => []);
    throw fault;
  }
}

async function setSessionOptions(tmux: Tmux, id: string, wish: PaneWish): Promise<void> {
  if (wish.mouse !== null) await tmux.run('set-option', '-t', id, 'mouse', wish.mouse ? 'on' : 'off');
  if (wish.historyLimit !== null) await tmux.run('set-option', '-t', id, 'history-limit', String(wish.historyLimit));
}

async function newWindow(tmux: Tmux, wish: PaneWish, target: string, flags: readonly string[]): Promise<PaneId> {
  const command = wish.agent === null ? [] : paneCommand(wish.role, wish.agent, wish.inherited);
  const [said = ''] = await tmux.run(
    'new-window',
    ...flags,
    '-t',
    target,
    '-n',
    wish.role,
    '-c',
    literal(wish.cwd),
    '-P',
    '-F',
    '#{pane_id}',
    ...command,
  );
  const paneId = asPaneId(said);
  if (paneId === null)
    throw new BridgeError({ what: 'new window', target, reason: `tmux said ${JSON.stringify(said)}` });
  return paneId;
}

/** tmux expands formats in a folder name: `#(…)` there would be run. */
function literal(text: string): string {
  return text.replaceAll('#', '##');
}

interface FoundPane {
  readonly paneId: PaneId;
  readonly by: 'label' | 'title' | 'window name';
  readonly alike: number;
  readonly dead: boolean;
  readonly command: string;
}

/** By label first, then title, then window name; a pane with another label is somebody else's. Exact, in the whole session. */
async function findRolePane(tmux: Tmux, id: string, role: string): Promise<FoundPane | null> {
  const is = (field: string, value: string) => `#{==:#{${field}},${value}}`;
  const format = `#{pane_id} ${is('@label', role)} ${is('@label', '')} ${is('pane_title', role)} ${is('window_name', role)} #{pane_dead} #{pane_current_command}`;
  const rows = (await tmux.run('list-panes', '-s', '-t', id, '-F', format)).flatMap((line) => {
    const [pane = '', labelled, unlabelled, titled, named, dead, ...command] = line.split(' ');
    const paneId = asPaneId(pane);
    if (paneId === null) return [];
    return [{ paneId, labelled, unlabelled, titled, named, dead: dead === '1', command: command.join(' ') }];
  });
  const ways = [
    { by: 'label' as const, found: rows.filter((row) => row.labelled === '1') },
    { by: 'title' as const, found: rows.filter((row) => row.unlabelled === '1' && row.titled === '1') },
    { by: 'window name' as const, found: rows.filter((row) => row.unlabelled === '1' && row.named === '1') },
  ];
  for (const { by, found } of ways) {
    const [first] = found;
    if (first) return { paneId: first.paneId, by, alike: found.length, dead: first.dead, command: first.command };
  }
  return null;
}

/**
 * A pane whose program has ended gives way to a new window. Not `respawn-pane`: with a control client attached, as the
 * bridge has one, it can end the whole server (tmux 3.2a to 3.7c, its issue 5499).
 */
async function replaceDead(tmux: Tmux, session: string, dead: FoundPane, wish: PaneWish): Promise<RolePane> {
  const paneId = await newWindow(tmux, wish, `${session}:`, []);
  await tmux.run('kill-pane', '-t', dead.paneId);
  return settle(tmux, paneId, wish, 'window', started(wish), []);
}

/** A pane that is there is not replaced and, unless it is a shell at its prompt and that was asked for, not typed into. */
async function reuse(tmux: Tmux, pane: FoundPane, wish: PaneWish): Promise<RolePane> {
  const notes: string[] = [];
  if (pane.alike > 1)
    notes.push(`${pane.alike} panes have the ${pane.by} ${wish.role}; took the first, ${pane.paneId}`);
  const done = (agent: AgentOutcome) => settle(tmux, pane.paneId, wish, 'nothing', agent, notes);
  if (wish.agent === null) return done(started(wish));
  const command = commandLine(wish.agent);
  if (!isShell(pane.command)) {
    if (!wish.startInShell)
      return done({ is: 'running', program: pane.command, detail: `${pane.command} runs there already` });
    return done(held(`${pane.command} runs there; nothing was typed`, command));
  }
  await tmux.run('select-pane', '-t', pane.paneId, '-T', wish.role);
  if (!wish.startInShell) {
    const how = wish.role === 'worker' ? '--start-agent starts the agent in it' : 'type the command there';
    return done(held(`the pane was there already, at a shell; ${how}`, command));
  }
  const [path = ''] = await tmux.run('display-message', '-p', '-t', pane.paneId, '#{pane_current_path}');
  const line = path === wish.cwd ? command : `${quoteCommand(['cd', wish.cwd])} && ${command}`;
  const reason = await typeAtIdleShell(tmux, pane.paneId, line);
  return done(reason === null ? { is: 'typed', command: line, detail: `typed ${line}` } : held(reason, line));
}

function started(wish: PaneWish): AgentOutcome {
  if (wish.agent === null) return { is: 'not-wanted', detail: 'no agent was asked for' };
  const command = commandLine(wish.agent);
  return { is: 'started', command, detail: `started ${command}, guarded by ${wish.agent.guardedBy}` };
}

function held(reason: string, command: string): AgentOutcome {
  return { is: 'held', reason, command, detail: `not started: ${reason}. The command is: ${command}` };
}

/** Labels the pane, then asks tmux what really applies to it. */
async function settle(
  tmux: Tmux,
  paneId: PaneId,
  wish: PaneWish,
  made: RolePane['made'],
  agent: AgentOutcome,
  notes: readonly string[],
): Promise<RolePane> {
  await tmux.run('set-option', '-p', '-t', paneId, '@label', wish.role);
  if (made !== 'nothing' && wish.agent === null) await tmux.run('select-pane', '-t', paneId, '-T', wish.role);
  const [facts = ''] = await tmux.run('display-message', '-p', '-t', paneId, '#{window_id} #{history_limit} #{mouse}');
  const [windowId = '', limit, mouse] = facts.split(' ');
  const historyLimit = Number(limit);
  const all = [...notes];
  if (wish.historyLimit !== null && historyLimit !== wish.historyLimit) {
    all.push(
      `${paneId} keeps its history-limit of ${historyLimit}: tmux sets it when a pane is made; --reset-session makes a new one with ${wish.historyLimit}`,
    );
  }
  return { paneId, windowId, made, agent, historyLimit, mouse: /^(?:1|on)$/.test(mouse ?? ''), notes: all };
}
