import type { MessageView } from '../../api/inbox.ts';
import type { MemberView } from '../../api/members.ts';
import type { Overview } from '../../api/overview.ts';
import type { RequestView } from '../../api/views.ts';
import { withoutLast } from './line.ts';

/** What a bridge was last asked. */
export interface Known {
  readonly overview: Overview | null;
  /** the open ones, those that wait for a person first */
  readonly requests: readonly RequestView[];
  readonly members: readonly MemberView[];
  /** the last that were written, newest first */
  readonly messages: readonly MessageView[];
  /** why a worker is paused, by the name that is shown; `*` all of them */
  readonly pauses: Readonly<Record<string, string>>;
}

export const tabs = ['requests', 'members', 'mail'] as const;
export type Tab = (typeof tabs)[number];

/** What is being typed, or has still to be said yes to. What happens meanwhile does not touch it. */
export type Prompt =
  | { readonly is: 'answer' | 'choose' | 'reply'; readonly id: string; readonly text: string }
  | { readonly is: 'dismiss'; readonly id: string; readonly text: '' };

export interface TopState {
  readonly known: Known;
  readonly tab: Tab;
  /** of each tab, the id of the row at the cursor; null: the first */
  readonly at: Readonly<Record<Tab, string | null>>;
  /** the row at the cursor is shown whole */
  readonly isOpen: boolean;
  /** how many lines of that are above the window; of a screen, below it */
  readonly scrolled: number;
  readonly prompt: Prompt | null;
  /** the screen of the member that is shown whole */
  readonly screen: { readonly member: string; readonly lines: readonly string[] } | null;
  /** what became of the last act */
  readonly note: string | null;
  /** since when the bridge has not answered; null where it does */
  readonly lostAt: number | null;
}

/** What is done outside of the view. */
export type Act =
  | { readonly does: 'answer'; readonly id: string; readonly text: string }
  | { readonly does: 'choose'; readonly id: string; readonly option: string }
  | { readonly does: 'dismiss'; readonly id: string }
  | { readonly does: 'reply'; readonly id: string; readonly text: string }
  | { readonly does: 'pause' | 'resume'; readonly worker: string | null }
  | { readonly does: 'quit' };

/** A key as Node's readline tells it, or a whole paste. */
export interface Key {
  /** `a`, `up`, `return`, `escape`, `backspace`, `paste`, … */
  readonly name: string;
  /** what it writes; empty where it writes nothing */
  readonly text: string;
  readonly isControl: boolean;
}

export const nothingKnown: Known = { overview: null, requests: [], members: [], messages: [], pauses: {} };

export const beginning: TopState = {
  known: nothingKnown,
  tab: 'requests',
  at: { requests: null, members: null, mail: null },
  isOpen: false,
  scrolled: 0,
  prompt: null,
  screen: null,
  note: null,
  lostAt: null,
};

/** Ids of a tab's rows, in order. */
export function rowsOf({ known, tab }: Pick<TopState, 'known' | 'tab'>): readonly string[] {
  if (tab === 'requests') return known.requests.map(({ id }) => id);
  return tab === 'members' ? known.members.map(({ fullName }) => fullName) : known.messages.map(({ id }) => id);
}

/** Where the cursor stands: on the row it stood on, wherever that is by now. */
export function cursorOf(state: TopState): number {
  const found = rowsOf(state).indexOf(state.at[state.tab] ?? '');
  return Math.max(0, found);
}

export function selected(state: TopState) {
  const { known, tab } = state;
  const cursor = cursorOf(state);
  return {
    request: tab === 'requests' ? (known.requests[cursor] ?? null) : null,
    member: tab === 'members' ? (known.members[cursor] ?? null) : null,
    message: tab === 'mail' ? (known.messages[cursor] ?? null) : null,
  };
}

/** The next state, and what has to be done. */
export function pressed(state: TopState, key: Key): { readonly state: TopState; readonly act: Act | null } {
  if (key.isControl && key.name === 'c') return { state, act: { does: 'quit' } };
  if (state.prompt !== null) return prompted({ ...state, note: null }, state.prompt, key);
  return commanded({ ...state, note: null }, key);
}

/** What has been asked anew. A row that is shown whole and has gone is not followed by another in its place. */
export function learned(state: TopState, known: Known): TopState {
  const next = { ...state, known, lostAt: null };
  const isThere = rowsOf(next).includes(state.at[state.tab] ?? '');
  return state.isOpen && !isThere ? { ...next, isOpen: false, scrolled: 0, screen: null } : next;
}

