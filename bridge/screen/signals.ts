import type { Signals } from './screen-reader.ts';

/** Longest OSC kept while its end has not come; a longer one is no title and no state. */
const maxSequence = 512;

/**
 * Reads the agent's own signals from the pane's bytes, in any chunking: window titles (OSC 0 and 2), its state (OSC 7501),
 * notifications (OSC 9 and 777) and progress (OSC 9;4). OSC 133 is passed over: pi 0.73.1 puts it round each message, not
 * round each turn.
 */
export class SignalReader {
  #state: 'text' | 'escape' | 'osc' | 'osc-escape' = 'text';
  #body: number[] = [];
  #title = '';
  #signals: Signals = {};

  get signals(): Signals {
    return this.#signals;
  }

  /**
   * Bytes may have gone by unheard: what it said of its present state may have been taken back in them. What it did once
   * stays true.
   */
  missed(): void {
    const { state: _state, at: _at, isInProgress: _progress, ...once } = this.#signals;
    this.#signals = once;
    this.#state = 'text';
    this.#title = '';
  }

  clockSet(byMs: number): void {
    const { at, workedAt, calledAt } = this.#signals;
    this.#signals = {
      ...this.#signals,
      ...(at !== undefined && { at: at + byMs }),
      ...(workedAt !== undefined && { workedAt: workedAt + byMs }),
      ...(calledAt !== undefined && { calledAt: calledAt + byMs }),
    };
  }

  push(bytes: Uint8Array, now: number): Signals {
    for (const byte of bytes) this.#next(byte, now);
    return this.#signals;
  }

  #next(byte: number, now: number): void {
    switch (this.#state) {
      case 'text':
        if (byte === 0x1b) this.#state = 'escape';
        return;
      case 'escape':
        this.#state = byte === 0x5d ? 'osc' : byte === 0x1b ? 'escape' : 'text';
        this.#body = [];
        return;
      case 'osc':
        if (byte === 0x07) this.#end(now);
        else if (byte === 0x1b) this.#state = 'osc-escape';
        else if (byte === 0x18 || byte === 0x1a) this.#state = 'text';
        else if (this.#body.length < maxSequence) this.#body.push(byte);
        return;
      case 'osc-escape':
        if (byte === 0x5c) this.#end(now);
        else {
          // not a terminator: the sequence was abandoned and another began
          this.#state = 'escape';
          this.#next(byte, now);
        }
    }
  }

  #end(now: number): void {
    this.#state = 'text';
    const body = Buffer.from(this.#body).toString('utf8');
    const title = /^[02];(.*)$/s.exec(body);
    if (title) {
      const next = title[1]!.trim();
      if (spinner.test(next)) this.#signals = { ...this.#signals, workedAt: now };
      if (spinner.test(this.#title) && !spinner.test(next) && !/Action Required/.test(next)) {
        this.#signals = { ...this.#signals, restingTitle: next };
      }
      this.#title = next;
    }
    const progress = /^9;4;(\d)/.exec(body);
    if (progress) this.#signals = { ...this.#signals, isInProgress: progress[1] !== '0' };
    else if (/^(?:9;|777;notify;)/.test(body)) this.#signals = { ...this.#signals, calledAt: now };
    const said = /^7501;state=(\w+)/.exec(body)?.[1];
    if (said === undefined) return;
    // any other word (codex says `clear` as it leaves) takes back what was said before
    const { state: _state, at: _at, ...rest } = this.#signals;
    this.#signals = {
      ...rest,
      ...(isState(said) ? { state: said, at: now } : {}),
      ...(said === 'working' ? { workedAt: now } : {}),
    };
  }
}

function isState(word: string): word is NonNullable<Signals['state']> {
  return ['idle', 'working', 'done', 'blocked', 'error'].includes(word);
}

/** a spinner, or a mark of work */
const spinner = /^(?:[⠀-⣿] |✦)/;
