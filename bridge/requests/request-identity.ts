import type { Clock } from '../core/clock.ts';
import { type Detection, normaliseWords } from '../core/detection.ts';
import type { RequestId, TurnId } from '../core/ids.ts';
import { identityKey, type PaneIdentity } from '../core/pane.ts';
import { earlierOriginOf, originOf, type Request } from '../core/request.ts';
import type { TurnMark } from '../core/turn-mark.ts';
import type { RequestMemory, Transactions } from './memory.ts';

export interface RequestIdentity {
  readonly worker: string;
  /** who asks says only itself that it is this one */
  readonly claimed?: string;
  /** the member that asks, by the name under which it is kept */
  readonly member?: string;
  readonly pane: PaneIdentity;
  readonly agent: string;
  readonly turn: TurnId;
  readonly detection: Detection;
  readonly context: string;
  /** absolute path of the worker's project */
  readonly project?: string;
  /** likewise, where that is a repository */
  readonly repository?: string;
  readonly via: Request['via'];
  readonly deadlineAt: number | null;
  /** why nobody but the human may answer this, where the finder knows: the journal was set aside, … */
  readonly humanOnly?: string;
  /** why nobody but the human may choose in its dialog, likewise */
  readonly noChoice?: string;
  /** of the turn that seems to ask: whoever confirms it marks what is believed then, and may never come to that */
  readonly turnMark?: TurnMark;
}

/**
 * Which request it is that was seen. One pane, turn and text make one request, however often they are seen. What was seen only
 * once, in the turn before or after, is the same: its turn is corrected.
 */
export class RequestIdentities {
  readonly #memory: RequestMemory & Transactions;
  readonly #clock: Clock;
  readonly #mint: () => string;

  constructor(parts: { memory: RequestMemory & Transactions; clock: Clock; mint: () => string }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#mint = parts.mint;
  }

  /** Commits the request where it is new, and its turn where that was wrong. */
  requestOf(identity: RequestIdentity): { readonly request: Request; readonly isNew: boolean } {
    const { via, pane, turn } = identity;
    const { text, dialog } = identity.detection;
    return this.#memory.transact(() => {
      const seen = { via, pane, turn, text, ...(dialog && { dialog }) };
      const known =
        this.#memory.requests({ origin: originOf(seen) }).at(-1) ??
        this.#memory.requests({ origin: earlierOriginOf(seen) }).at(-1);
      if (known) return { request: known, isNew: false };
      const unsure = via === 'screen' && !dialog ? this.#seenOnce(pane, text) : undefined;
      return unsure
        ? { request: this.#move(unsure, identity), isNew: false }
        : { request: this.#add(identity), isNew: true };
    });
  }

  #add(identity: RequestIdentity): Request {
    const {
      worker,
      claimed,
      member,
      pane,
      agent,
      turn,
      detection,
      context,
      project,
      repository,
      via,
      deadlineAt,
      noChoice,
      turnMark,
    } = identity;
    const { kind, text, attributes, dialog, reason } = detection;
    const humanOnly = whyHumanOnly(identity);
    const openedAt = this.#clock.now();
    const request: Request = {
      id: this.#mint() as RequestId,
      ...{ worker, pane, agent, turn, kind, text, attributes },
      ...(claimed && { claimed }),
      ...(member && { member }),
      ...(dialog && { dialog }),
      ...(reason && { reason }),
      ...(project && { project }),
      ...(repository && { repository }),
      ...{ context, via },
      ...(humanOnly === null ? {} : { humanOnly }),
      ...(noChoice && { noChoice }),
      ...(turnMark && { turnMark }),
      ...{ openedAt, deadlineAt, state: { is: 'open' }, late: [] },
    };
    const data = { worker, agent, via, kind, characters: text.length };
    this.#memory.saveRequest(request, { at: openedAt, kind: 'request-opened', subject: request.id, data });
    return request;
  }

  /** A frame that is half drawn may show a block without the input before it, and so in the turn before its own. */
  #seenOnce(pane: PaneIdentity, text: string): Request | undefined {
    const words = normaliseWords(text);
    return this.#memory
      .requests({ pane: identityKey(pane), states: ['open'] })
      .findLast((one) => one.via === 'screen' && !one.dialog && normaliseWords(one.text) === words);
  }

  #move(request: Request, { turn, turnMark }: RequestIdentity): Request {
    const moved = { ...request, turn, ...(turnMark && { turnMark }) };
    const event = {
      at: this.#clock.now(),
      kind: 'request-turn-corrected' as const,
      subject: request.id,
      data: { turn },
    };
    this.#memory.saveRequest(moved, event);
    return moved;
  }
}

/** Why nobody but the human may answer; null where others may. */
function whyHumanOnly({ humanOnly, detection }: RequestIdentity): string | null {
  if (humanOnly !== undefined) return humanOnly;
  if (detection.truncated) return 'part of it was never on a screen that was seen';
  return null;
}
