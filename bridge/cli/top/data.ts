import type { Overview } from '../../api/overview.ts';
import type { RequestView } from '../../api/views.ts';
import { hostOfWay } from '../../core/way.ts';
import { call } from '../../server/socket.ts';
import { socketPath } from '../../server/socket-path.ts';
import { callerHere } from '../caller.ts';
import type { Context } from '../context.ts';
import { isYours } from './draw.ts';
import type { Act, Known } from './state.ts';

/** So many messages are listed. */
const lastMessages = 200;
/** Of a screen so many lines are shown. */
const screenLines = 60;

/** The living bridge, as the view asks it. @throws BridgeError as it answers; DaemonGone and the like where it does not */
export class Living {
  readonly #path: string;

  constructor({ config }: Context) {
    this.#path = socketPath(config.home);
  }

  /** Null where none runs. */
  async known(): Promise<Known | null> {
    const overview = await this.#ask<Overview>('overview', {});
    if (overview === null) return null;
    const [requests, members, messages, pauses] = await Promise.all([
      this.#ask<RequestView[]>('requests', {}),
      this.#ask<Known['members']>('members', {}),
      this.#ask<Known['messages']>('history', { last: lastMessages }),
      this.#ask<Record<string, { shown: string; reason: string }>>('pauses', {}),
    ]);
    return {
      overview,
      requests: yoursFirst(requests ?? []),
      members: members ?? [],
      messages: [...(messages ?? [])].reverse(),
      pauses: Object.fromEntries(Object.values(pauses ?? {}).map(({ shown, reason }) => [shown, reason])),
    };
  }

  /** Hears of every change until the bridge has ended, or nobody wants to hear any more. */
  async follow(hear: () => void, stop: AbortSignal): Promise<void> {
    await call(this.#path, 'changes', {}, { on: hear, stop });
  }

  /** What a pane shows now; null where it has none, or cannot be looked at. */
  async screen({ address }: Known['members'][number]): Promise<readonly string[] | null> {
    if (address === null) return null;
    const { socketPath: way, paneId } = address;
    const host = hostOfWay(way);
    const shell = { named: host === null ? way : null, noted: null, env: {} };
    const plain = { session: null, label: 'worker', isLabelGiven: false, agent: null, pin: null, oneSession: false };
    const target = { host, socket: shell, pane: paneId, ...plain };
    const found = await this.#ask<{ snapshot: { lines: string[] } }>('snapshot', { target, lines: screenLines }).catch(
      () => null,
    );
    return found === null ? null : withoutBlankEnd(found.snapshot.lines);
  }

  /** @returns what became of it, in words */
  async carryOut(act: Exclude<Act, { readonly does: 'quit' }>): Promise<string> {
    const caller = callerHere();
    switch (act.does) {
      case 'answer':
      case 'choose': {
        const said = act.does === 'answer' ? { text: act.text } : { choose: act.option };
        return this.#said('answer', { id: act.id, ...said, isFirst: true, by: 'human', caller });
      }
      case 'dismiss':
        return this.#said('dismiss', { id: act.id, by: 'human', caller });
      case 'pause':
        return this.#said('pause', { worker: act.worker, reason: 'bridge top', by: 'human', caller });
      case 'resume':
        return this.#said('resume', { worker: act.worker, by: 'human', caller });
      case 'reply': {
        const sent = await this.#ask<{ outcomes: Array<{ member: string; is: string; why: string | null }> }>('tell', {
          ...{ to: [], answers: act.id, body: act.text, caller, waitMs: 2_000 },
        });
        const outcomes = sent?.outcomes.map(
          ({ member, is, why }) => `${is} ${member}${why === null ? '' : `: ${why}`}`,
        );
        return outcomes?.join('; ') ?? gone;
      }
    }
  }

  async #said(method: string, args: Record<string, unknown>): Promise<string> {
    return (await this.#ask<{ message: string }>(method, args))?.message ?? gone;
  }

  async #ask<Result>(method: string, args: Record<string, unknown>): Promise<Result | null> {
    return ((await call(this.#path, method, args))?.ok ?? null) as Result | null;
  }
}

const gone = 'no bridge runs any more: nothing was done';

function withoutBlankEnd(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1);
}

function yoursFirst(requests: readonly RequestView[]): readonly RequestView[] {
  return [...requests.filter(isYours), ...requests.filter((request) => !isYours(request))];
}
