import type { Config } from '../config/config-values.ts';
import type { PaneAddress } from '../core/pane.ts';
import type { Request } from '../core/request.ts';
import { Dispatch, type DispatchParts, type Verdict } from './dispatch.ts';

type Server = Pick<PaneAddress, 'host' | 'server'>;

/**
 * Who is asked, for every project and server: a project may have a controller of its own, and each server a live one in a
 * pane of its own.
 */
export class Dispatches {
  readonly #base: Config;
  readonly #configFor: (request: Request) => Config;
  readonly #isMain: (server: Server) => boolean;
  readonly #partsAt: (server: Server | null) => DispatchParts;
  readonly #verdict: Verdict;
  readonly #askings = new Map<Config, Map<string, Dispatch>>();

  /**
   * @param parts.isMain the server that the bridge was started for
   * @param parts.partsAt the surroundings of workers of this server; null: of the main one
   */
  constructor(parts: {
    base: Config;
    configFor: (request: Request) => Config;
    isMain: (server: Server) => boolean;
    partsAt: (server: Server | null) => DispatchParts;
    verdict: Verdict;
  }) {
    this.#base = parts.base;
    this.#configFor = parts.configFor;
    this.#isMain = parts.isMain;
    this.#partsAt = parts.partsAt;
    this.#verdict = parts.verdict;
  }

  /** Chooses who is asked where no project says otherwise, and says so. */
  async choose(): Promise<void> {
    await this.#asking(this.#base, null).choose();
  }

  /** Who is asked where no project says otherwise, in words; null before anybody was needed. */
  get chosen(): string | null {
    return this.#asking(this.#base, null).chosen;
  }

  ask(request: Request): Promise<void> {
    const { host, server } = request.pane;
    return this.#asking(this.#configFor(request), this.#isMain(request.pane) ? null : { host, server }).ask(request);
  }

  cancel(requestId: string): void {
    for (const asking of this.#all) asking.cancel(requestId);
  }

  /** A response seen on a controller's screen. False when no request of that id is being asked there. */
  answeredOnScreen(requestId: string, text: string): boolean {
    return this.#all.some((asking) => asking.answeredOnScreen(requestId, text));
  }

  close(): void {
    for (const asking of this.#all) asking.close();
  }

  get #all(): Dispatch[] {
    return [...this.#askings.values()].flatMap((byServer) => [...byServer.values()]);
  }

  #asking(config: Config, server: Server | null): Dispatch {
    const byServer = this.#askings.get(config) ?? new Map<string, Dispatch>();
    this.#askings.set(config, byServer);
    const key = server === null ? '' : `${server.host}|${server.server}`;
    const asking = byServer.get(key) ?? new Dispatch(config, this.#partsAt(server), this.#verdict);
    byServer.set(key, asking);
    return asking;
  }
}
