import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { ListedPane } from '../core/pane.ts';
import { clientFormat } from './claim.ts';
import { type ClientNotice, ControlClient } from './client.ts';
import { TmuxError } from './commands.ts';
import { gonePanes } from './gone-panes.ts';
import { ofLiving } from './living.ts';
import { type ClientRecord, writeClients } from './orphans.ts';
import type { TmuxWay } from './way.ts';

/**
 * absent ─► attached ─┬─► absent: it lived long, or is not wanted any more
 *    ▲          ▲     └─► resting: it ended early, or could not attach
 *    └──────────┴───────────┘ after a growing pause
 */
type Link = AttachedLink | { readonly is: 'resting'; readonly cancel: () => void };

interface AttachedLink {
  readonly is: 'attached';
  readonly client: ControlClient;
  readonly marker: string;
  /** every pane that was in the session while the client was, and its window then */
  readonly seen: Map<string, string>;
  /** panes that left their window: 'asked' once the list has been asked for that tells where they are */
  readonly hushed: Map<string, 'new' | 'asked'>;
  /** as the server names it; null until it has told */
  name: string | null;
}

export interface ClientsParts {
  readonly way: TmuxWay;
  readonly after: Clock['after'];
  /** rewritten whenever a client comes or goes */
  readonly clientsPlace: string | null;
  readonly onNotice: (sessionId: string, notice: ClientNotice) => void;
  /** a client has ended, asked to or not: nobody hears its session from here on */
  readonly onEnd: (sessionId: string) => void;
  /** a client ended without being asked to, or may be tried again */
  readonly onChange: () => void;
  readonly alone: Alone;
  /** resolves once the server has dealt with all that came before */
  readonly received: () => Promise<unknown>;
}

/**
 * Works while no other bridge does. A tmux server (seen on 3.3a to 3.6a; mended in 3.7 by its pull request 4980) ends with
 * all its sessions where one control client leaves while another has said what it is and not yet who it is: so no bridge
 * may come or go while another one does.
 */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/** The control clients of one server, one per wanted session. */
export class ControlClients {
  readonly #parts: ClientsParts;
  readonly #links = new Map<string, Link>();
  readonly #pauses = new Map<string, number>();

  constructor(parts: ClientsParts) {
    this.#parts = parts;
  }

  /** A client that can take a command now: that of the session if it has one, else any. */
  living(sessionId: string | undefined): ControlClient | null {
    const own = sessionId === undefined ? undefined : this.#links.get(sessionId);
    for (const link of own === undefined ? this.#links.values() : [own, ...this.#links.values()]) {
      if (link.is === 'attached' && link.client.living) return link.client;
    }
    return null;
  }

  /** As the server names a client that lives: that of the session if it has one, else any; null where there is none. */
  nameOf(sessionId: string | undefined): string | null {
    const own = sessionId === undefined ? undefined : this.#links.get(sessionId);
    const name = own === undefined ? null : nameIn(own);
    if (name !== null) return name;
    for (const link of this.#links.values()) {
      const other = nameIn(link);
      if (other !== null) return other;
    }
    return null;
  }

