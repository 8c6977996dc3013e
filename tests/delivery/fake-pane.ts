import type { ComposerFacts } from '../../bridge/core/composer.ts';
import { type PaneId, serverId } from '../../bridge/core/ids.ts';
import type {
  ForegroundKind,
  FreshSnapshot,
  PaneAddress,
  PaneFacts,
  PaneIdentity,
  Snapshot,
} from '../../bridge/core/pane.ts';
import type { PaneCondition } from '../../bridge/core/pane-condition.ts';
import type { Dialog, Reading } from '../../bridge/core/reading.ts';
import type { Written } from '../../bridge/core/typed-note.ts';
import type { PaneIO, ScreenReaders } from '../../bridge/delivery/pane-io.ts';
import { makeDialog } from '../../bridge/screen/dialog.ts';
import type { VirtualClock } from './virtual-clock.ts';

export const fakeComposerFacts: ComposerFacts = {
  agent: 'fake',
  bracketed: true,
  maxLineBytes: 4000,
  submitKey: 'Enter',
  settleMs: 100,
  longPasteMarkers: ['\\[Pasted ([0-9]+) chars\\]'],
  commandOpenings: [],
  references: [],
  commandEndings: [],
  changes: {},
  dialogTitles: ['Action Required'],
  dialogWords: ['Approve this\\?'],
  rescueEnters: 2,
  interruptKey: 'Escape',
};

/** How this agent program behaves; every delay in milliseconds. */
export interface Character {
  /** between a key or a paste and its effect */
  readonly reactMs: number;
  /** between an effect and the screen that shows it */
  readonly drawMs: number;
  /** a paste comes into the composer in so many pieces */
  readonly pieces: number;
  readonly losesPastes: number;
  readonly losesEnters: number;
  readonly echoes: boolean;
  /** how long it works on an input; then it speaks and is idle, or asks for approval */
  readonly worksMs: number;
  readonly asksAfterwards: boolean;
  /** texts longer than this show as a marker */
  readonly markerAbove: number;
  /** rows of a composer that scrolls; the rest of a draft is out of sight */
  readonly composerRows: number;
}

export const plainCharacter: Character = {
  reactMs: 5,
  drawMs: 5,
  pieces: 1,
  losesPastes: 0,
  losesEnters: 0,
  echoes: true,
  worksMs: 2_000,
  asksAfterwards: false,
  markerAbove: Number.POSITIVE_INFINITY,
  composerRows: Number.POSITIVE_INFINITY,
};

/** A dialog with a command and options, as codex draws one; an option without a key must be highlighted first. */
export interface Menu {
  readonly command: string;
  readonly options: ReadonlyArray<readonly [label: string, key: string | null]>;
  readonly at: number;
  /** what a key of an option does: it chooses unless said, or it only moves the highlight there, or to the next one */
  readonly keysMove?: 'there' | 'astray';
}

const prompt = 'user@host:~$ ';

interface Frame {
  readonly rows: readonly string[];
  readonly cursorRow: number;
  readonly title: string;
  readonly reading: Reading;
}

type Input = { readonly paste: string } | { readonly key: string };

/**
 * A small agent TUI behind a terminal: what is pasted and pressed queues up, takes effect late, and is drawn later still.
 * The courier sees only what is drawn; the test sees `submissions`, `approvals` and `composer`, the truth.
 */
