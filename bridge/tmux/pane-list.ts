import { type ListedPane, sameServer } from '../core/pane.ts';
import { ask, type TmuxCommands, TmuxError } from './commands.ts';
import { commandLine } from './control-mode.ts';
import {
  askForList,
  askForServer,
  asReachedBy,
  type FactsQuestion,
  oncePerPane,
  type PaneOnServer,
  type ServerFacts,
} from './facts.ts';
import { saysNoSession } from './pane.ts';

/** What a server answered to the question for all of its panes. */
export interface Listing {
  readonly server: ServerFacts;
  /** every pane, once for each window place it has: a pane that is linked into two sessions twice, with both names */
  readonly places: readonly ListedPane[];
  /** every pane once */
  readonly panes: readonly ListedPane[];
}

/**
 * The list of all panes of one server, for whoever asks for it again and again: no more is asked than what tells that a pane
 * moved. A pane of which all is as it was the last time is the same object, and a list of such panes the same array: most
 * panes rest most of the time.
 */
export class PaneList {
  #last: Listing | null = null;
  /** by what tmux said of it */
  #known: ReadonlyMap<string, ListedPane> = new Map();

  /** @returns null where the server lives without any session. @throws TmuxError */
  async ask(t: TmuxCommands): Promise<Listing | null> {
    const [ofServer, ofPanes] = [askForServer(), askForList()];
    // one step: another server may come to the socket between two
    const step = [
      ['display-message', '-p', ofServer.format],
      ['list-panes', '-a', '-F', ofPanes.format],
    ];
    try {
      const lines = await ask(() => t.run('if-shell', '-F', '1', step.map(commandLine).join(' ; ')));
      const { facts: server, end } = ofServer.readFirst(lines);
      if (server === null) throw new TmuxError('error', 'list-panes', `tmux said ${JSON.stringify(lines[0] ?? '')}`);
      return this.#take(asReachedBy(t.host, server), ofPanes, lines.slice(end));
    } catch (fault) {
      if (saysNoSession(fault)) return null;
      throw fault;
    }
  }

  #take(server: ServerFacts, question: FactsQuestion<PaneOnServer>, lines: readonly string[]): Listing {
    const last = this.#last !== null && isSame(this.#last.server, server) ? this.#last : null;
    const known = new Map<string, ListedPane>();
    for (const record of question.records(lines)) {
      const said = JSON.stringify(record);
      const pane = (last && this.#known.get(said)) ?? withServer(server, question.factsOf(record));
      if (pane !== null) known.set(said, pane);
    }
    this.#known = known;
    const places = [...known.values()];
    const isAsItWas = places.length === last?.places.length && places.every((pane, at) => pane === last.places[at]);
    if (last === null || !isAsItWas) this.#last = { server, places, panes: oncePerPane(places) };
    return this.#last!;
  }
}

function withServer(server: ServerFacts, pane: PaneOnServer | null): ListedPane | null {
  return pane && { ...server, ...pane };
}

function isSame(a: ServerFacts, b: ServerFacts): boolean {
  return sameServer(a, b) && a.socketPath === b.socketPath;
}
