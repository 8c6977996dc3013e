import type { HandOver, OpenInput } from '../../bridge/core/native-input.ts';
import type { NativeInputFinder } from '../../bridge/delivery/pane-io.ts';
import { type FakePane, fakeComposerFacts } from './fake-pane.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How a native input behaves: as codex's queue, qwen's file and opencode's port do. */
export interface NativeInputCharacter {
  readonly kind: 'queue' | 'file' | 'port';
  readonly looksEveryMs: number;
  /** `refuses` and `loses`: what it says of every text, which it does not take; `silent`: it takes it, and nobody hears of it */
  readonly answers: 'honestly' | 'refuses' | 'loses' | 'silent';
  /** why there is no native input to be found */
  readonly missing?: string;
}

const askEveryMs = 100;
const graceMs = 500;

/** A native input of a FakePane's program: `lying` is what was handed over and not looked at yet. */
export class FakeNativeInputs implements NativeInputFinder {
  readonly handed: string[] = [];
  lying: Array<{ readonly text: string; readonly agentPid: number | null }> = [];
  /** called before and after something is handed over; throws for a crash there */
  before: () => void = () => {};
  after: () => void = () => {};
  readonly #pane: FakePane;
  readonly #clock: VirtualClock;
  readonly #character: NativeInputCharacter;

  constructor(pane: FakePane, clock: VirtualClock, character: Partial<NativeInputCharacter> = {}) {
    this.#pane = pane;
    this.#clock = clock;
    this.#character = { kind: 'queue', looksEveryMs: 1_000, answers: 'honestly', ...character };
    const { looksEveryMs } = this.#character;
    pane.facts = {
      ...fakeComposerFacts,
      nativeInput: { name: 'codex-queue', looksEveryMs, commandOpenings: [], commandEndings: [] },
    };
    if (this.#character.kind !== 'port') this.#lookAgain();
  }

  async find(): Promise<OpenInput | { refused: string }> {
    const { missing, kind } = this.#character;
    if (missing !== undefined) return { refused: missing };
    if (kind === 'port') {
      return {
        is: 'draft',
        put: (text) => this.#act(text, () => this.#pane.draft(text)),
        submit: () => this.#submit(),
      };
    }
    return { is: 'message', post: (text) => this.#post(text) };
  }

  async #act(text: string, act: () => void): Promise<HandOver> {
    this.before();
    const { answers } = this.#character;
    if (answers === 'refuses') return { is: 'refused', reason: 'the native input is shut' };
    if (answers !== 'loses') {
      this.handed.push(text);
      act();
    }
    this.after();
    return answers === 'honestly' ? { is: 'taken' } : { is: 'unknown', reason: 'no answer' };
  }

  async #submit(): Promise<HandOver> {
    this.before();
    this.#pane.submitDraft();
    this.after();
    return { is: 'taken' };
  }

  async #post(text: string): Promise<HandOver> {
    const entry = { text, agentPid: this.#pane.agentPid };
    const handOver = await this.#act(text, () => this.lying.push(entry));
    if (handOver.is !== 'taken') return handOver;
    if (this.#character.kind === 'file') return { is: 'left' };
    const endAt = this.#clock.now() + this.#character.looksEveryMs + graceMs;
    while (this.lying.includes(entry)) {
      if (this.#clock.now() >= endAt) {
        this.lying = this.lying.filter((one) => one !== entry);
        return { is: 'refused', reason: 'it was taken back' };
      }
      await new Promise<void>((resolve) => void this.#clock.after(askEveryMs, resolve));
    }
    return { is: 'taken' };
  }

  /** The program looks at what lies there; one that was started later does not know of it. */
  #lookAgain(): void {
    this.#clock.after(this.#character.looksEveryMs, () => {
      this.lying = this.lying.filter(({ agentPid }) => agentPid === this.#pane.agentPid);
      const next = this.lying[0];
      if (next !== undefined && this.#pane.take(next.text)) this.lying = this.lying.slice(1);
      this.#lookAgain();
    });
  }
}