export class FakePane implements PaneIO, ScreenReaders {
  readonly submissions: string[] = [];
  /** Enters that answered a dialog, with whether it was on the screen when Enter was pressed */
  readonly approvals: Array<{ readonly wasDrawn: boolean; readonly by: 'courier' | 'human' }> = [];
  /** options that were chosen in a menu */
  readonly choices: Array<{ readonly label: string; readonly command: string; readonly by: 'courier' | 'human' }> = [];
  /** its own commands that it ran */
  readonly ran: string[] = [];
  readonly keys: string[] = [];
  readonly pastes: string[] = [];
  readonly enters: number[] = [];
  composer = '';
  busy = false;
  /** what it worked on stands in the composer again after an interruption */
  restores = false;
  dialog = false;
  menu: Menu | null = null;
  /** what opens as soon as the menu is decided */
  nextMenu: Menu | null = null;
  inMode = false;
  inputOff = false;
  synchronized = false;
  gone = false;
  dead = false;
  foreground: ForegroundKind = 'agent';
  agentPid: number | null = 300;
  command = 'fake';
  facts: ComposerFacts = fakeComposerFacts;
  keyAt: number | null = null;
  /** what its server knows: whose turn it is to type, and what was typed last */
  writer = '';
  note = 'aa.1.0';
  /** called before each act of the courier on the pane: a test may change the pane in that instant, or throw */
  before: (act: 'look' | 'paste' | 'press') => void = () => {};
  after: (act: 'paste' | 'press') => void = () => {};
  inputs: string[] = [];
  words: string[] = [];
  /** rows that stand on the screen and belong to nothing the reading knows */
  banner: string[] = [];
  /** the title that the screen shows, whatever the agent does */
  title: string | null = null;
  /** what a torn frame makes of the next readings */
  torn: Partial<Reading> | null = null;
  /** its own commands, and what Enter on one does; what it does not know is an input like others */
  commands: Readonly<Record<string, (pane: FakePane) => void>> = {};
  /** rows of a list of commands that stands below the composer while a command is in it */
  lists: (draft: string) => readonly string[] = () => [];
  /** nothing at all stands on the screen */
  blank = false;
  /** what may be a dialog, though nobody knows the program */
  suspected: string | null = null;
  /** it tells where each of its frames ends */
  endsFrames = false;
  /** how an input is drawn that was submitted */
  drawsInput: (input: string) => string = (input) => input;
  /** Enter does nothing */
  deaf = false;
  /** keys that do nothing */
  ignores: readonly string[] = [];
  /** a reader that knows the agent reads its shell as `exited` */
  shellReads: Reading['state'] = 'unknown';
  /** what a shell has been given, above its prompt */
  shellRows: string[] = [];

  readonly #clock: VirtualClock;
  readonly #character: Character;
  readonly #queue: Array<Input & { readonly wasDrawn: boolean; readonly by: 'courier' | 'human' }> = [];
  readonly #bells = new Set<() => void>();
  readonly #frames = new WeakMap<Snapshot, Reading>();
  #reading = false;
  #rings = 0;
  #stalledUntil = 0;
  #lostPastes = 0;
  #lostEnters = 0;
  #frame: Frame;

  constructor(clock: VirtualClock, character: Partial<Character> = {}) {
    this.#clock = clock;
    this.#character = { ...plainCharacter, ...character };
    this.#frame = this.#render();
  }

  get identity(): PaneIdentity {
    return {
      socketPath: '/tmp/s',
      host: 'here',
      server: serverId(1, 1),
      paneId: '%1' as PaneId,
      panePid: 200,
      agentPid: this.agentPid,
      agentStartedAt: this.agentPid === null ? null : `t${this.agentPid}`,
    };
  }

  /** What the screen shows now. */
  get screen(): string {
    return this.#frame.rows.join('\n');
  }

  // ── the courier's hands ──

