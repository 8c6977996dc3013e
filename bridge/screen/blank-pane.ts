import { type PaneId, serverId } from '../core/ids.ts';

/** A pane that no tmux has, for a screen that comes from elsewhere: what only tmux knows of it is blank. */
export function blankPane(name: string) {
  const place = { socketPath: name, host: '', server: serverId(0, 0), paneId: '%0' as PaneId, panePid: 0 };
  return {
    identity: { ...place, agentPid: null, agentStartedAt: null },
    facts: {
      ...place,
      sessionId: '$0',
      sessionName: name,
      windowId: '@0',
      windowIndex: 0,
      windowName: '',
      paneIndex: 0,
      label: '',
      currentPath: '',
      tty: '',
      inputOff: false,
      synchronized: false,
      dead: false,
    },
  };
}
