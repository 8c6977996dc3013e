/** A process of a running program, as far as its native input shows in it. */
export interface ProcessInfo {
  readonly pid: number;
  readonly argv: readonly string[];
  /** null where it cannot be read */
  readonly cwd: string | null;
  readonly executable: string | null;
  /** where its descriptors lead: paths, and `socket:[inode]` */
  readonly open: readonly string[];
}

/** One row of the system's table of TCP sockets on IPv4: `127.0.0.1:4096`. */
export interface TcpSocket {
  readonly local: string;
  readonly remote: string;
  readonly isListening: boolean;
  readonly inode: string;
}

/** What the machine tells of processes and sockets. */
export interface ProcessTable {
  /**
   * The processes of one program that reads a terminal: itself, and its descendants in its own process group, so that
   * the tools it starts are none of them. Empty where they cannot be read, or belong to another user.
   */
  program(pid: number, startedAt: string): readonly ProcessInfo[];
  /** argument lists of all of this user's processes, with their pids */
  others(): ReadonlyArray<Pick<ProcessInfo, 'pid' | 'argv' | 'cwd'>>;
  /** those of this user's processes that are wanted, with what they hold open */
  ours(isWanted: (process: Pick<ProcessInfo, 'argv' | 'executable'>) => boolean): readonly ProcessInfo[];
  tcp(): readonly TcpSocket[];
}
