import { join } from 'node:path';
import { parseRows } from '../../bridge/core/ansi.ts';
import { asPaneId, serverId } from '../../bridge/core/ids.ts';
import type { PaneFacts, Snapshot } from '../../bridge/core/pane.ts';
import {
  loadRecordings,
  type RecordingEntry,
  snapshotOfRecording,
  textOfRecording,
} from '../../bridge/recordings/recording.ts';

export type Recorded = RecordingEntry;

const recordings = loadRecordings(join(import.meta.dirname, '../screens'));
export const allRecorded: readonly Recorded[] = recordings.map(({ entry }) => entry);
/** The first recordings, whose readings are held to the letter; `npm run score` reads all. */
export const recorded = allRecorded.filter(({ size }) => size === undefined);

export function snapshotOfRecorded(screen: Recorded): Snapshot {
  return snapshotOfRecording(screen, textOfRecording(recordings.find(({ entry }) => entry === screen)!));
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
    host: 'here',
    server: serverId(1, 1),
    paneId: asPaneId('%1')!,
    panePid: 2,
    agentPid: 3,
    agentStartedAt: '4',
  };
  const rows = parseRows(lines);
  return {
    takenAtMs: at,
    identity,
    facts: {
      socketPath: identity.socketPath,
      host: 'here',
      server: serverId(1, 1),
      paneId: identity.paneId,
      panePid: 2,
      sessionId: '$1',
      sessionName: 'macs',
      windowId: '@1',
      windowIndex: 0,
      windowName: 'w',
      paneIndex: 0,
      label: '',
      ownerClaim: '',
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
      synchronized: false,
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