  async capture(): Promise<FreshSnapshot | null> {
    this.before('look');
    if (this.gone) return null;
    const { cursorRow, title } = this.#frame;
    const rows = this.blank ? this.#frame.rows.map(() => '') : this.#frame.rows;
    const nothing: Partial<Reading> = this.blank ? { state: 'unknown', dialog: null, composer: { is: 'absent' } } : {};
    const reading = { ...this.#frame.reading, ...nothing, ...this.torn };
    const snapshot: FreshSnapshot = {
      askedAtMs: this.#clock.now(),
      takenAtMs: this.#clock.now(),
      // tmux tells whole seconds
      sessionActivity: { sessionId: '$0', at: Math.floor((this.keyAt ?? 0) / 1000), attachedAt: 0 },
      lastHumanKeyAt: this.keyAt === null ? null : Math.floor(this.keyAt / 1000) * 1000,
      identity: this.identity,
      facts: this.#facts(cursorRow, title, rows[cursorRow]!.length),
      rows: rows.map((text) => ({ text, dim: [] })),
      firstVisible: 0,
      cursorRow,
      program: this.agentPid === null ? null : 'fake',
      foreground: this.foreground,
    };
    this.#frames.set(snapshot, reading);
    return snapshot;
  }

  async paste(
    _pane: PaneAddress,
    text: string,
    condition: PaneCondition,
    { written }: { readonly written?: Written } = {},
  ): Promise<'done' | 'held'> {
    this.before('paste');
    if (this.#holds(condition) || !this.#notes(written)) return 'held';
    this.pastes.push(text);
    this.#push({ paste: text }, 'courier');
    this.after('paste');
    return 'done';
  }

  async press(
    _pane: PaneAddress,
    keys: string | readonly string[],
    condition: PaneCondition,
    written?: Written,
  ): Promise<'done' | 'held'> {
    this.before('press');
    if (this.#holds(condition) || !this.#notes(written)) return 'held';
    this.enters.push(this.#clock.now());
    for (const key of [keys].flat()) {
      this.keys.push(key);
      this.#push({ key }, 'courier');
    }
    this.after('press');
    return 'done';
  }

  async leaveMode(): Promise<void> {
    this.inMode = false;
  }

  outputCount(): number {
    return this.#rings;
  }

  nextOutput(_pane: PaneAddress, limitMs: number, after: number): Promise<boolean> {
    if (this.#rings !== after) return Promise.resolve(true);
    return new Promise((resolve) => {
      const cancel = this.#clock.after(limitMs, () => {
        this.#bells.delete(ring);
        resolve(false);
      });
      const ring = () => {
        cancel();
        resolve(true);
      };
      this.#bells.add(ring);
    });
  }

  // ── the courier's eyes ──

  composerFacts(): ComposerFacts {
    return this.facts;
  }

  read(snapshot: Snapshot): Reading {
    return this.#frames.get(snapshot)!;
  }

  isWholeFrame(): boolean {
    return this.endsFrames;
  }

  suspectedDialog(): string | null {
    return this.suspected;
  }

  // ── what happens to the pane ──

  /** A person presses keys: each character, or `Enter`, `BSpace` or `C-u`. */
  human(...keys: string[]): void {
    this.keyAt = this.#clock.now();
    if (this.inMode) return;
    for (const key of keys) this.#push({ key }, 'human');
  }

  change(change: (pane: this) => void): this {
    change(this);
    this.#draw();
    return this;
  }

  /** Draws again what stands there: output without news. */
  redraw(): void {
    this.#draw();
  }

  /** Everything is on the screen at once, as in a test's beginning. */
  settle(): this {
    this.#frame = this.#render();
    return this;
  }

  /** The program reads nothing for so long. */
  stall(forMs: number): void {
    this.#stalledUntil = this.#clock.now() + forMs;
  }

  /** An input that came through a native input, beside the composer; false while the program takes none. */
  take(text: string): boolean {
    if (this.busy || this.dialog || this.menu || this.agentPid === null || this.gone) return false;
    const draft = this.composer;
    this.composer = text;
    this.#submit();
    this.composer = draft;
    this.#draw();
    return true;
  }

  /** A native input to the composer; under a dialog it does nothing, and does not say so. */
  draft(text: string): void {
    if (this.dialog || this.menu || this.agentPid === null) return;
    this.composer += text;
    this.#draw();
  }

  submitDraft(): void {
    if (this.dialog || this.menu || this.agentPid === null || this.composer === '') return;
    this.#submit();
    this.#draw();
  }

  relaunch(): void {
    this.change((pane) => {
      pane.agentPid = (pane.agentPid ?? 300) + 1;
      pane.composer = '';
      pane.dialog = false;
      pane.busy = false;
    });
  }

  exitToShell(): void {
    this.change((pane) => {
      pane.agentPid = null;
      pane.foreground = 'shell';
      pane.command = 'bash';
      pane.composer = '';
      pane.dialog = false;
      pane.busy = false;
    });
  }

  #holds(condition: PaneCondition): boolean {
    const { rows, title } = this.#frame;
    return (
      this.gone ||
      this.dead ||
      this.inMode ||
      this.inputOff ||
      this.synchronized ||
      condition.panePid !== this.identity.panePid ||
      (condition.command !== null && condition.command !== this.command) ||
      (condition.onScreen ?? []).some(
        ({ row, text }) => rows.findIndex((shown) => shown.trimEnd() === text) + 1 !== row,
      ) ||
      (condition.sessionActivity && condition.sessionActivity.at !== Math.floor((this.keyAt ?? 0) / 1000)) ||
      (condition.cursor !== undefined && this.#cursorIsElsewhere(condition.cursor)) ||
      condition.notTitles.some((pattern) => new RegExp(pattern).test(title)) ||
      condition.notOnScreen.some((pattern) => rows.some((row) => new RegExp(pattern).test(row)))
    );
  }

  /** What tmux does in the step that types. */
  #notes(written: Written | undefined): boolean {
    if (written !== undefined && written.claim !== this.writer) return false;
    this.note = written?.note?.after ?? this.note;
    return true;
  }

  #cursorIsElsewhere({ x, y, visible }: NonNullable<PaneCondition['cursor']>): boolean {
    const { rows, cursorRow, title } = this.#frame;
    const facts = this.#facts(cursorRow, title, rows[cursorRow]!.length);
    return x !== facts.cursorX || y !== facts.cursorY || visible !== facts.cursorVisible;
  }

  #push(input: Input, by: 'courier' | 'human'): void {
    this.#queue.push({ ...input, by, wasDrawn: this.#frame.reading.dialog !== null });
    this.#readOn();
  }

