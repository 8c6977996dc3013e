import { randomBytes } from 'node:crypto';
import { asPaneId, serverId, serverPidOf } from '../core/ids.ts';
import { ownCopy } from '../core/own-copy.ts';
import { addressKey, type ListedPane, type PaneFacts } from '../core/pane.ts';
import { wayTo } from '../core/way.ts';
import { keysReachOthers } from './synchronized.ts';

/** Facts as tmux tells them, with the way from here to its server. */
export function asReachedBy<Facts extends Pick<ListedPane, 'socketPath'>>(
  host: string | undefined,
  facts: Facts,
): Facts {
  return host === undefined ? facts : { ...facts, socketPath: wayTo(host, facts.socketPath) };
}

/** The server that a pane is on, and the way to it: the same for all of its panes. */
export type ServerFacts = Pick<ListedPane, 'host' | 'server' | 'socketPath'>;

/** What a pane's row tells besides. */
export type PaneOnServer = Omit<ListedPane, keyof ServerFacts>;

/** A fact, and the tmux variables that it is read from. */
interface Field<Value> {
  readonly names: readonly string[];
  /** it may hold any character; else none that parts words */
  readonly isText: boolean;
  read(first: string, second: string): Value | null;
}

type Fields<Facts> = { readonly [Name in keyof Facts]: Field<Facts[Name]> };

// facts are kept for as long as their pane; the list of all panes that they came in is not
const text = (...names: string[]): Field<string> => ({
  names,
  isText: true,
  read: (first, second) => ownCopy(first) || ownCopy(second),
});
const word = (name: string): Field<string> => ({ names: [name], isText: false, read: ownCopy });
const number = (name: string): Field<number> => ({ names: [name], isText: false, read: Number });
const flag = (name: string): Field<boolean> => ({
  names: [name],
  isText: false,
  // pane_in_mode counts the modes a pane is in
  read: (value) => value !== '0' && value !== '',
});

const ofServer: Fields<ServerFacts> = {
  socketPath: text('socket_path'),
  host: text('host'),
  server: {
    names: ['pid', 'start_time'],
    isText: false,
    read: (pid, start) => serverId(Number(pid), Number(start)),
  },
};

const ofList: Fields<PaneOnServer> = {
  paneId: { names: ['pane_id'], isText: false, read: (id) => asPaneId(ownCopy(id)) },
  panePid: number('pane_pid'),
  sessionId: word('session_id'),
  sessionName: text('session_name'),
  windowId: word('window_id'),
  windowIndex: number('window_index'),
  windowName: text('window_name'),
  paneIndex: number('pane_index'),
  // `@name` is what smux calls a pane's label
  label: text('@label', '@name'),
  ownerClaim: text('@bridge-owner'),
  title: text('pane_title'),
  command: text('pane_current_command'),
  currentPath: text('pane_current_path'),
  width: number('pane_width'),
  height: number('pane_height'),
  cursorX: number('cursor_x'),
  cursorY: number('cursor_y'),
  inMode: flag('pane_in_mode'),
  dead: flag('pane_dead'),
  historySize: number('history_size'),
};

const ofPane: Fields<PaneFacts> = {
  ...ofServer,
  ...ofList,
  tty: word('pane_tty'),
  cursorVisible: flag('cursor_flag'),
  alternateScreen: flag('alternate_on'),
  inputOff: flag('pane_input_off'),
  synchronized: flag(keysReachOthers),
};

/** What is asked for together, and how a record of it is read. */
class Shape<Facts> {
  readonly words: readonly string[];
  readonly texts: readonly string[];
  readonly #isWhole: (facts: Facts) => boolean;
  readonly #read: ReadonlyArray<(values: readonly string[]) => readonly [name: string, value: unknown]>;

