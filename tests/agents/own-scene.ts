import type { RealAgentOptions } from './real-agents.ts';
import type { Exchange } from './scenes.ts';

/** A scene that one program has for itself, as data: the program is started for it and ended after it. */
export interface OwnScene {
  readonly start?: Pick<RealAgentOptions, 'args' | 'environment' | 'beforeStart'>;
  readonly acts: readonly Act[];
}

/** What a person does, or waits for, or what is recorded. */
export type Act =
  /** types the prompt and sends it, until the model is asked */
  | { readonly ask: Exchange }
  /** what the model does when the program itself asks it this, for a subagent */
  | { readonly knows: Exchange }
  | { readonly type: string }
  | { readonly paste: string }
  | { readonly press: readonly string[] }
  | { readonly waitMs: number }
  | { readonly sees: RegExp }
  /** the model is asked again, so many times */
  | { readonly asked: number }
  /** the answer has been given, and nothing moves any more */
  | { readonly settled: true }
  /** `answering` drops what was recorded after the end of the answer; `asks` is what the dialog asks about */
  | {
      readonly record: string;
      readonly note: string;
      readonly frames?: number;
      readonly answering?: true;
      readonly asks?: string;
    };