/** The row at the cursor, shown whole; it stays that one, wherever it is by then. */
function opened(state: TopState): Partial<TopState> {
  const id = rowsOf(state)[cursorOf(state)];
  if (id === undefined) return {};
  return { isOpen: true, at: { ...state.at, [state.tab]: id }, ...(state.isOpen ? {} : { scrolled: 0 }) };
}

function commanded(state: TopState, key: Key): ReturnType<typeof pressed> {
  const only = (next: Partial<TopState>) => ({ state: { ...state, ...next }, act: null });
  const { request, member, message } = selected(state);
  // a screen is read from its end
  const down = member === null ? 1 : -1;
  const scrolled = (by: number) => ({ scrolled: Math.max(0, state.scrolled + by * down) });
  switch (key.name) {
    case 'q':
      return { state, act: { does: 'quit' } };
    case 'tab':
      return only(turnedTo(tabs[(tabs.indexOf(state.tab) + 1) % tabs.length]!));
    case '1':
    case '2':
    case '3':
      return only(turnedTo(tabs[Number(key.name) - 1]!));
    case 'j':
    case 'down':
      return only(state.isOpen ? scrolled(1) : moved(state, 1));
    case 'k':
    case 'up':
      return only(state.isOpen ? scrolled(-1) : moved(state, -1));
    case 'pagedown':
      return only(state.isOpen ? scrolled(10) : moved(state, 10));
    case 'pageup':
      return only(state.isOpen ? scrolled(-10) : moved(state, -10));
    case 'return':
      return only(opened(state));
    case 'escape':
      return only({ isOpen: false, scrolled: 0, screen: null });
    case 'a':
      if (request === null) return only({});
      if (request.dialog !== null)
        return only({ ...opened(state), note: 'a dialog is answered by one of its options: c' });
      return only({ ...opened(state), prompt: { is: 'answer', id: request.id, text: '' } });
    case 'c':
      return request === null ? only({}) : only({ ...opened(state), ...choosing(request) });
    case 'd':
      return request === null ? only({}) : only({ prompt: { is: 'dismiss', id: request.id, text: '' } });
    case 'r':
      return message === null
        ? only({})
        : only({ ...opened(state), prompt: { is: 'reply', id: message.id, text: '' } });
    case 'p':
      return key.text === 'P'
        ? { state, act: pausing(state, null) }
        : { state, act: pausing(state, request?.worker ?? member?.name ?? null, request === null && member === null) };
    case 'paste':
      return only({ note: 'what is pasted goes into an answer or a reply: a or r first' });
    default:
      return only({});
  }
}

/** What is elided, or not known to the letter, is no word to say yes to from here. */
function choosing({ id, dialog }: RequestView): Partial<TopState> {
  if (dialog === null) return { note: 'this is no dialog: a writes an answer' };
  if (dialog.subject !== null && !dialog.subject.isWhole)
    return {
      note: 'it does not show the whole of what it would do: choose in its pane',
    };
  return { prompt: { is: 'choose', id, text: '' } };
}

/** @param isNothing nobody is at the cursor whom it could be about */
function pausing({ known }: TopState, worker: string | null, isNothing = false): Act | null {
  if (isNothing) return null;
  return { does: known.pauses[worker ?? '*'] === undefined ? 'pause' : 'resume', worker };
}

function turnedTo(tab: Tab): Partial<TopState> {
  return { tab, isOpen: false, scrolled: 0, screen: null };
}

function moved(state: TopState, by: number): Partial<TopState> {
  const rows = rowsOf(state);
  const next = Math.min(rows.length - 1, Math.max(0, cursorOf(state) + by));
  return { at: { ...state.at, [state.tab]: rows[next] ?? null } };
}

function prompted(state: TopState, prompt: Prompt, key: Key): ReturnType<typeof pressed> {
  const only = (next: Partial<TopState>) => ({ state: { ...state, ...next }, act: null });
  if (key.name === 'escape') return only({ prompt: null });
  if (prompt.is === 'dismiss')
    return { state: { ...state, prompt: null }, act: key.name === 'y' ? { does: 'dismiss', id: prompt.id } : null };
  const { text } = prompt;
  if (key.name === 'return')
    return text.trim() === '' ? only({}) : { state: { ...state, prompt: null }, act: actOf(prompt) };
  if (key.name === 'backspace') return only({ prompt: { ...prompt, text: withoutLast(text) } });
  if (key.isControl && key.name === 'u') return only({ prompt: { ...prompt, text: '' } });
  return key.text === '' || key.isControl ? only({}) : only({ prompt: { ...prompt, text: text + key.text } });
}

function actOf({ is, id, text }: Exclude<Prompt, { readonly is: 'dismiss' }>): Act {
  return is === 'choose' ? { does: 'choose', id, option: text.trim() } : { does: is, id, text };
}
