import type { Config } from '../config/config-values.ts';
import { type ListedPane, type PaneAddress, type PaneFacts, sameServer } from '../core/pane.ts';
import type { Panes } from '../panes/panes.ts';
import { oncePerPane } from '../tmux/facts.ts';
import type { TmuxServers } from '../tmux/servers.ts';

/** The live controller agent's pane on each server: `--controller-pane`, or the one labelled "controller". */
export class LiveControllers {
  readonly #config: Pick<Config, 'controllerPane' | 'session'>;
  readonly #panes: Panes;
  readonly #servers: TmuxServers;

  constructor(parts: { config: Pick<Config, 'controllerPane' | 'session'>; panes: Panes; servers: TmuxServers }) {
    this.#config = parts.config;
    this.#panes = parts.panes;
    this.#servers = parts.servers;
  }

  /** The one among the panes of one server; null when there is none, or several. */
  async among<Pane extends ListedPane>(panes: readonly Pane[], session: string | null): Promise<Pane | null> {
    const { controllerPane } = this.#config;
    if (controllerPane !== null) return this.#panes.resolve(controllerPane, session, panes);
    const labelled = panes.filter((pane) => pane.label === 'controller' && this.#panes.programOf(pane) !== null);
    const near = oncePerPane(labelled.filter((pane) => session === null || pane.sessionName === session));
    return near.length === 1 ? near[0]! : null;
  }

  /** The one on a server; null: on the one that the bridge was started for. */
  async at(at: Pick<PaneAddress, 'host' | 'server'> | null): Promise<PaneFacts | null> {
    const main = this.#servers.main.server;
    const server = at ?? main;
    const isMain = server === main || (main !== null && server !== null && sameServer(server, main));
    const panes = (await this.#panes.list()).filter((pane) => server !== null && sameServer(pane, server));
    return this.among(panes, isMain ? this.#config.session : null);
  }
}
