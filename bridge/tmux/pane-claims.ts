import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { PaneId } from '../core/ids.ts';
import {
  type Claim,
  type ClaimOption,
  claimIn,
  claimText,
  clientFormat,
  isPlain,
  plainPattern,
  type Standing,
  standingOf,
} from './claim.ts';
import { type CommandResult, type TmuxCommands, TmuxError } from './commands.ts';
import { commandLine } from './control-mode.ts';

/** A server as claims need it: commands, and which of our control clients can vouch for a claim. */
export interface ClaimServer extends TmuxCommands {
  /** null while no client of ours is attached: nothing can be claimed then, only read */
  claimant(paneId: PaneId): string | null;
  readonly claimants: ReadonlySet<string>;
}

/** Who claims; `folder` may change while we live. */
export type Claimant = Pick<Claim, 'bridge' | 'pid' | 'host' | 'home'> & { readonly folder: string };

export type Taken =
  /** `from`: whose claim it was that is replaced now; `beside`: what was said besides in that step */
  | { readonly is: 'ours'; readonly from: Claim | null; readonly beside?: string }
  /** nobody else's, and not marked as ours: no client of ours is there, the pane is gone, or the option cannot be set */
  | { readonly is: 'unmarked' }
  /** `isGone`: its client is not there, and it has not been seen so for long enough */
  | { readonly is: 'theirs'; readonly claim: Claim; readonly isGone: boolean };

export interface Beside {
  readonly set: (paneId: PaneId, claim: Claim) => readonly string[];
  /** as it is given up */
  readonly unset: (paneId: PaneId, claim: Claim) => readonly string[];
  /** a format; what it makes must be one row */
  readonly says: string;
}

/** A client that is replaced (its session ends, somebody detaches it) is followed by another well within this time. */
export const goneStandsMs = 1_000;
/** Each round of a claim loses only to somebody who changed the option meanwhile. */
const mostRounds = 4;

interface Seen {
  readonly isOurs: boolean;
  /** what the option says */
  readonly text: string;
  readonly beside: string;
}

interface Held {
  readonly text: string;
  readonly client: string;
  readonly since: number;
}

/**
 * Claims on panes that every bridge sees which reaches the server, whatever host or container it runs in: an option of the
 * pane that names a control client of ours. tmux itself compares and sets it in one step, and its list of clients tells
 * whether whoever set it still lives.
 */
export class PaneClaims {
  readonly #option: ClaimOption;
  readonly #me: () => Claimant;
  readonly #clock: Clock;
  readonly #held = new Map<ClaimServer, Map<PaneId, Held>>();
  /** when a claim was first seen without its client, by pane and text */
  readonly #goneSince = new Map<string, number>();
  readonly #beside: Beside | null;
  #lastSince = 0;

  /** @param beside what else is done and said in the step that makes a pane ours */
  constructor(option: ClaimOption, me: () => Claimant, clock: Clock, beside: Beside | null = null) {
    this.#option = option;
    this.#beside = beside;
    this.#me = me;
    this.#clock = clock;
  }

  /** What we have set there, as far as we know; null where nothing is. */
  text(server: ClaimServer, paneId: PaneId): string | null {
    return this.#held.get(server)?.get(paneId)?.text ?? null;
  }

  /**
   * True while nobody can have taken it: the client that vouches for it lives.
   * @param claimants of that server; for whoever asks about many panes
   */
  isSure(server: ClaimServer, paneId: PaneId, claimants = server.claimants): boolean {
    const held = this.#held.get(server)?.get(paneId);
    return held !== undefined && claimants.has(held.client);
  }

