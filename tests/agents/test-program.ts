import type { FirstDialog } from './first-dialogs.ts';
import type { OwnScene } from './own-scene.ts';
import type { RealAgentOptions } from './real-agents.ts';

/** An agent program as tests install, start and drive it, against a model that is a script. */
export interface TestProgram {
  readonly npm: string;
  /** the one that the facts were measured on */
  readonly version: string;
  /** its name in node_modules/.bin, or its path in node_modules where its package puts nothing there */
  readonly binary: string;
  /** packages installed beside it, whose programs are found before the machine's own */
  readonly needs?: readonly string[];
  readonly startLimitMs: number;
  /** words of its open approval dialog; null where it never asks before it acts */
  readonly approval: RegExp | null;
  readonly keys: Keys;
  /** what shows that a person has scrolled its own view back, and the keys that bring him back: until then nothing is typed */
  readonly scrolledBack?: { readonly shows: RegExp; readonly back: readonly string[] };
  /** scenes of record.ts that only some programs have */
  readonly scenes?: readonly string[];
  /** Writes its home, and says how it is started there. */
  prepare(place: Place, options: RealAgentOptions): { args: readonly string[]; environment: Record<string, string> };
  isIdle(screen: string, title: string, workingFolder: string): boolean;
  /** slash commands that open a list of its own, and the keys that choose its first entry */
  readonly lists?: ReadonlyArray<{
    readonly command: string;
    readonly shows: RegExp;
    readonly choose?: readonly string[];
  }>;
  /** those that can be brought up without an account and without a network */
  readonly firstDialogs: readonly FirstDialog[];
  /** what its screens show beyond the scenes of all programs */
  ownScenes?(where: Pick<Place, 'workingFolder'>): Readonly<Record<string, OwnScene>>;
}

/** The keys by which a person uses a program. */
interface Keys {
  readonly approve: readonly string[];
  /** the first denies; each further one answers a dialog that asks whether that is meant */
  readonly deny: readonly string[];
  readonly interrupt: readonly string[];
}

export const usualKeys: Keys = { approve: ['Enter'], deny: ['Escape'], interrupt: ['Escape'] };

/** Where one agent lives during a test. */
export interface Place {
  readonly name: string;
  readonly home: string;
  readonly workingFolder: string;
}