  /** One input at a time, in order: a terminal is a queue. */
  #readOn(): void {
    if (this.#reading || this.#queue.length === 0) return;
    this.#reading = true;
    const stalledMs = Math.max(0, this.#stalledUntil - this.#clock.now());
    this.#clock.after(stalledMs + this.#character.reactMs, () => {
      const input = this.#queue.shift()!;
      this.#reading = false;
      if ('paste' in input) this.#pasted(input.paste);
      else this.#pressed(input.key, input);
      this.#readOn();
    });
  }

  #pasted(text: string): void {
    if (this.#lostPastes < this.#character.losesPastes) {
      this.#lostPastes++;
      return;
    }
    if (this.dialog) return;
    const { pieces } = this.#character;
    const length = Math.ceil(text.length / pieces);
    // the rest of a large paste arrives before anything that was typed after it
    for (let piece = pieces - 1; piece > 0; piece--) {
      const part = text.slice(piece * length, (piece + 1) * length);
      if (part) this.#queue.unshift({ key: part, by: 'courier', wasDrawn: false });
    }
    this.composer += text.slice(0, length);
    this.#draw();
  }

  #pressed(key: string, { wasDrawn, by }: { wasDrawn: boolean; by: 'courier' | 'human' }): void {
    if ((key === 'Enter' && this.deaf) || this.ignores.includes(key)) return;
    if (this.menu) {
      this.#pressedInMenu(this.menu, key, by);
      return;
    }
    if (key === 'Enter') {
      if (this.agentPid === null) {
        this.submissions.push(this.composer);
        this.shellRows.push(prompt + this.composer, 'output');
        this.composer = '';
      } else if (this.dialog) {
        this.approvals.push({ wasDrawn, by });
        this.dialog = false;
      } else if (by === 'courier' && this.#lostEnters < this.#character.losesEnters) {
        this.#lostEnters++;
        return;
      } else if (this.commands[this.composer.trim()] !== undefined) {
        const run = this.commands[this.composer.trim()]!;
        this.ran.push(this.composer.trim());
        this.composer = '';
        run(this);
      } else if (this.composer !== '') {
        this.#submit();
      }
    } else if (this.dialog) {
      return;
    } else if (key === 'C-e') {
      return;
    } else if (key === 'Escape') {
      // the turn is over, whatever had come of it
      this.busy = false;
      if (this.restores) this.composer = this.submissions.at(-1) ?? '';
    } else if (key === 'C-u') {
      this.composer = '';
    } else if (key === 'BSpace') {
      this.composer = this.composer.slice(0, -1);
    } else {
      this.composer += key;
    }
    this.#draw();
  }

  #pressedInMenu(menu: Menu, key: string, by: 'courier' | 'human'): void {
    const { options, at, command } = menu;
    const own = options.findIndex(([, optionKey]) => optionKey === key);
    const chosen = key === 'Enter' ? at : own;
    if (key === 'Down' || key === 'Up') {
      const next = Math.max(0, Math.min(options.length - 1, at + (key === 'Down' ? 1 : -1)));
      this.menu = { ...menu, at: next };
    } else if (key !== 'Enter' && own >= 0 && menu.keysMove !== undefined) {
      this.menu = { ...menu, at: menu.keysMove === 'there' ? own : (own + 1) % options.length };
    } else if (chosen >= 0 && !(by === 'courier' && this.deaf)) {
      this.choices.push({ label: options[chosen]![0], command, by });
      this.menu = this.nextMenu;
      this.nextMenu = null;
      this.busy = this.menu === null;
    }
    this.#draw();
  }

  #submit(): void {
    const { echoes, worksMs, asksAfterwards } = this.#character;
    this.submissions.push(this.composer);
    if (echoes) this.inputs.push(this.drawsInput(this.composer));
    this.words = [];
    this.composer = '';
    this.busy = true;
    const pid = this.agentPid;
    this.#clock.after(worksMs, () => {
      if (this.agentPid !== pid) return;
      this.busy = false;
      this.words = [`answer ${this.submissions.length}`];
      if (asksAfterwards) this.dialog = true;
      this.#draw();
    });
  }

  #draw(): void {
    this.#clock.after(this.#character.drawMs, () => {
      this.#frame = this.#render();
      this.#rings++;
      const bells = [...this.#bells];
      this.#bells.clear();
      for (const ring of bells) ring();
    });
  }

  #render(): Frame {
    const { markerAbove, composerRows } = this.#character;
    if (this.agentPid === null) {
      const rows = [...this.shellRows, (prompt + this.composer).trimEnd()];
      return {
        rows,
        cursorRow: rows.length - 1,
        title: 'host',
        reading: reading(this.shellReads, { is: 'absent' }, [], []),
      };
    }
    if (this.menu) return this.#renderMenu(this.menu);
    const inputs = this.inputs.slice(-4);
    const draft = this.composer.length > markerAbove ? `[Pasted ${this.composer.length} chars]` : this.composer;
    const allRows = draft.split('\n').flatMap((line) => line.match(/.{1,76}/gsu) ?? ['']);
    const draftRows = allRows.slice(-composerRows);
    const cut = allRows.length > draftRows.length ? { cut: true } : {};
    const shown = draftRows.join('\n');
    const rows = [
      ...this.banner,
      ...inputs.flatMap((input) => input.split('\n').map((line, index) => (index ? '  ' : '› ') + line)),
      ...this.words.map((word) => `• ${word}`),
      this.dialog ? 'Approve this?' : this.busy ? 'Working' : '',
      ...draftRows.map((line, index) => (index ? '  ' : '> ') + line),
    ];
    const cursorRow = rows.length - 1;
    rows.push(...this.lists(this.composer));
    const composer = this.dialog
      ? ({ is: 'absent' } as const)
      : shown === ''
        ? ({ is: 'empty' } as const)
        : ({ is: 'draft', text: shown, ...cut } as const);
    const state = this.dialog ? 'dialog' : this.busy ? 'busy' : 'idle';
    const dialog = this.dialog ? makeDialog({ kind: 'approval', question: 'Approve this?' }) : null;
    return {
      rows,
      cursorRow,
      title: this.title ?? (this.dialog ? 'Action Required' : 'fake'),
      reading: { ...reading(state, composer, inputs, [...this.words]), dialog },
    };
  }

  #renderMenu({ command, options, at }: Menu): Frame {
    const rows = [
      ...this.banner,
      ...this.words.map((word) => `• ${word}`),
      '  Would you like to run this?',
      `  $ ${command}`,
      '',
      ...options.map(
        ([label, key], index) => `${index === at ? '›' : ' '} ${index + 1}. ${label}${key ? ` (${key})` : ''}`,
      ),
      '',
      '  enter to confirm',
    ];
    return {
      rows,
      cursorRow: rows.length - 1,
      title: this.title ?? 'Action Required',
      reading: {
        ...reading('dialog', { is: 'absent' }, [], [...this.words]),
        dialog: dialogOf({ command, options, at }),
      },
    };
  }

  #facts(cursorRow: number, title: string, rowLength: number): PaneFacts {
    return {
      socketPath: '/tmp/s',
      host: 'here',
      server: serverId(1, 1),
      paneId: '%1' as PaneId,
      panePid: 200,
      sessionId: '$0',
      sessionName: 's',
      windowId: '@0',
      windowIndex: 0,
      windowName: 'w',
      paneIndex: 0,
      label: '',
      ownerClaim: '',
      title,
      command: this.command,
      currentPath: '/',
      tty: '/dev/pts/0',
      width: 80,
      height: 24,
      cursorX: rowLength,
      cursorY: cursorRow,
      cursorVisible: true,
      alternateScreen: false,
      inMode: this.inMode,
      inputOff: this.inputOff,
      synchronized: this.synchronized,
      dead: this.dead,
      historySize: 0,
    };
  }
}

export function dialogOf({ command, options, at }: Menu): Dialog {
  return makeDialog({
    kind: 'approval',
    question: 'Would you like to run this?',
    subject: { is: 'command', text: command, isWhole: true },
    options: options.map(([label, key], index) => ({ label, key, isHighlighted: index === at })),
  });
}

function reading(state: Reading['state'], composer: Reading['composer'], inputs: string[], words: string[]): Reading {
  return { state, agent: 'fake', why: [], composer, dialog: null, turn: { inputs, words } };
}
