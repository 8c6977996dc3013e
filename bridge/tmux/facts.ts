import { randomBytes } from 'node:crypto';
import { asPaneId, serverId } from '../core/ids.ts';
import { ownCopy } from '../core/own-copy.ts';
import { addressKey, type PaneFacts } from '../core/pane.ts';
import { keysReachOthers } from './synchronized.ts';

/**
 * Names, labels, titles and paths may hold any character, a newline included. So the fields are parted by a mark that is
 * new and random for each question, and that nothing in a pane could have known.
 */
export interface FactsQuestion {
  /** for `-F` of list-panes, or for display-message -p */
  readonly format: string;
  /** The answer's lines, one record or many. A record that is not whole is left out. */
  read(lines: readonly string[]): PaneFacts[];
  /** The first record among the lines, and where it starts and ends; other output may stand before it and after. */
  readFirst(lines: readonly string[]): {
    readonly facts: PaneFacts | null;
    readonly start: number;
    readonly end: number;
  };
}

export function askForFacts(): FactsQuestion {
  const mark = `:${randomBytes(6).toString('hex')}:`;
  const read = (lines: readonly string[]): PaneFacts[] => {
    const pieces = lines.join('\n').split(mark);
    const records: PaneFacts[] = [];
    // piece 0 is what came before the first mark; each record ends in a piece that is "." and the newline
    for (let at = 1; at + variables.length < pieces.length; at += variables.length + 1) {
      const facts = toFacts(pieces.slice(at, at + variables.length));
      if (facts !== null) records.push(facts);
    }
    return records;
  };
  return {
    format: `${mark}${variables.map((name) => `#{${name}}`).join(mark)}${mark}.`,
    read,
    readFirst(lines) {
      const start = lines.findIndex((line) => line.startsWith(mark));
      const end = lines.findIndex((line) => line.endsWith(`${mark}.`)) + 1;
      return { facts: read(lines.slice(0, end))[0] ?? null, start: Math.max(0, start), end };
    },
  };
}

/** A pane that several windows or sessions show, once: its first place stays. */
export function oncePerPane(panes: readonly PaneFacts[]): PaneFacts[] {
  const places = new Map<string, PaneFacts>();
  for (const pane of panes) if (!places.has(addressKey(pane))) places.set(addressKey(pane), pane);
  return [...places.values()];
}

/** A fact, and the tmux variables that it is read from. */
interface Field<Value> {
  readonly names: readonly string[];
  read(first: string, second: string): Value;
}

// facts are kept for as long as their pane; the list of all panes that they came in is not
const text = (name: string): Field<string> => ({ names: [name], read: ownCopy });
const number = (name: string): Field<number> => ({ names: [name], read: Number });
// pane_in_mode counts the modes a pane is in
const flag = (name: string): Field<boolean> => ({ names: [name], read: (value) => value !== '0' && value !== '' });

const fields: { readonly [Name in keyof PaneFacts]: Field<PaneFacts[Name] | null> } = {
  socketPath: text('socket_path'),
  host: text('host'),
  server: { names: ['pid', 'start_time'], read: (pid, start) => serverId(Number(pid), Number(start)) },
  paneId: { names: ['pane_id'], read: (id) => asPaneId(ownCopy(id)) },
  panePid: number('pane_pid'),
  sessionId: text('session_id'),
  sessionName: text('session_name'),
  windowId: text('window_id'),
  windowIndex: number('window_index'),
  windowName: text('window_name'),
  paneIndex: number('pane_index'),
  // `@name` is what smux calls a pane's label
  label: { names: ['@label', '@name'], read: (label, name) => ownCopy(label) || ownCopy(name) },
  title: text('pane_title'),
  command: text('pane_current_command'),
  currentPath: text('pane_current_path'),
  tty: text('pane_tty'),
  width: number('pane_width'),
  height: number('pane_height'),
  cursorX: number('cursor_x'),
  cursorY: number('cursor_y'),
  cursorVisible: flag('cursor_flag'),
  alternateScreen: flag('alternate_on'),
  inMode: flag('pane_in_mode'),
  inputOff: flag('pane_input_off'),
  synchronized: flag(keysReachOthers),
  dead: flag('pane_dead'),
  historySize: number('history_size'),
};

const variables = Object.values(fields).flatMap(({ names }) => names);

/** Null for a record without a pane's id or size. */
function toFacts(values: readonly string[]): PaneFacts | null {
  const value = (name: string | undefined) => values[variables.indexOf(name ?? '')] ?? '';
  if (asPaneId(value('pane_id')) === null || !/^\d+$/.test(value('pane_width'))) return null;
  const facts = Object.entries(fields).map(([key, { names, read }]) => [key, read(value(names[0]), value(names[1]))]);
  return Object.fromEntries(facts) as PaneFacts;
}
