/** One thing looked at. `warn` works, or works in part; `remedy` is what to do about it. */
export interface Check {
  readonly name: string;
  readonly ok: true | false | 'warn';
  readonly detail: string;
  readonly remedy?: string;
}

export function good(name: string, detail: string): Check {
  return { name, ok: true, detail };
}

export function warning(name: string, detail: string, remedy?: string): Check {
  return { name, ok: 'warn', detail, ...(remedy === undefined ? {} : { remedy }) };
}

export function bad(name: string, detail: string, remedy?: string): Check {
  return { ...warning(name, detail, remedy), ok: false };
}

/** The machine as the doctor sees it. Nothing here throws for a thing that is merely absent. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly uid: number;
  /** `v20.19.0` */
  readonly nodeVersion: string;
  /** the tmux server's socket that commands would use */
  readonly socketPath: string;
  readonly home: string;
  find(program: string): string | null;
  /** ends within a few seconds, whatever the program does; code null when it could not be started or was stopped */
  run(...argv: string[]): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  stat(path: string): Promise<{
    readonly kind: 'file' | 'folder' | 'socket' | 'link' | 'other';
    readonly mode: number;
    readonly uid: number;
  } | null>;
  list(folder: string): Promise<readonly string[]>;
  /** the panes of the tmux server that a bridge watches */
  owned(): Promise<readonly OwnedPane[]>;
}

/** A pane, as `worker %3`, and the bridge that watches it. */
export interface OwnedPane {
  readonly pane: string;
  readonly home: string;
  readonly pid: number;
}