  /** The names of all clients that live. */
  get names(): ReadonlySet<string> {
    return new Set([...this.#links.values()].map(nameIn).filter((name) => name !== null));
  }

  get sessions(): ReadonlySet<string> {
    return new Set([...this.#links].filter(([, link]) => link.is === 'attached').map(([sessionId]) => sessionId));
  }

  /** A list of all panes is about to be asked for, which `keep` will be given. */
  aboutToList(): void {
    for (const link of this.#links.values()) {
      if (link.is === 'attached') for (const paneId of link.hushed.keys()) link.hushed.set(paneId, 'asked');
    }
  }

  /** Brings and lets go clients until exactly the wanted sessions have one. @returns the sessions that are new */
  async keep(wanted: ReadonlySet<string>, panes: readonly ListedPane[]): Promise<string[]> {
    const leaving = [...this.#links].filter(
      ([sessionId, link]) => !wanted.has(sessionId) || hasMoved(sessionId, link) || losesPane(sessionId, link, panes),
    );
    if (leaving.length === 0 && [...wanted].every((sessionId) => this.#links.has(sessionId))) return [];
    return this.#parts.alone(async () => {
      await this.#drop(leaving.map(([sessionId]) => sessionId));
      const coming = [...wanted].filter((sessionId) => !this.#links.has(sessionId));
      const attached = await Promise.all(coming.map((sessionId) => this.#attach(sessionId)));
      return coming.filter((_, index) => attached[index]);
    });
  }

  async dropAll(): Promise<void> {
    if (this.#links.size === 0) return;
    await this.#parts.alone(() => this.#drop([...this.#links.keys()]));
  }

  async #attach(sessionId: string): Promise<boolean> {
    const marker = `bridge-${randomBytes(8).toString('hex')}`;
    const client = ControlClient.start({
      way: this.#parts.way,
      session: sessionId,
      marker,
      onNotification: (notice) => {
        if (notice.type === 'notification') hushGone(link, notice);
        this.#parts.onNotice(sessionId, notice);
      },
    });
    const link: AttachedLink = {
      ...{ is: 'attached', client, marker },
      ...{ seen: new Map(), hushed: new Map(), name: null },
    };
    this.#links.set(sessionId, link);
    this.#remember();
    const cancel = this.#parts.after(LIVED_LONG_MS, () => this.#pauses.delete(sessionId));
    void client.closed.then(() => {
      cancel();
      this.#parts.onEnd(sessionId);
      if (this.#links.get(sessionId) === link) this.#rest(sessionId);
      this.#remember();
    });
    try {
      await client.attached;
      const [name = ''] = await client.run('display-message', '-p', ofLiving(clientFormat));
      link.name = name || null;
      return true;
    } catch (fault) {
      // `closed` follows, and with it the pause.
      if (fault instanceof TmuxError) return false;
      throw fault;
    }
  }

  #rest(sessionId: string): void {
    const pauseMs = this.#pauses.get(sessionId) ?? FIRST_PAUSE_MS;
    this.#pauses.set(sessionId, Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
    const cancel = this.#parts.after(pauseMs, () => {
      this.#links.delete(sessionId);
      this.#parts.onChange();
    });
    this.#links.set(sessionId, { is: 'resting', cancel });
    this.#parts.onChange();
  }

  async #drop(sessionIds: readonly string[]): Promise<void> {
    const leaving: ControlClient[] = [];
    for (const sessionId of sessionIds) {
      const link = this.#links.get(sessionId);
      this.#links.delete(sessionId);
      if (link?.is === 'resting') link.cancel();
      else if (link !== undefined) leaving.push(link.client);
    }
    if (leaving.length === 0) return;
    await Promise.all(leaving.map((client) => client.close()));
    this.#remember();
    // a client's process ends before the server tells the others that it has gone
    await this.#parts.received();
  }

  #remember(): void {
    if (this.#parts.clientsPlace === null) return;
    const records: ClientRecord[] = [];
    for (const link of this.#links.values()) {
      if (link.is === 'attached') records.push({ pid: link.client.pid, marker: link.marker });
    }
    writeClients(this.#parts.clientsPlace, records);
  }
}

/** null while it does not live, or has not been told. */
function nameIn(link: Link): string | null {
  return link.is === 'attached' && link.client.living ? link.name : null;
}

/** Pauses before a session is attached again: somebody may be detaching all clients on purpose. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A client that lived this long makes the next pause the first again. */
const LIVED_LONG_MS = 10_000;

/** tmux moves a client elsewhere when its session ends and detach-on-destroy is off. */
function hasMoved(sessionId: string, link: Link): boolean {
  return link.is === 'attached' && link.client.sessionId !== '' && link.client.sessionId !== sessionId;
}

/**
 * Takes in which panes the session has now.
 * @returns whether one that was in it lives on in another: tmux keeps a place in that pane's output for the client, which
 *   never advances again, and a respawn of the pane then crashes the server with all its sessions (tmux 3.2a to 3.7c, its
 *   issues 5498 and 5499). A new client has no such place.
 */
function losesPane(sessionId: string, link: Link, panes: readonly ListedPane[]): boolean {
  if (link.is !== 'attached') return false;
  const { seen, hushed } = link;
  const elsewhere = new Set<string>();
  const here = new Map<string, string>();
  for (const { paneId, windowId, sessionId: at } of panes) {
    if (at === sessionId) here.set(paneId, windowId);
    else if (seen.has(paneId)) elsewhere.add(paneId);
  }
  for (const paneId of seen.keys()) if (!here.has(paneId) && !elsewhere.has(paneId)) seen.delete(paneId);
  for (const [paneId, windowId] of here) seen.set(paneId, windowId);
  for (const [paneId, since] of hushed) {
    if (since === 'new') continue;
    hushed.delete(paneId);
    // in another window of the session, or back
    if (here.has(paneId)) link.client.unhush(paneId);
  }
  return [...elsewhere].some((paneId) => !here.has(paneId));
}

/**
 * Until the client is replaced the server must keep no place for it: a pane that is paused has none (measured on 3.3a; a
 * respawn right after the move ended the server 15 of 15 times, and never once the pane was paused).
 */
function hushGone(link: AttachedLink, notice: Extract<ClientNotice, { type: 'notification' }>): void {
  for (const paneId of gonePanes(notice, link.seen)) {
    if (!link.hushed.has(paneId)) link.client.hush(paneId);
    link.hushed.set(paneId, 'new');
  }
}
