import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config-values.ts';
import { type Backend, chooseBackend } from '../controllers/choose.ts';
import type { Controller } from '../controllers/controller.ts';
import { composePaneRequest } from '../controllers/pane.ts';
import { parseResponse } from '../core/block-protocol.ts';
import type { Clock } from '../core/clock.ts';
import type { Question, Reply } from '../core/controller.ts';
import { BridgeError, messageOf } from '../core/failure.ts';
import { senderIn, shortId } from '../core/mail-lines.ts';
import type { Message } from '../core/message.ts';
import type { PaneFacts } from '../core/pane.ts';
import type { Answer, ControllerFailure, Request } from '../core/request.ts';
import { packageRoot } from '../launch/package-root.ts';

/** What comes back: an answer, or a typed reason why there is none. */
export interface Verdict {
  answered(request: Request, answer: Omit<Answer, 'at'>): void;
  failed(request: Request, failure: ControllerFailure): void;
}

export interface DispatchParts {
  readonly clock: Clock;
  onPath(program: string): boolean;
  livePane(): Promise<PaneFacts | null>;
  /** hands a text to the courier, for the controller's pane */
  deliverTo(pane: PaneFacts, body: string, request: Request): Promise<void>;
  /** the worker's folder */
  folderOf(request: Request): Promise<string>;
  /** what other agents wrote to the worker lately, with their names as people see them */
  mailOf(request: Request): readonly Message[];
  say(level: 'info' | 'warning', text: string): void;
  replied(request: Request, by: string, text: string): void;
  /** dry run: it is not asked, since more than an answer may come of it */
  wouldAsk(request: Request, controller: string): void;
}

/**
 * Asking a controller, whichever it is: a program per request, or a live agent in a pane. Every way ends in one verdict:
 * an answer, or a typed failure, within the time allowed.
 */
export class Dispatch {
  readonly #config: Config;
  readonly #parts: DispatchParts;
  readonly #verdict: Verdict;
  readonly #underWay = new Map<string, { request: Request; cancel(): void }>();
  #backend: { backend: Backend; why: string } | null = null;
  #program: Controller | null = null;

  constructor(config: Config, parts: DispatchParts, verdict: Verdict) {
    this.#config = config;
    this.#parts = parts;
    this.#verdict = verdict;
  }

  /** Chooses who is asked, once, and says so. */
  async choose(): Promise<Backend> {
    if (this.#backend) return this.#backend.backend;
    const config = this.#config;
    if (config.mode === 'manual') {
      this.#backend = { backend: 'mailbox', why: '--mode manual' };
    } else {
      const live = await this.#parts.livePane();
      const chosen = chooseBackend(config.controllerBackend, {
        livePane: live?.paneId ?? null,
        onPath: (name) => this.#parts.onPath(name),
        command: config.controllerCommand,
      });
      if (chosen instanceof BridgeError) throw chosen;
      this.#backend = chosen;
    }
    this.#parts.say('info', `answers come from ${this.chosen}`);
    return this.#backend.backend;
  }

  /** Who is asked, and why, in words; null before anybody was needed. */
  get chosen(): string | null {
    return this.#backend && `${nameOf(this.#backend.backend)} (${this.#backend.why})`;
  }

  async ask(request: Request): Promise<void> {
    try {
      const backend = await this.choose();
      if (backend === 'mailbox' || backend === 'rules') {
        this.#verdict.failed(request, { is: 'unavailable', reason: 'no controller is configured' });
      } else if (this.#config.dryRun && !isReadOnly(backend)) {
        const pane = backend === 'pane' ? ` ${(await this.#parts.livePane())?.paneId ?? '(gone)'}` : '';
        this.#parts.wouldAsk(request, `${nameOf(backend)}${pane}`);
      } else if (backend === 'pane') {
        await this.#askPane(request);
      } else {
        await this.#askProgram(request, backend);
      }
    } catch (fault) {
      this.#verdict.failed(request, { is: 'unavailable', reason: messageOf(fault) });
    }
  }

  cancel(requestId: string): void {
    this.#underWay.get(requestId)?.cancel();
    this.#underWay.delete(requestId);
  }

  close(): void {
    for (const id of [...this.#underWay.keys()]) this.cancel(id);
  }

  /** A response seen on the controller's screen. False when no request of that id is being asked there. */
  answeredOnScreen(requestId: string, text: string): boolean {
    const asked = this.#underWay.get(requestId);
    if (!asked) return false;
    this.cancel(requestId);
    this.#settle(asked.request, 'controller:pane', { is: 'answer', text }, false);
    return true;
  }

  async #askProgram(request: Request, backend: Backend): Promise<void> {
    const { programController } = await import('../controllers/programs.ts');
    this.#program ??= programController(backend, {
      command: this.#config.controllerCommand,
      model: this.#config.controllerModel,
      extraArgs: this.#config.controllerExtraArgs,
      isolated: this.#config.controllerIsolated,
      resume: this.#config.controllerResume,
      timeoutMs: this.#config.controllerTimeoutMs,
      systemPrompt: this.#systemPrompt(),
      clock: this.#parts.clock,
    });
    const aborted = new AbortController();
    this.#underWay.set(request.id, { request, cancel: () => aborted.abort() });
    const reply = await this.#program.ask(await this.#question(request), aborted.signal);
    if (aborted.signal.aborted) return;
    this.#underWay.delete(request.id);
    this.#settle(request, `controller:${backend}`, reply, backend !== 'command');
  }

