import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerView, RequestView } from '../../bridge/api/views.ts';
import { call } from '../../bridge/server/socket.ts';
import { socketPath } from '../../bridge/server/socket-path.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import type { Doubtful } from './ledger.ts';
import type { Question } from './questions.ts';

/** As the command of a person says it. */
const human = { by: 'human:cli', caller: { is: 'nobody' } } as const;

/** The human of a home: answers what is theirs, looks after answers in doubt, and notes what they were told and promised. */
export class Human {
  readonly #home: string;
  readonly #called: () => ReadonlySet<string>;
  /** requests that they have answered or are answering */
  readonly #given = new Set<string>();
  readonly #told = new Set<string>();
  readonly #acknowledged = new Set<string>();
  /** by the delivery's id, whether or not they have said since what became of it */
  readonly #doubts = new Map<string, Doubtful>();
  readonly #cleared = new Set<string>();

  /** @param called ids of the requests for which a bridge has called */
  constructor(home: string, called: () => ReadonlySet<string>) {
    this.#home = home;
    this.#called = called;
  }

  /** ids of the requests of which they were told */
  get told(): ReadonlySet<string> {
    return this.#told;
  }

  /** marks of the questions whose answer, given by them, the bridge has said it has */
  get acknowledged(): ReadonlySet<string> {
    return this.#acknowledged;
  }

  get doubts(): readonly Doubtful[] {
    return [...this.#doubts.values()];
  }

  /** marks of the questions whose answer, which another bridge had left in the composer, they took away before they gave theirs */
  get cleared(): ReadonlySet<string> {
    return this.#cleared;
  }

  /** Does what is theirs about one open request, once. */
  async act(request: RequestView, asked: Question, agent: ScriptedAgent): Promise<void> {
    // nobody types over what stands in the composer, also where a bridge left it that has died since
    if (request.delivery?.state.is === 'held' && request.delivery.state.reason === 'draft') {
      return this.#lookBefore(asked, agent);
    }
    if (request.state !== 'asked') return;
    if (request.doubt) return this.#resolve(request, asked, agent);
    if (!request.status.startsWith('waits for you') || this.#given.has(request.id)) return;
    this.#given.add(request.id);
    if (agent.inputs().includes(asked.answer)) return this.#dismiss(request.id);
    await this.#lookBefore(asked, agent);
    if (asked.way === 'file') this.#answerByFile(request.id, asked);
    else void this.#answerByCommand(request.id, asked);
  }

  /** Their answer to it lies in `outbox/`, and no bridge has taken it. */
  hasUnread({ id, state, doubt }: RequestView): boolean {
    return state === 'asked' && doubt === null && existsSync(this.#fileFor(id));
  }

  /** Notes whether they were called, or at least asked in writing. */
  hearOf(id: string): void {
    const isAsked = existsSync(join(this.#home, 'inbox', `${id}.request.md`));
    if (isAsked || this.#called().has(id)) this.#told.add(id);
  }

  /** Who is asked whether an answer arrived looks at the agent: it has arrived, or is cleared away and typed once more. */
  async #resolve({ id, doubt, delivery }: RequestView, { mark, answer }: Question, agent: ScriptedAgent) {
    const deliveryId = delivery?.id ?? id;
    const arrived = agent.inputs().includes(answer);
    if (!this.#doubts.has(deliveryId)) {
      this.#doubts.set(deliveryId, { mark, id, delivery: deliveryId, is: doubt!.delivery, arrived });
      this.hearOf(id);
    }
    // one that dies just now has nothing to be cleared, and is not asked about any more
    if (!arrived && (await clear(agent).catch(() => 'gone')) === 'gone') return;
    const [verb, args] = arrived ? (['settle', {}] as const) : (['answer', { again: true }] as const);
    // where the bridge dies of it, the next look finds the same question or its end
    await call(socketPath(this.#home), verb, { id, ...human, ...args }).catch(() => null);
  }

  /** What a bridge that died has left of an answer is taken away before it is given again. */
  async #lookBefore({ mark }: Question, agent: ScriptedAgent): Promise<void> {
    const stands = await agent
      .state()
      .then(({ draft }) => draft.includes(mark))
      .catch(() => false);
    if (!stands) return;
    this.#cleared.add(mark);
    await clear(agent).catch(() => {});
  }

  /** Another bridge has had it answered. */
  async #dismiss(id: string): Promise<void> {
    await call(socketPath(this.#home), 'dismiss', { id, ...human }).catch(() => this.#given.delete(id));
  }

  #answerByFile(id: string, { answer, mark }: Question): void {
    const draft = join(this.#home, 'outbox', `.${id}.tmp`);
    writeFileSync(draft, answer);
    renameSync(draft, this.#fileFor(id));
    this.#acknowledged.add(mark);
  }

  #fileFor(id: string): string {
    return join(this.#home, 'outbox', `${id}.response.md`);
  }

  /** A human whose command was cut off does not know, and gives the same answer again if the bridge asks again. */
  async #answerByCommand(id: string, { answer, mark }: Question): Promise<void> {
    try {
      const reply = await call(socketPath(this.#home), 'answer', { id, text: answer, ...human });
      const said = reply?.ok as AnswerView | undefined;
      if (said?.accepted === 'first' || said?.accepted === 'replaced') this.#acknowledged.add(mark);
      else this.#given.delete(id);
    } catch {
      this.#given.delete(id); // the bridge died: that is what this is about
    }
  }
}

/** What a careful human does with a text that stands in a composer and was given up: they take it away. */
export async function clear(agent: ScriptedAgent): Promise<void> {
  if ((await agent.state()).draft !== '') await agent.perform({ draft: '' });
}
