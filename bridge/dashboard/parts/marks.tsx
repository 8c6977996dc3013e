import type { ComponentChildren } from 'preact';
import type { Said } from '../hooks.ts';
import { Line } from './text.tsx';

/** What a state means to whoever looks: it needs him, it goes on, it is well, it went wrong, nothing. */
type Tone = 'yours' | 'moving' | 'well' | 'wrong' | 'calm';

const tones: Readonly<Record<string, Tone>> = {
  // requests
  asked: 'yours',
  open: 'moving',
  answered: 'moving',
  delivered: 'well',
  settled: 'well',
  failed: 'wrong',
  expired: 'wrong',
  // members
  dialog: 'yours',
  busy: 'moving',
  starting: 'moving',
  idle: 'well',
  away: 'wrong',
  exited: 'wrong',
  // mail
  held: 'yours',
  waiting: 'moving',
  submitted: 'well',
  read: 'well',
  replied: 'well',
  uncertain: 'wrong',
};

/** A state as a dot and its word: the colour alone says nothing. */
export function State({ is, says }: { is: string; says?: string }) {
  return (
    <span class={`state ${Object.hasOwn(tones, is) ? tones[is] : 'calm'}`}>
      <Line text={says ?? is} />
    </span>
  );
}

/** What an act came to; read out as it appears. */
export function Outcome({ said }: { said: Said | null }) {
  return (
    <div role="status" aria-live="polite">
      {said !== null && (
        <p class={said.isFault ? 'notice wrong' : 'notice well'}>
          <Line text={said.text} most={600} />
        </p>
      )}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Fault({ fault }: { fault: { readonly message: string } | null }) {
  return fault === null ? null : (
    <p class="notice wrong" role="alert">
      <Line text={fault.message} most={600} />
    </p>
  );
}

/** Asks for what was before; nothing where that is all. */
export function Older({ more, what }: { more: (() => void) | null; what: string }) {
  return more === null ? null : (
    <button type="button" class="quiet" onClick={more}>
      Show older {what}
    </button>
  );
}

/** A key, as one presses it. */
export function Key({ name }: { name: string }) {
  return <kbd>{name}</kbd>;
}