  /** The courier delivers the request like any text; the watcher of that pane brings the response to `answeredOnScreen`. */
  async #askPane(request: Request): Promise<void> {
    const pane = await this.#parts.livePane();
    if (pane === null) {
      this.#verdict.failed(request, { is: 'unavailable', reason: 'the controller pane is gone' });
      return;
    }
    const limit = this.#config.controllerTimeoutMs;
    const stopWaiting =
      limit > 0
        ? this.#parts.clock.after(limit, () => {
            this.#underWay.delete(request.id);
            this.#verdict.failed(request, { is: 'timeout', afterMs: limit });
          })
        : () => {};
    this.#underWay.set(request.id, { request, cancel: stopWaiting });
    const body = composePaneRequest(await this.#question(request), request.id);
    await this.#parts.deliverTo(pane, body, request);
  }

  #settle(request: Request, by: string, reply: Reply, requireBlock: boolean): void {
    if (reply.is === 'failure') {
      this.#verdict.failed(request, reply.failure);
      return;
    }
    this.#parts.replied(request, by, reply.text);
    if (this.#config.controllerLog) {
      appendFileSync(this.#config.controllerLog, `--- ${request.id} ${by}\n${reply.text}\n`, { mode: 0o600 });
    }
    const parsed = parseResponse(reply.text, {
      split: this.#config.splitResponse,
      requireBlock,
      requestId: request.id,
    });
    switch (parsed.is) {
      case 'answer':
        this.#verdict.answered(request, { by, instructions: parsed.instructions, notes: parsed.notes });
        return;
      case 'escalate':
        this.#verdict.failed(request, { is: 'escalated', reason: parsed.reason });
        return;
      case 'empty':
        this.#verdict.failed(request, { is: 'empty' });
        return;
      case 'malformed':
        this.#verdict.failed(request, {
          is: 'unavailable',
          reason: `the controller's reply cannot be read: ${parsed.reason}`,
        });
    }
  }

  async #question(request: Request): Promise<Question> {
    const { withoutSecrets } = await import('../controllers/known-secrets.ts');
    // what landed there names itself by the last characters of its id
    const isShown = ({ id }: Message) => `${request.text}\n${request.context}`.includes(`#${shortId(id)}`);
    const shown = this.#parts.mailOf(request).filter(isShown);
    return {
      requestId: request.id,
      kind: request.kind,
      worker: request.worker,
      agent: request.agent,
      text: await withoutSecrets(request.text),
      attributes: request.attributes,
      context: await withoutSecrets(request.context),
      fromAgents: await Promise.all(
        shown.map(async (message) => ({ from: senderIn(message), text: await withoutSecrets(message.body) })),
      ),
      workingFolder: await this.#parts.folderOf(request),
    };
  }

  #systemPrompt(): string {
    const file = this.#config.controllerSystemPrompt ?? join(packageRoot, 'prompts/controller.md');
    try {
      return readFileSync(file, 'utf8');
    } catch (cause) {
      throw new BridgeError({
        what: '--controller-system-prompt',
        target: String(file),
        reason: `cannot be read (${(cause as NodeJS.ErrnoException).code})`,
        nextStep: 'name a readable file',
        cause,
      });
    }
  }
}

/** The programs that bridge starts so that they can change nothing; a pane is typed into, and what a user's own command does is not known. */
function isReadOnly(backend: Backend): boolean {
  return backend !== 'pane' && backend !== 'command';
}

function nameOf(backend: Backend): string {
  if (backend === 'mailbox') return 'you: inbox/ and outbox/';
  if (backend === 'rules') return 'the rules of bridge.yaml, else you';
  if (backend === 'pane') return 'the live controller pane';
  return `the controller program ${backend}`;
}
