/** Another machine, as `hosts:` of the state directory's bridge.yaml names it. */
export interface SshHost {
  readonly name: string;
  /** as `ssh` takes it: `gpu`, `ada@gpu.example.org`, `ssh://ada@gpu:2222` */
  readonly ssh: string;
  /** more arguments for `ssh`, before the destination */
  readonly options: readonly string[];
  /** the tmux server's socket there; null: the one that `tmux` itself takes */
  readonly socket: string | null;
}

export const hostNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A word that ssh takes for a destination, and for no option. */
export const destinationPattern = /^[^\s\p{Cc}-][^\s\p{Cc}]*$/u;

/** How long it may take to be there, seconds. */
const connectLimit = 8;

/**
 * Before all others, for ssh takes the first value that it is given. Nobody can be asked for a password or a key; a link that
 * is dead is noticed within 15 s; and what a person's own configuration would run or forward in a session is left out.
 */
const own = [
  'BatchMode=yes',
  `ConnectTimeout=${connectLimit}`,
  'ServerAliveInterval=5',
  'ServerAliveCountMax=2',
  'ClearAllForwardings=yes',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
].flatMap((option) => ['-o', option]);

/** The arguments with which `ssh` runs a command there. The user's own configuration and known hosts apply. */
export function sshArguments({ options, ssh }: SshHost, command: string): string[] {
  return [...own, ...options, '--', ssh, command];
}

/** One word of a POSIX shell. */
export function inQuotes(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
