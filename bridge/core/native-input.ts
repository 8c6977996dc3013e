/**
 * How a text may reach an agent. `keyboard` types it into the pane; `native` hands it to a native input of the program's own, or
 * fails with the reason; `auto` does that where there is such a native input, and types where there is none, or it refuses.
 */
export const vias = ['keyboard', 'native', 'auto'] as const;
export type Via = (typeof vias)[number];

export interface InputMethod {
  readonly via: 'keyboard' | 'native';
  /** the name of the native input it was handed to */
  readonly door?: string;
  /** why it was typed although a native input was asked for */
  readonly because?: string;
}

/** What a person need know of it: nothing where the text was typed, as asked. */
export function inputMethodInWords({ via, door, because }: Partial<InputMethod>): string {
  if (via === 'native') return `by ${door}`;
  return because === undefined ? '' : `typed, since ${because}`;
}

/** What came of handing something to a native input. Only `refused` says positively that it was not taken, and never will be. */
export type HandOver =
  /** the program itself has it now */
  | { readonly is: 'taken' }
  /** it lies where the program will find it */
  | { readonly is: 'left' }
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'unknown'; readonly reason: string };

/**
 * A running program's own way in, certain to be that of one pane's program. Every act is bounded in time, and its
 * outcome is a value; none of them can answer a dialog.
 */
export type OpenInput = MessageInput | DraftInput;

/** Takes a text and submits it as one input. */
export interface MessageInput {
  readonly is: 'message';
  post(text: string): Promise<HandOver>;
}

/** Puts a text into the composer, where the screen shows it, and submits what the composer holds. */
export interface DraftInput {
  readonly is: 'draft';
  put(text: string): Promise<HandOver>;
  submit(): Promise<HandOver>;
}