  /** @param isWhole false of what is gone */
  constructor(fields: Fields<Facts>, isWhole: (facts: Facts) => boolean) {
    const all = Object.entries<Field<unknown>>(fields);
    const namesOf = (isText: boolean) => all.flatMap(([, field]) => (field.isText === isText ? field.names : []));
    this.words = namesOf(false);
    this.texts = namesOf(true);
    this.#isWhole = isWhole;
    const variables = [...this.words, ...this.texts];
    this.#read = all.map(([name, { names, read }]) => {
      const [first = -1, second = -1] = names.map((variable) => variables.indexOf(variable));
      return (values) => [name, read(values[first] ?? '', values[second] ?? '')];
    });
  }

  /** @param values those of `words`, then those of `texts`; null where they are of nothing */
  factsOf(values: readonly string[]): Facts | null {
    const facts = Object.fromEntries(this.#read.map((read) => read(values))) as Facts;
    return this.#isWhole(facts) ? facts : null;
  }
}

/**
 * Names, labels, titles and paths may hold any character, a newline included. So they are parted by a mark that is new and
 * random for each question, and that nothing in a pane could have known; ids and numbers stand before them as words. A row
 * costs tmux as much for its characters as for what they tell.
 */
export class FactsQuestion<Facts> {
  /** for `-F` of list-panes, or for display-message -p */
  readonly format: string;
  readonly #mark = `:${randomBytes(6).toString('base64url')}`;
  readonly #shape: Shape<Facts>;

  constructor(shape: Shape<Facts>) {
    const ask = (name: string) => `#{${name}}`;
    const pieces = [shape.words.map(ask).join(' '), ...shape.texts.map(ask), '.'];
    this.format = pieces.map((piece) => this.#mark + piece).join('');
    this.#shape = shape;
  }

  /** The answer's lines, one record or many. A record that is not whole is left out. */
  read(lines: readonly string[]): Facts[] {
    return this.records(lines).flatMap((values) => this.factsOf(values) ?? []);
  }

  /** The same before anything is read of what they say; one that is of nothing is among them. */
  records(lines: readonly string[]): string[][] {
    const pieces = lines.join('\n').split(this.#mark);
    const length = 1 + this.#shape.texts.length;
    const records: string[][] = [];
    // piece 0 is what came before the first mark; each record ends in a piece that is "." and the newline
    for (let at = 1; at + length < pieces.length; at += length + 1) {
      records.push([...pieces[at]!.split(' '), ...pieces.slice(at + 1, at + length)]);
    }
    return records;
  }

  factsOf(record: readonly string[]): Facts | null {
    return this.#shape.factsOf(record);
  }

  /** The first record among the lines, and where it starts and ends; other output may stand before it and after. */
  readFirst(lines: readonly string[]): { readonly facts: Facts | null; readonly start: number; readonly end: number } {
    const start = lines.findIndex((line) => line.startsWith(this.#mark));
    const end = lines.findIndex((line) => line.endsWith(`${this.#mark}.`)) + 1;
    return { facts: this.read(lines.slice(0, end))[0] ?? null, start: Math.max(0, start), end };
  }
}

const isPane = ({ paneId, width }: Pick<PaneFacts, 'paneId' | 'width'>) => paneId !== null && width > 0;

const shapes = {
  pane: new Shape(ofPane, isPane),
  list: new Shape(ofList, isPane),
  server: new Shape(ofServer, ({ server }) => serverPidOf(server) > 0),
};

/** All facts of a pane, or of many. */
export function askForFacts(): FactsQuestion<PaneFacts> {
  return new FactsQuestion(shapes.pane);
}

/** What the list of all panes tells of each, but for its server. */
export function askForList(): FactsQuestion<PaneOnServer> {
  return new FactsQuestion(shapes.list);
}

export function askForServer(): FactsQuestion<ServerFacts> {
  return new FactsQuestion(shapes.server);
}

/** A pane that several windows or sessions show, once: its first place stays. */
export function oncePerPane<Pane extends ListedPane>(panes: readonly Pane[]): Pane[] {
  const places = new Map<string, Pane>();
  for (const pane of panes) if (!places.has(addressKey(pane))) places.set(addressKey(pane), pane);
  return [...places.values()];
}
