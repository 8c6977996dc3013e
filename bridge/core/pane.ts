import type { PaneId, ServerId } from './ids.ts';

/**
 * Where a pane is. Pane ids repeat: `%1` exists on every tmux server, so a pane id alone names nothing.
 * `host` and `server` are what tmux itself reports, never a path that another server may have taken over.
 */
export interface PaneAddress {
  /** `#{host}` of the tmux server */
  readonly host: string;
  readonly server: ServerId;
  readonly paneId: PaneId;
}

/** Who exactly sits in a pane: an agent relaunched in the same shell is another agent. */
export interface PaneIdentity extends PaneAddress {
  /** the way to the server, and no part of the identity */
  readonly socketPath: string;
  /** the process tmux started in the pane */
  readonly panePid: number;
  /** the agent program found in the pane's process tree; null while none is known */
  readonly agentPid: number | null;
  /** the agent process's start time in the system's own units (clock ticks since boot on Linux); tells reused pids apart */
  readonly agentStartedAt: string | null;
}

export function sameServer(a: Pick<PaneAddress, 'host' | 'server'>, b: Pick<PaneAddress, 'host' | 'server'>): boolean {
  return a.host === b.host && a.server === b.server;
}

/** What a pane is known again by, whichever agent runs there. */
export type PaneKey = PaneAddress & Pick<PaneIdentity, 'panePid'>;

export function samePane(a: PaneKey, b: PaneKey): boolean {
  return sameServer(a, b) && a.paneId === b.paneId && a.panePid === b.panePid;
}

export function sameAgent(a: PaneIdentity, b: PaneIdentity): boolean {
  return samePane(a, b) && a.agentPid === b.agentPid && a.agentStartedAt === b.agentStartedAt;
}

/** The address alone, of whatever else is known of the pane. */
export function placeIn({ host, server, paneId }: PaneAddress): PaneAddress {
  return { host, server, paneId };
}

export function addressKey({ host, server, paneId }: PaneAddress): string {
  return [host, server, paneId].join('|');
}

/** Text key of a pane and its first process, for maps, journal rows and lock names; whichever agent runs there. */
export function identityKey(identity: PaneKey): string {
  return [addressKey(identity), identity.panePid].join('|');
}

/** What is asked of every pane again and again: where it is, how it is called, and what changes when it moves. Columns and rows count from 0. */
export interface ListedPane extends PaneAddress {
  readonly socketPath: string;
  readonly panePid: number;
  readonly sessionId: string;
  readonly sessionName: string;
  readonly windowId: string;
  readonly windowIndex: number;
  readonly windowName: string;
  readonly paneIndex: number;
  /** the pane option `@label`, empty when none is set */
  readonly label: string;
  /** the pane option `@bridge-owner`: which bridge says that it watches this pane; empty when none is set, and anybody's to set */
  readonly ownerClaim: string;
  /** `#{pane_title}`: set by the program through OSC 0/2, or by a person */
  readonly title: string;
  /** `#{pane_current_command}`: the foreground program's name */
  readonly command: string;
  readonly currentPath: string;
  readonly width: number;
  readonly height: number;
  readonly cursorX: number;
  readonly cursorY: number;
  /** the pane is in copy mode or another mode that swallows keys */
  readonly inMode: boolean;
  readonly dead: boolean;
  readonly historySize: number;
}

/** What one `display-message`/`list-panes` row says of a pane, at one instant. */
export interface PaneFacts extends ListedPane {
  readonly tty: string;
  readonly cursorVisible: boolean;
  readonly alternateScreen: boolean;
  readonly inputOff: boolean;
  /** keys sent here reach other panes of the window too (`synchronize-panes`) */
  readonly synchronized: boolean;
}

export const synchronizedInWords = 'the window types into all its panes (synchronize-panes)';

/**
 * What an agent draws round its words (its composer, what it pins, its footer) leaves none of them in a pane of fewer rows,
 * and half of them in one of fewer columns: codex 0.144.1 shows two rows of a request in 80x7.
 */
const leastRows = 10;
const leastColumns = 40;

/** Nobody reads with certainty what is asked in such a pane. */
export function isTooSmall({ width, height }: Pick<PaneFacts, 'width' | 'height'>): boolean {
  return width < leastColumns || height < leastRows;
}

export const tooSmallInWords = `too small to be read (less than ${leastColumns}x${leastRows}): what is asked there may go unseen`;

/** One logical row: what the terminal wrapped is joined again; right-trimmed. */
export interface Row {
  readonly text: string;
  /** half-open ranges of `text` drawn dim (SGR 2): a ghost suggestion or a placeholder, never a draft */
  readonly dim: ReadonlyArray<readonly [start: number, end: number]>;
  /** the row's first cell has a background colour of its own; codex tints every row of an echoed input. Left out where not read */
  readonly tinted?: boolean;
  /** the row's first visible character is bold; pi draws the name of a tool so */
  readonly bold?: boolean;
  /**
   * half-open ranges of `text` drawn in a colour of their own: a spinner, and not the prose that quotes one; a suggestion
   * (qwen), and not what was typed
   */
  readonly ink?: ReadonlyArray<readonly [start: number, end: number]>;
}

/** One captured screen. `rows[firstVisible..]` are on the screen; earlier rows are history (never in the alternate screen). */
export interface Snapshot {
  readonly takenAtMs: number;
  readonly identity: PaneIdentity;
  readonly facts: PaneFacts;
  readonly rows: readonly Row[];
  readonly firstVisible: number;
  /** index into `rows` of the logical row that holds the cursor */
  readonly cursorRow: number;
  /** the name of the agent program found in the process tree, or null */
  readonly program: string | null;
  /** true when the pane's foreground program is a bare shell, ssh, docker, a REPL or similar: text typed there would be executed */
  readonly foreground: ForegroundKind;
}

/**
 * A snapshot as it was taken, with what tmux told in the same step besides the screen. Two of them that show the same lie
 * at least as far apart as from the one's `takenAtMs` to the other's `askedAtMs`.
 */
export interface FreshSnapshot extends Snapshot {
  readonly askedAtMs: number;
  /**
   * when a person was first seen to have pressed the last key in a terminal that shows this pane as its active one:
   * milliseconds since the epoch; another key in the same second goes unseen. Null when nobody is attached there
   */
  readonly lastHumanKeyAt: number | null;
  readonly sessionActivity: SessionActivity;
}

/**
 * When anybody last pressed a key in a terminal that shows the pane's session, or came to it, and when anybody last came:
 * tmux's own seconds. It says less than `lastHumanKeyAt`, and can be asked for in the step that types (tmux 3.2a to 3.7c).
 */
export interface SessionActivity {
  /** where several sessions show the pane (linked, or a group) the one in which anybody was last: tmux answers for that one */
  readonly sessionId: string;
  readonly at: number;
  readonly attachedAt: number;
}

/** What kind of program reads the pane's keys. `program` is anything not known to execute what is typed. */
export type ForegroundKind = 'agent' | 'shell' | 'remote' | 'repl' | 'program' | 'none';
