import type { Config } from './config.ts';
import { BridgeError } from './core/failure.ts';
import type { PaneId } from './core/ids.ts';
import type { PaneFacts } from './core/pane.ts';
import { liesWithin } from './host/home.ts';
import { nameOf, type Sight } from './sight.ts';

export type Role = 'worker' | 'controller';

/** A pane that is to be watched, and as what. */
export interface Wanted {
  readonly facts: PaneFacts;
  readonly name: string;
  readonly role: Role;
  /** why only the human may answer what is on its screen at the first look; left out where others may */
  readonly distrust?: string;
}

/** Which panes are watched: the workers, named or found by their label, and the live controller's. */
export class Workers {
  readonly #config: Config;
  readonly #sight: Sight;
  readonly #controllerPane: (panes: readonly PaneFacts[]) => Promise<PaneFacts | null>;
  readonly #warn: (text: string) => void;
  readonly #refused = new Set<string>();

  constructor(parts: {
    config: Config;
    sight: Sight;
    controllerPane: (panes: readonly PaneFacts[]) => Promise<PaneFacts | null>;
    warn: (text: string) => void;
  }) {
    this.#config = parts.config;
    this.#sight = parts.sight;
    this.#controllerPane = parts.controllerPane;
    this.#warn = parts.warn;
  }

  /** @throws BridgeError at the start only: an ambiguous target, or a home that a worker could write to */
  async among(panes: readonly PaneFacts[], when: 'start' | 'running'): Promise<Map<PaneId, Wanted>> {
    const wanted = new Map<PaneId, Wanted>();
    for (const facts of await this.#workersAmong(panes, when)) {
      if (facts.dead || !this.#mayServe(facts, when)) continue;
      wanted.set(facts.paneId, { facts, name: facts.label || facts.paneId, role: 'worker' });
    }
    const controller = await this.#controllerPane(panes).catch(() => null);
    if (controller && !wanted.has(controller.paneId)) {
      wanted.set(controller.paneId, { facts: controller, name: 'controller', role: 'controller' });
    }
    return wanted;
  }

  async #workersAmong(panes: readonly PaneFacts[], when: 'start' | 'running'): Promise<PaneFacts[]> {
    const { session, worker } = this.#config;
    if (worker.length === 0) {
      const here = panes.filter((pane) => session === null || pane.sessionName === session);
      const labelled = here.filter((pane) => pane.label.startsWith('worker'));
      const named = here.filter((pane) => pane.title === 'worker' || pane.windowName === 'worker');
      return labelled.length > 0 ? labelled : named;
    }
    const found: PaneFacts[] = [];
    for (const target of worker) {
      try {
        found.push(await this.#sight.resolve(target, session));
      } catch (fault) {
        if (when === 'start' && fault instanceof BridgeError && /ambiguous/.test(fault.reason)) throw fault;
        // not there yet, or not any more: its coming is noticed
      }
    }
    return found;
  }

  /** A worker whose own folder holds our home could answer itself by writing a file. */
  #mayServe(pane: PaneFacts, when: 'start' | 'running'): boolean {
    const { home, trustWorkspace } = this.#config;
    if (trustWorkspace || pane.currentPath === '' || !liesWithin(home, pane.currentPath)) return true;
    const fault = new BridgeError({
      what: 'home',
      target: home,
      reason: `lies inside the working folder of ${nameOf(pane)} (${pane.currentPath}), where the worker could answer itself`,
      nextStep: 'choose a home elsewhere with --home, or accept it with --trust-workspace',
    });
    if (when === 'start') throw fault;
    if (!this.#refused.has(pane.paneId)) {
      this.#refused.add(pane.paneId);
      this.#warn(`${fault.message}; it is not watched: ${fault.nextStep}`);
    }
    return false;
  }
}
