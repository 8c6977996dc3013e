/** What a launcher sees of its surroundings. `env` is read, never changed. */
export interface LaunchWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** milliseconds since the epoch */
  readonly now: () => number;
}

/** An environment value; empty counts as not set, as MACS's `${X:-}` has it. */
export function setting(env: LaunchWorld['env'], name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}
