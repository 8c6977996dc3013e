/** What a launcher sees of its environment. `env` is read, never changed. */
export interface LaunchEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** An environment value; empty counts as not set, as MACS's `${X:-}` has it. */
export function setting(env: LaunchEnvironment['env'], name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}

/** The server this process runs in: `$TMUX` is `socket,server pid,session`, and the path may hold commas of its own. */
export function enclosingSocket(env: LaunchEnvironment['env']): string | null {
  return /^(.+),\d+,\d+$/.exec(env.TMUX ?? '')?.[1] ?? null;
}
