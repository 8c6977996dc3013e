import { readFileSync } from 'node:fs';
import { asPaneId } from '../../bridge/core/ids.ts';
import type { PaneFacts, Row, Snapshot } from '../../bridge/core/pane.ts';

/** One entry of tests/screens/manifest.json, as the recorder wrote it. */
export interface Recorded {
  file: string;
  ansi: string | null;
  agent: string;
  version: string;
  state: string;
  note: string;
  title?: string;
  cmd?: string;
  alt?: string;
  cur?: string;
  curflag?: string;
  hist?: string;
  width?: number;
  height?: number;
  /** columns and rows, as record-screen writes them */
  size?: string;
}

const folder = new URL('../screens/', import.meta.url);

export const allRecorded = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Recorded[];

/** Screens recorded at a named size are the corpus for the screen reader to come; these are those it reads now. */
export const recorded = allRecorded.filter((screen) => screen.size === undefined);

export function snapshotOfRecorded(screen: Recorded): Snapshot {
  const text = readFileSync(new URL(screen.ansi ?? screen.file, folder), 'utf8');
  const [width, height] = (screen.size ?? '120x40').split('x').map(Number) as [number, number];
  const [x, y] = (screen.cur ?? '2,36').split(',').map(Number) as [number, number];
  return snapshotOf(text.replace(/\n$/, '').split('\n'), {
    title: screen.title ?? '',
    command: screen.cmd ?? screen.agent,
    alternateScreen: screen.alt === undefined ? screen.agent === 'codex' : screen.alt === '1',
    cursorX: x,
    cursorY: y,
    cursorVisible: screen.curflag !== '0',
    historySize: Number(screen.hist ?? 0),
    width: screen.width ?? width,
    height: screen.height ?? height,
    program: screen.agent,
  });
}

/** A snapshot from lines, with or without SGR attributes. */
export function snapshotOf(
  lines: readonly string[],
  facts: Partial<PaneFacts> & {
    program?: string | null;
    foreground?: Snapshot['foreground'];
    at?: number;
    firstVisible?: number;
  } = {},
): Snapshot {
  const { program = null, foreground = 'agent', at = 1_000_000, firstVisible = 0, ...given } = facts;
  const identity = {
    socketPath: '/tmp/s',
    serverPid: 1,
    paneId: asPaneId('%1')!,
    panePid: 2,
    agentPid: 3,
    agentStartedAt: '4',
  };
  const rows = rowsOf(lines);
  return {
    takenAtMs: at,
    identity,
    facts: {
      socketPath: identity.socketPath,
      serverPid: 1,
      paneId: identity.paneId,
      panePid: 2,
      sessionId: '$1',
      sessionName: 'macs',
      windowId: '@1',
      windowIndex: 0,
      windowName: 'w',
      paneIndex: 0,
      label: '',
      title: '',
      command: 'agent',
      currentPath: '',
      tty: '/dev/pts/1',
      width: 120,
      height: 40,
      cursorX: 0,
      cursorY: rows.length - 1,
      cursorVisible: true,
      alternateScreen: false,
      inMode: false,
      inputOff: false,
      dead: false,
      historySize: 0,
      ...given,
    },
    rows,
    firstVisible,
    cursorRow: given.cursorY === undefined ? rows.length - 1 : firstVisible + given.cursorY,
    program,
    foreground,
  };
}

/** SGR attributes run on from row to row, as `capture-pane -e` of tmux 3.3a writes them. */
function rowsOf(lines: readonly string[]): Row[] {
  let isDim = false;
  let hasBackground = false;
  return lines.map((line) => {
    let text = '';
    let tinted: boolean | null = null;
    const dim: Array<[number, number]> = [];
    for (const piece of line.split(/(\x1b\[[\d;]*m)/)) {
      const codes = /^\x1b\[([\d;]*)m$/
        .exec(piece)?.[1]
        ?.replace(/[34]8;(?:2;\d+;\d+;\d+|5;\d+)/g, (c) => (c[0] === '4' ? 'bg' : 'fg'));
      if (codes !== undefined) {
        for (const code of codes.split(';')) {
          if (code === '' || code === '0') isDim = hasBackground = false;
          if (code === '2') isDim = true;
          if (code === '22') isDim = false;
          if (code === 'bg') hasBackground = true;
          if (code === '49') hasBackground = false;
        }
        continue;
      }
      if (piece === '') continue;
      tinted ??= hasBackground;
      if (isDim) dim.push([text.length, text.length + piece.length]);
      text += piece;
    }
    return { text: text.trimEnd(), dim, tinted: tinted ?? false };
  });
}
