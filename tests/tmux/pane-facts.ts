import { type PaneId, serverId } from '../../bridge/core/ids.ts';
import type { PaneFacts } from '../../bridge/core/pane.ts';

export function paneFacts(change: Partial<Omit<PaneFacts, 'paneId'>> & { paneId?: string } = {}): PaneFacts {
  return {
    socketPath: '/s',
    host: 'here',
    server: serverId(1, 1),
    panePid: 2,
    sessionId: '$0',
    sessionName: 'main',
    windowId: '@0',
    windowIndex: 0,
    windowName: 'sh',
    paneIndex: 0,
    label: '',
    ownerClaim: '',
    title: '',
    command: 'sh',
    currentPath: '/',
    tty: '/dev/pts/1',
    width: 80,
    height: 24,
    cursorX: 0,
    cursorY: 0,
    cursorVisible: true,
    alternateScreen: false,
    inMode: false,
    inputOff: false,
    synchronized: false,
    dead: false,
    historySize: 0,
    ...change,
    paneId: (change.paneId ?? '%0') as PaneId,
  };
}