  /**
   * Claims panes of one server: one command for each that is free or ours, all in one step of ours; two more questions where
   * one is not. @throws TmuxError where the server does not answer
   */
  async take(server: ClaimServer, paneIds: readonly PaneId[]): Promise<ReadonlyMap<PaneId, Taken>> {
    const taken = new Map<PaneId, Taken>();
    const from = new Map<PaneId, Claim>();
    let open = paneIds.map((paneId) => ({ paneId, expected: this.text(server, paneId) ?? '' }));
    for (let round = 0; open.length > 0 && round < mostRounds; round++) {
      const client = server.claimant(open[0]!.paneId);
      if (client === null) return this.#readAll(server, paneIds, taken);
      const seen = await this.#swapAll(server, open, client);
      const left = open.flatMap(({ paneId }, at) => {
        const there = seen[at];
        if (there === undefined) taken.set(paneId, { is: 'unmarked' });
        else if (there.isOurs) {
          const said = this.#beside === null ? {} : { beside: there.beside };
          taken.set(paneId, { is: 'ours', from: from.get(paneId) ?? null, ...said });
        } else return [{ paneId, expected: there.text }];
        return [];
      });
      if (left.length === 0) break;
      const living = await controlClientsOf(server);
      open = left.filter(({ paneId, expected }) => {
        const standing = this.#judge(server, paneId, expected, living);
        if (standing.is === 'theirs' || (standing.is === 'gone' && !this.#isRipe(paneId, expected))) {
          taken.set(paneId, { is: 'theirs', claim: standing.claim, isGone: standing.is === 'gone' });
          return false;
        }
        if (standing.is === 'gone') from.set(paneId, standing.claim);
        return true;
      });
    }
    for (const { paneId } of open) if (!taken.has(paneId)) taken.set(paneId, { is: 'unmarked' });
    return taken;
  }

  /** One pane, for somebody who waits: a claim whose client has gone is seen to stay so. */
  async takeOne(server: ClaimServer, paneId: PaneId): Promise<Taken> {
    const taken = (await this.take(server, [paneId])).get(paneId)!;
    if (taken.is !== 'theirs' || !taken.isGone) return taken;
    await new Promise<void>((resolve) => this.#clock.after(goneStandsMs, resolve));
    return (await this.take(server, [paneId])).get(paneId)!;
  }

  /** Of these panes, those that a living bridge has or one that has just gone, by the texts that stand in their options. */
  async theirs(server: ClaimServer, texts: ReadonlyMap<PaneId, string>): Promise<ReadonlyMap<PaneId, Taken>> {
    const theirs = new Map<PaneId, Taken>();
    const none = new Set<string>();
    const foreign = [...texts].filter(([paneId, text]) => 'claim' in this.#judge(server, paneId, text, none, false));
    if (foreign.length === 0) return theirs;
    const living = await controlClientsOf(server);
    for (const [paneId, text] of foreign) {
      const standing = this.#judge(server, paneId, text, living);
      if (!('claim' in standing) || (standing.is === 'gone' && this.#isRipe(paneId, text))) continue;
      theirs.set(paneId, { is: 'theirs', claim: standing.claim, isGone: standing.is === 'gone' });
    }
    return theirs;
  }

  /**
   * What is ours of these panes is free; what somebody else has set meanwhile stays. A server that has gone has no option either.
   * @param how.keepsBeside what was set besides is still needed
   */
  async free(server: ClaimServer, paneIds: readonly PaneId[], { keepsBeside = false } = {}): Promise<void> {
    const held = this.#held.get(server);
    const ours = paneIds.flatMap((paneId) => {
      const text = held?.get(paneId)?.text;
      return text !== undefined && held?.delete(paneId) ? [{ paneId, text }] : [];
    });
    if (held?.size === 0) this.#held.delete(server);
    if (ours.length === 0) return;
    await server.runAll(
      ours.map(({ paneId, text }) => {
        // exactly this one: where this arrives late, over a link that was cut, we may have claimed the pane anew
        const isOurs = `#{==:#{${this.#option}},${text}}`;
        const unset = ['set-option', '-p', '-u', '-t', paneId, this.#option];
        const beside = this.#beside === null || keepsBeside ? [] : [this.#beside.unset(paneId, claimIn(text)!)];
        return ['if-shell', '-F', '-t', paneId, isOurs, [...beside, unset].map(commandLine).join(' ; ')];
      }),
    );
  }

  /** Everything that is ours is free. */
  async close(): Promise<void> {
    await Promise.all([...this.#held].map(([server, panes]) => this.free(server, [...panes.keys()])));
  }

  /** @returns for each what stands there; undefined where the pane does not answer */
  async #swapAll(
    server: ClaimServer,
    panes: ReadonlyArray<{ readonly paneId: PaneId; readonly expected: string }>,
    client: string,
  ): Promise<ReadonlyArray<Seen | undefined>> {
    const mark = randomBytes(6).toString('hex');
    const wanted = panes.map(({ paneId }) => this.#heldBy(server, paneId, client));
    const results = await server.runAll(
      panes.map(({ paneId, expected }, at) => this.#swap(paneId, expected, wanted[at]!.text, mark)),
    );
    return results.map((result, at) => {
      const [text, beside = ''] = textsBetween(result, mark);
      const { paneId } = panes[at]!;
      const isOurs = text === wanted[at]!.text;
      if (text === undefined) return undefined;
      if (!isOurs) return { isOurs, text, beside };
      const held = this.#held.get(server) ?? new Map<PaneId, Held>();
      this.#held.set(server, held.set(paneId, wanted[at]!));
      for (const key of this.#goneSince.keys()) if (key.startsWith(`${paneId} `)) this.#goneSince.delete(key);
      return { isOurs, text, beside };
    });
  }

  /** Sets the option to `wanted` where it is still what was expected, and says what it is then, in one step of the server. */
  #swap(paneId: PaneId, expected: string, wanted: string, mark: string): string[] {
    const option = this.#option;
    // what a person has put there may hold anything, and cannot stand in a format: it is known by not being plain
    const condition = isPlain(expected)
      ? `#{==:#{${option}},${expected}}`
      : `#{!=:#{m/r:${plainPattern},#{${option}}},1}`;
    const said = [`#{${option}}`, this.#beside?.says ?? ''].join(mark);
    const say = ['display-message', '-p', '-t', paneId, `${mark}${said}${mark}`];
    const set = ['set-option', '-p', '-t', paneId, option, wanted];
    const beside = this.#beside === null ? [] : [this.#beside.set(paneId, claimIn(wanted)!)];
    const done = [set, ...beside, say].map(commandLine).join(' ; ');
    return ['if-shell', '-F', '-t', paneId, condition, done, commandLine(say)];
  }

  /** A claim that is renewed is as old as it was; no two others are equally old, so that none of ours is taken for another. */
  #heldBy(server: ClaimServer, paneId: PaneId, client: string): Held {
    const known = this.#held.get(server)?.get(paneId)?.since;
    const since = known ?? Math.max(this.#clock.now(), this.#lastSince + 1);
    this.#lastSince = Math.max(since, this.#lastSince);
    return { text: claimText({ ...this.#me(), client, since }), client, since };
  }

  /** Where nothing can be claimed it is still seen whose a pane is: two questions, whatever number of panes. */
  async #readAll(
    server: ClaimServer,
    paneIds: readonly PaneId[],
    known: ReadonlyMap<PaneId, Taken>,
  ): Promise<ReadonlyMap<PaneId, Taken>> {
    const mark = randomBytes(6).toString('hex');
    const format = `${mark}#{pane_id} #{${this.#option}}`;
    const said = (await server.run('list-panes', '-a', '-F', format)).join('\n').split(mark).slice(1);
    const texts = new Map(
      said.map((row) => {
        const space = row.indexOf(' ');
        return [row.slice(0, space) as PaneId, row.slice(space + 1).replace(/\n$/, '')] as const;
      }),
    );
    const asked = new Map(paneIds.filter((id) => !known.has(id)).map((id) => [id, texts.get(id) ?? '']));
    const theirs = await this.theirs(server, asked);
    return new Map(paneIds.map((id) => [id, known.get(id) ?? theirs.get(id) ?? { is: 'unmarked' as const }]));
  }

  #judge(server: ClaimServer, paneId: PaneId, text: string, living: ReadonlySet<string>, notes = true): Standing {
    const { bridge, folder } = this.#me();
    const standing = standingOf(text, { bridge, folder, ours: server.claimants, living });
    const key = `${paneId} ${text}`;
    if (notes && standing.is === 'gone') this.#goneSince.set(key, this.#goneSince.get(key) ?? this.#clock.now());
    if (standing.is === 'theirs' && notes) this.#goneSince.delete(key);
    return standing;
  }

  #isRipe(paneId: PaneId, text: string): boolean {
    const since = this.#goneSince.get(`${paneId} ${text}`);
    return since !== undefined && this.#clock.now() - since >= goneStandsMs;
  }
}

/** Where the pane did not say all of it, nothing. */
function textsBetween(result: CommandResult, mark: string): readonly string[] {
  const parts = result.ok ? result.lines.join('\n').split(mark) : [];
  return parts.length >= 4 ? parts.slice(1, 3) : [];
}

/** The control clients that a server has now. A person's terminal vouches for nothing. @throws TmuxError */
export async function controlClientsOf(server: TmuxCommands): Promise<ReadonlySet<string>> {
  const lines = await server.run('list-clients', '-F', `#{client_control_mode} ${clientFormat}`).catch((fault) => {
    // a server without any session has no client
    if (fault instanceof TmuxError && fault.kind === 'error') return [];
    throw fault;
  });
  return new Set(lines.filter((line) => line.startsWith('1 ')).map((line) => line.slice(2)));
}
