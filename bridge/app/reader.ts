import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { processNames } from '../agent-programs/index.ts';
import type { Config } from '../config/config-values.ts';
import type { PublicEvent } from '../core/events.ts';
import { hostOfWay } from '../core/way.ts';
import { steadyClock, systemClock } from '../host/clock.ts';
import { Hosts } from '../host/hosts/hosts.ts';
import { Journal } from '../journal/journal.ts';
import { type KnownPane, Panes } from '../panes/panes.ts';
import { Programs } from '../panes/programs.ts';
import type { TmuxCommands } from '../tmux/commands.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { listPanes } from '../tmux/pane.ts';
import { QuestionsTogether } from '../tmux/together.ts';
import type { Bridge } from './bridge.ts';
import { keptPauses, knownWorkers, pausesSeen, type SeenPauses } from './pausing.ts';
import { processesBy, wayBy } from './ways.ts';

/** A look at one tmux server: a process for many questions, nothing left attached. */
export interface Look {
  readonly panes: Panes;
  readonly tmux: TmuxCommands;
  readonly socketPath: string;
}

/** What a method works on that only reads. It makes neither a state directory, nor a journal, nor a client of tmux. */
export interface Reader {
  readonly home: string;
  readonly retentionDays: number;
  /** the other machines that bridge.yaml names */
  readonly hosts: Hosts;
  /** null while no bridge has kept anything here */
  journal(): Journal | null;
  /** @param agent the agent program that is settled for every pane; null: each as it is found */
  look(socketPath: string, agent: string | null): Look;
  pauses(): SeenPauses;
  /** calls `hear` with every event of the living bridge, until what it returns is called; null where none lives */
  readonly listen: ((listener: (event: PublicEvent) => void) => () => void) | null;
  /** Resolves when something has happened, as far as that is noticed; at the limit; or where `closed` aborts. */
  news(limitMs: number, closed: AbortSignal): Promise<void>;
  close(): void;
}

/** Where no bridge runs: what it has left. */
export function readerOfHome({ home, agents, retentionDays, hosts: named }: Config): Reader {
  const hosts = new Hosts(named, steadyClock);
  const path = join(home, 'bridge.db');
  let journal: Journal | null = null;
  const opened = () => {
    if (journal === null && existsSync(path)) journal = Journal.open(path, { now: systemClock.now() }).journal;
    return journal;
  };
  return {
    home,
    retentionDays,
    hosts,
    journal: opened,
    look: (socketPath, agent) => lookAt(socketPath, { agent, agents }, { hosts }),
    pauses: () => {
      const kept = opened();
      return kept === null ? {} : keptPauses(kept);
    },
    listen: null,
    news: (limitMs, closed) => waited(limitMs, closed, () => () => {}),
    close: () => {
      journal?.close();
      void hosts.close();
    },
  };
}

/** Beside a living bridge, with what that knows. A dry run's own journal is none that anybody else reads. */
export function readerOf(
  bridge: Pick<Bridge, 'config' | 'hosts' | 'journal' | 'listen' | 'panes' | 'requests' | 'workerNames'>,
): Reader {
  const { config } = bridge;
  const kept = config.dryRun ? readerOfHome(config) : null;
  return {
    home: config.home,
    retentionDays: config.retentionDays,
    hosts: bridge.hosts,
    journal: () => (kept === null ? bridge.journal : kept.journal()),
    look: (socketPath, agent) =>
      lookAt(
        socketPath,
        { agent, agents: config.agents },
        { hosts: bridge.hosts, beside: bridge.panes.watched(), together: 10 },
      ),
    pauses: () => pausesSeen(bridge.requests.pauses, knownWorkers(bridge)),
    listen: (listener) => bridge.listen(listener),
    news: (limitMs, closed) => waited(limitMs, closed, (wake) => bridge.listen(wake)),
    close: () => kept?.close(),
  };
}

/**
 * @param more.beside what a living bridge knows of the panes there
 * @param more.together how many screens are read without a pause: a bridge that watches must not wait for long
 */
export function lookAt(
  socketPath: string,
  choice: Pick<Config, 'agent' | 'agents'>,
  more: { readonly hosts?: Hosts; readonly beside?: readonly KnownPane[]; readonly together?: number } = {},
): Look {
  const { hosts } = more;
  const isThere = hosts !== undefined && hostOfWay(socketPath) !== null;
  const exec = new ExecCommands({ socketPath });
  // a shell that is kept takes one command after the other anyway
  const tmux = isThere ? wayBy(hosts)(socketPath).commands : exec;
  const questions = isThere ? tmux : new QuestionsTogether(exec, more.together);
  const panes = new Panes({
    servers: { of: () => questions, panes: () => listPanes(tmux) },
    programs: new Programs(processNames, hosts && processesBy(hosts)),
    clock: systemClock,
    choiceFor: () => choice,
    beside: more.beside ?? [],
  });
  return { panes, tmux, socketPath };
}

function waited(limitMs: number, closed: AbortSignal, listen: (wake: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      stop();
      closed.removeEventListener('abort', end);
      resolve();
    };
    const cancel = systemClock.after(limitMs, end);
    const stop = listen(end);
    closed.addEventListener('abort', end);
    if (closed.aborted) end();
  });
}
