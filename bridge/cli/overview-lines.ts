import type { Overview } from '../api/overview.ts';
import type { Context } from './context.ts';
import { paint } from './output.ts';
import { statusLine } from './status-line.ts';

/** What one has to know of a bridge that begins, or runs: a heading, and a line for each thing. */
export function overviewLines(found: Overview, home: Context['home'], userFolder: string): string[] {
  const tilde = (path: string) => (path.startsWith(`${userFolder}/`) ? `~${path.slice(userFolder.length)}` : path);
  const projects = [...new Set(found.workers.flatMap(({ project }) => project ?? []))].map(tilde);
  const workers = found.workers.map(({ name, paneId, agent }) => `${name} ${paneId} (${agent})`);
  const rows: Array<readonly [string, string]> = [
    ['answers', answersOf(found)],
    [
      'workers',
      workers.length === 0
        ? 'none yet: a pane whose label begins with "worker" is one as soon as an agent is in it'
        : workers.join(', '),
    ],
    ...(projects.length === 0 ? [] : [['projects', projects.join(', ')] as const]),
    ['state', `${tilde(found.home)} (${home.because})`],
  ];
  const mode = found.dryRun ? `${found.mode}, dry run: nothing is typed` : found.mode;
  return [
    `${paint('bold', `bridge ${found.version}`)} · ${mode} · pid ${found.pid}`,
    ...rows.map(([name, says]) => `  ${name.padEnd(9)} ${says}`),
  ];
}

/** The same of one that runs already, with how all of it stands and what to do next. */
export function livingLines(found: Overview, home: Context['home'], userFolder: string, now: number): string[] {
  const next = [
    ...(found.waitingForYou > 0 ? [['bridge requests', 'what waits for you, and how to answer it'] as const] : []),
    ['bridge run', 'follow its log; with --session NAME it watches that session, too'] as const,
    ['bridge stop', 'end it'] as const,
  ];
  return [
    ...overviewLines(found, home, userFolder),
    `  ${'now'.padEnd(9)} ${statusLine(found, now)}`,
    '',
    ...next.map(([line, says]) => `${line.padEnd(16)} ${says}`),
  ];
}

function answersOf({ mode, answers }: Overview): string {
  if (mode === 'manual') return 'you: `bridge answer ID`, or a file in outbox/ (rules of bridge.yaml first)';
  return answers ?? 'decided at the first question';
}
