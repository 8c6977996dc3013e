import type { ComposerFacts } from '../core/composer.ts';
import { isNewer } from '../core/version.ts';
import type { SignalFacts } from '../screen/agent-signals.ts';
import type { ScreenReader } from '../screen/screen-reader.ts';
import type { CommandRecord } from './command-record.ts';
import type { ControllerProgram } from './controller-program.ts';
import type { NativeInput } from './native-input.ts';

/** Everything that is known of one agent program: data and pure functions. */
export interface AgentProgram {
  /** as `--agent` and bridge.yaml name it */
  readonly name: string;
  /** names of its processes, by which it is found in a pane; empty for one that is only ever named */
  readonly programs: readonly string[];
  readonly screen: ScreenReader;
  /** how its composer takes text */
  readonly composer: ComposerFacts;
  /** how it is started; absent for what is no program of its own */
  readonly launch?: Launch;
  /** how it is told to call `bridge signal`, and what it says then; or why it cannot be */
  readonly hooks?: HookFacts | { readonly none: string };
  /** its own way to take text beside its keyboard */
  readonly nativeInput?: NativeInput;
  /** where it notes the commands it calls; absent where its dialog shows all of one, or no rule may choose in it */
  readonly commandRecord?: CommandRecord;
  /** how it is asked one question as a controller, read-only; absent where it cannot be kept from writing */
  readonly controller?: ControllerProgram;
  /** versions that were seen live; empty where it was built from public documentation */
  readonly seenWith: readonly string[];
}

/** What a running version means for what is known of the program: nothing, where it was seen or nobody can tell. */
export function unseenInWords({ seenWith }: AgentProgram, version: string | null): string | null {
  if (version === null || seenWith.includes(version)) return null;
  if (seenWith.length === 0) return 'no version of it was seen live';
  const newest = seenWith.reduce((one, other) => (isNewer(other, [one]) ? other : one));
  return isNewer(version, seenWith) ? `newer than ${newest}, the last one that was seen live` : null;
}

export function seenInWords({ name, seenWith }: AgentProgram): string {
  return seenWith.length > 0
    ? `seen live with ${name} ${seenWith.join(', ')}`
    : `built from ${name}'s public documentation; never seen live here`;
}

/**
 * How one agent program is started. "Guarded" is what the program itself offers against acting unasked: a sandbox where
 * it has one, else its own approval questions.
 */
export interface Launch {
  /** as it is found on PATH */
  readonly executable: string;
  /** null where the program neither asks nor has a sandbox: it starts only with --yolo */
  readonly guarded: readonly string[] | null;
  readonly guardedBy: string;
  /** every question and sandbox switched off; null where no word on its command line does that */
  readonly yolo: readonly string[] | null;
  /** a controller only reads and answers; null as for `guarded` */
  readonly controller: readonly string[] | null;
  /** how an interactive start takes its first prompt: the words before it */
  readonly promptPrefix?: readonly string[];
  /** set unless --yolo */
  readonly guardedEnv?: Readonly<Record<string, string>>;
  readonly install: string;
  /** environment names of its own, each with the setting of ours that fills it */
  readonly settings?: Readonly<Record<string, string>>;
}

/** How a program's own hooks are installed, and what they report. */
export interface HookFacts {
  /** its folder for settings: an environment name of its own, else a folder below HOME */
  readonly folder: { readonly env: string; readonly below?: string; readonly name: string };
  /** the file that lists hooks, as JSON or (`.toml`) as tables, and the program's own names for what we want to hear of */
  readonly settings: {
    readonly file: string;
    readonly events: readonly string[];
    /** in the unit that this program counts in */
    readonly timeout: number;
    /** further fields of a hook, as this program has them */
    readonly fields: Readonly<Record<string, string | boolean>>;
    /** the events whose hooks have others */
    readonly fieldsOf?: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
  };
  /** a TOML file whose one key `notify` names a program */
  readonly notify?: { readonly file: string };
  /** what the person has still to do; null where the program asks for nothing */
  readonly trust: string | null;
  /** whether the program's settings say that the person has done so for this event; whether the hook is the same still, it alone can tell */
  isReviewed?(settings: string, event: string): boolean;
  readonly signals: SignalFacts;
}
