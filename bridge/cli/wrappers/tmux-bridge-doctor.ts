import { spawnSync } from 'node:child_process';
import { messageOf } from '../../core/failure.ts';
import type { PaneFacts } from '../../core/pane.ts';
import { visibleLine } from '../../core/visible.ts';
import { type FoundServer, findServer } from './find-server.ts';
import type { Run } from './run.ts';

interface Found {
  readonly server: FoundServer | null;
  readonly panes: readonly PaneFacts[] | null;
  readonly issues: readonly string[];
}

/**
 * What tmux-bridge finds of tmux, also where there is nothing to find.
 * @param panesAt those of a server. @throws where none answers
 */
export async function doctorLines(
  version: string,
  panesAt: (socketPath: string) => Promise<PaneFacts[]>,
  run: Run,
): Promise<{ readonly text: string; readonly isWell: boolean }> {
  const { TMUX, TMUX_PANE, TMUX_BRIDGE_SOCKET } = run.env;
  const { server, panes, issues } = await found(panesAt, run);
  const shown = (value: string | undefined) => visibleLine(value || '<unset>');
  const isSeen = panes?.some(({ paneId }) => paneId === TMUX_PANE) ?? false;
  const rows = [
    ['TMUX_PANE:', shown(TMUX_PANE)],
    ['TMUX:', shown(TMUX)],
    ['TMUX_BRIDGE_SOCKET:', shown(TMUX_BRIDGE_SOCKET)],
    ['Detected socket:', server === null ? 'none' : `${visibleLine(server.socketPath)} (${server.how})`],
    ...(panes === null
      ? []
      : [
          ['Total panes:', `${panes.length}`],
          ['Labeled panes:', `${panes.filter(({ label }) => label !== '').length}`],
          ...(TMUX_PANE
            ? [[`This pane (${visibleLine(TMUX_PANE)}):`, `${isSeen ? '' : 'NOT '}visible to server`]]
            : []),
        ]),
  ];
  const isWell = issues.length === 0;
  const text = [
    `tmux-bridge doctor v${version}`,
    '---',
    ...rows.map(([name, value]) => `${name!.padEnd(20)}${value}`),
    '---',
    ...(isWell ? ['Status: OK'] : ['Status: ISSUES DETECTED', ...issues.map((issue) => `issue: ${issue}`)]),
  ].join('\n');
  return { text, isWell };
}

async function found(panesAt: (socketPath: string) => Promise<PaneFacts[]>, run: Run): Promise<Found> {
  const { TMUX_PANE } = run.env;
  if (spawnSync('tmux', ['-V']).error !== undefined)
    return { server: null, panes: null, issues: ['tmux is not installed, or not in PATH'] };
  try {
    const server = await findServer(run);
    const panes = await panesAt(server.socketPath).catch(() => null);
    if (panes === null)
      return { server, panes, issues: [`no tmux server answers at ${visibleLine(server.socketPath)}`] };
    const isHere = !TMUX_PANE || panes.some(({ paneId }) => paneId === TMUX_PANE);
    return { server, panes, issues: isHere ? [] : [`pane ${visibleLine(TMUX_PANE)} is not on this server`] };
  } catch (fault) {
    return { server: null, panes: null, issues: [visibleLine(messageOf(fault))] };
  }
}
