export interface Task {
  readonly usage: string;
  readonly says: string;
  readonly options: ReadonlyArray<readonly [string, string]>;
  readonly examples: ReadonlyArray<readonly [string, string]>;
  readonly steps: ReadonlyArray<readonly string[]>;
}

export const tasks: Readonly<Record<string, Task>>;

/** What `npm run NAME -- --help` prints. */
export function helpOf(name: string): string;
