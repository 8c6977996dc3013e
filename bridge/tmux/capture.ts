import { parseRows, plainText } from '../core/ansi.ts';
import { type Run, runsOf } from '../core/cell-runs.ts';
import type { PaneId } from '../core/ids.ts';
import type { PaneFacts, Row, SessionActivity } from '../core/pane.ts';
import { ask, type TmuxCommands, TmuxError } from './commands.ts';
import { commandLine } from './control-mode.ts';
import { askForFacts, asReachedBy } from './facts.ts';
import type { LastKeys } from './key-ages.ts';
import { ofLiving } from './living.ts';

/** What `capture` gives; a Snapshot is this and who sits there. */
export interface CapturedScreen {
  readonly facts: PaneFacts;
  readonly rows: Row[];
  /** `rows[firstVisible..]` are on the screen; the first of them may have begun in the history */
  readonly firstVisible: number;
  readonly cursorRow: number;
  readonly lastKeys: LastKeys;
  /** as in core/pane.ts `FreshSnapshot` */
  readonly sessionActivity: SessionActivity;
}

type People = Pick<CapturedScreen, 'lastKeys' | 'sessionActivity'>;

/**
 * The screen as logical rows, with the facts and who is at the keys, all of one server step; null when the pane is gone.
 * History only outside the alternate screen: inside it tmux would put foreign history before the rows.
 */
export async function capture(
  t: TmuxCommands,
  paneId: PaneId,
  options: { readonly historyLines: number },
): Promise<CapturedScreen | null> {
  const joined = await look(t, paneId, options.historyLines, ['-e', '-J']);
  if (joined === null) return null;
  const { facts, history, people } = joined;
  const rows = parseRows(joined.screen);
  // Nothing wrapped: each physical row is a logical one.
  if (rows.length === history + facts.height) {
    return { facts, rows, firstVisible: history, cursorRow: history + facts.cursorY, ...people };
  }
  return locate(t, paneId, options.historyLines);
}

/** The physical rows as their cells are drawn, history first; null when the pane is gone. */
export async function captureCells(
  t: TmuxCommands,
  paneId: PaneId,
  { historyLines }: { readonly historyLines: number },
): Promise<Run[][] | null> {
  const found = await look(t, paneId, historyLines, ['-e', '-N']);
  return found === null ? null : runsOf(found.screen);
}

/**
 * Where logical rows begin is not told by tmux: the same screen is taken joined and unjoined in one step, and laid side
 * by side. Both keep trailing spaces, so that a logical row is exactly its physical rows one after another.
 */
async function locate(t: TmuxCommands, paneId: PaneId, historyLines: number): Promise<CapturedScreen | null> {
  const both = await look(t, paneId, historyLines, ['-e', '-J'], ['-N']);
  if (both === null) return null;
  const { facts, history, people } = both;
  const split = Math.max(0, both.screen.length - history - facts.height);
  const logical = both.screen.slice(0, split);
  const rows = parseRows(logical);
  const owners = rowOwners(logical.map(plainText), both.screen.slice(split));
  return {
    facts,
    rows,
    firstVisible: owners[history] ?? rows.length - 1,
    cursorRow: owners[history + facts.cursorY] ?? rows.length - 1,
    ...people,
  };
}

/** For each physical row the index of the logical row that holds it. */
export function rowOwners(logical: readonly string[], physical: readonly string[]): number[] {
  const owners: number[] = [];
  let at = 0;
  for (const [index, whole] of logical.entries()) {
    let length = 0;
    do {
      length += physical[at]?.length ?? 0;
      owners.push(index);
      at++;
    } while (length < whole.length && at < physical.length);
  }
  return owners;
}

async function look(
  t: TmuxCommands,
  paneId: PaneId,
  historyLines: number,
  ...captures: ReadonlyArray<readonly string[]>
): Promise<{ facts: PaneFacts; history: number; screen: string[]; people: People } | null> {
  const question = askForFacts();
  const describe = ['display-message', '-p', '-t', paneId, question.format];
  const take = (from: readonly string[]) =>
    captures.map((flags) => ['capture-pane', '-p', ...flags, ...from, '-t', paneId]);
  const step = (from: readonly string[]) =>
    [
      listClients,
      // tmux writes its own clock's seconds for %s
      [
        'display-message',
        '-p',
        '-t',
        paneId,
        `%s ${ofLiving('#{session_activity} #{session_last_attached} #{session_id}')}`,
      ],
      describe,
      ...take(from),
    ]
      .map(commandLine)
      .join(' ; ');
  const steps = [step([]), step(['-S', `-${historyLines}`])];
  const lines = await ask(() => t.run('if-shell', '-F', '-t', paneId, '#{alternate_on}', ...steps)).catch(goneAsNull);
  if (lines === null) return null;
  // A label may hold a line break: the facts end where their record ends, not after one line.
  const { start, end, facts } = question.readFirst(lines);
  if (facts === null) return null;
  const history = facts.alternateScreen ? 0 : Math.min(historyLines, facts.historySize);
  const clients = lines.slice(0, start - 1);
  const [now, at, attachedAt, sessionId = ''] = (lines[start - 1] ?? '').split(' ');
  const people = {
    lastKeys: { byClient: lastKeysAmong(clients, paneId), now: Number(now) },
    sessionActivity: { sessionId, at: Number(at), attachedAt: Number(attachedAt) },
  };
  return { facts: asReachedBy(t.host, facts), history, screen: lines.slice(end), people };
}

const listClients = ['list-clients', '-F', '#{client_control_mode} #{client_pid} #{client_activity} #{pane_id}'];

/** Our own control clients are no persons. */
function lastKeysAmong(clients: readonly string[], paneId: PaneId): Map<string, number> {
  const persons = clients
    .map((line) => line.split(' '))
    .filter(([control, , , active]) => control === '0' && active === paneId);
  return new Map(persons.map(([, client = '', activity]) => [client, Number(activity)]));
}

function goneAsNull(fault: unknown): null {
  if (fault instanceof TmuxError && fault.kind === 'error' && /can't find (pane|window|session)/.test(fault.reason)) {
    return null;
  }
  throw fault;
}
