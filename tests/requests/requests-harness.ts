import { parse } from 'yaml';
import type { Clock } from '../../bridge/core/clock.ts';
import type { RequestEvent } from '../../bridge/core/events.ts';
import type { DeliveryId, EnvelopeId, RequestId, TurnId } from '../../bridge/core/ids.ts';
import type { PaneIdentity } from '../../bridge/core/pane.ts';
import type { Answer, Request } from '../../bridge/core/request.ts';
import type { Journal } from '../../bridge/journal/journal.ts';
import { type Courier, DeliveryQueue } from '../../bridge/messages/delivery-queue.ts';
import type { RequestEffects } from '../../bridge/requests/effects.ts';
import type { Limits } from '../../bridge/requests/limits.ts';
import { parsePolicy } from '../../bridge/requests/policy-rules.ts';
import type { RequestIdentity } from '../../bridge/requests/request-identity.ts';
import { Requests } from '../../bridge/requests/requests.ts';
import { somePane } from '../journal/samples.ts';
import { CrashingJournal, type Panes, ScriptedCourier } from '../messages/crashing-journal.ts';

/** One process: requests and delivery queue on one journal, as the daemon joins them. */
export class RequestsHarness {
  readonly memory: CrashingJournal;
  readonly requests: Requests;
  readonly queue: DeliveryQueue;
  readonly news: RequestEvent[] = [];
  /** what was left to others to do, in order: `ask r1`, `publish r1: why` */
  readonly done: string[] = [];
  failing: string | null = null;
  readonly #clock: Clock;
  readonly #mint: () => string;

  constructor(parts: {
    journal: Journal;
    panes: Panes;
    clock: Clock;
    mint: () => string;
    /** as it stands in bridge.yaml */
    policy?: string;
    defaultTo?: 'controller' | 'human';
    limits?: Partial<Limits>;
    perform?: Partial<RequestEffects>;
    /** who types; a scripted one otherwise */
    courier?: (memory: CrashingJournal) => Courier;
  }) {
    const { journal, panes, clock, mint } = parts;
    this.memory = new CrashingJournal(journal);
    this.#clock = clock;
    this.#mint = mint;
    this.queue = new DeliveryQueue({
      memory: this.memory,
      clock,
      mint,
      courier: parts.courier?.(this.memory) ?? new ScriptedCourier(panes, this.memory, clock),
      on: ({ delivery }) => this.requests.deliveryChanged(delivery),
    });
    const parsed = parsePolicy(parse(parts.policy ?? 'null'));
    if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
    this.requests = new Requests({
      memory: this.memory,
      clock,
      mint,
      settingsFor: () => ({
        rules: parsed.rules,
        limits: { answersPerHour: 0, consecutive: 0, perDay: 0, ...parts.limits },
        defaultTo: parts.defaultTo ?? 'controller',
      }),
      perform: {
        ask: (request) => this.#do('ask', request),
        cancelAsk: (request) => this.#do('cancel-ask', request),
        publish: (request, why) => this.#do('publish', request, why),
        archive: (request) => this.#do('archive', request),
        notify: (request, why) => this.#do('notify', request, why),
        tellNotTyped: (request, answer, why) => this.#do('not-typed', request, `${answer.by}: ${why}`),
        choose: (request, answer) => {
          this.#do('choose', request, answer.instructions);
          return this.#post(request, answer, request.dialog!.fingerprint);
        },
        deliver: (request, answer) => this.#post(request, answer),
        replace: (request, answer) => {
          const { state } = request;
          if (state.is !== 'answered') throw new Error('nothing to replace');
          return this.queue.replaceBody(state.deliveryId, answer.instructions, answer.notes);
        },
        cancelDelivery: (id, reason) => this.queue.cancel(id, reason),
        ...parts.perform,
      },
      on: (news) => this.news.push(news),
    });
  }

  resume(): void {
    this.requests.resume();
    this.queue.resume();
  }

  request(id: RequestId): Request {
    const request = this.memory.journal.request(id);
    if (!request) throw new Error(`no request ${id}`);
    return request;
  }

  #post({ id, pane, agent, worker, turnMark }: Request, answer: Answer, dialog?: string): DeliveryId {
    const envelope = {
      id: this.#mint() as EnvelopeId,
      thread: id,
      from: answer.by,
      to: worker,
      inReplyTo: id,
      kind: 'response' as const,
      body: answer.instructions,
      notes: answer.notes,
      expectsReply: false,
      createdAt: this.#clock.now(),
    };
    const plain = { force: false, allowShell: false };
    const bound = { ...(dialog === undefined ? {} : { dialog }), ...(turnMark === undefined ? {} : { turnMark }) };
    return this.queue.post(envelope, pane, agent, plain, null, this.#mint() as DeliveryId, bound).id;
  }

  #do(what: string, request: Request, why?: string): void {
    // A process that is gone does nothing; and what is performed must have been committed before.
    if (this.memory.dead) return;
    if (this.failing === what) throw new Error(`${what} does not work today`);
    this.done.push(`${what} ${request.id}${why === undefined ? '' : `: ${why}`}`);
  }
}

export function origin(
  over: Partial<RequestIdentity> = {},
  text = 'May I?',
  pane: PaneIdentity = somePane,
): RequestIdentity {
  return {
    worker: 'worker',
    pane,
    agent: 'codex',
    turn: 't1' as TurnId,
    detection: { kind: 'request', text, attributes: {}, truncated: false },
    context: '',
    via: 'screen',
    deadlineAt: null,
    ...over,
  };
}
