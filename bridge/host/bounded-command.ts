import { spawn } from 'node:child_process';
import { messageOf } from '../core/failure.ts';

/** Of what it prints, the end says why it failed. */
const keptCharacters = 400;

export interface EndedCommand {
  /** null: it could not be started, or was ended by a signal */
  readonly code: number | null;
  /** it was still there at the limit, and was ended */
  readonly isLate: boolean;
  /** the end of what it printed */
  readonly said: string;
}

export interface BoundedCommand {
  readonly ended: Promise<EndedCommand>;
  /** ends it and whatever it has started in its process group */
  kill(): void;
}

/** Runs a command without a shell, in a process group of its own, which is ended at the limit. Never rejects. */
export function boundedCommand(
  [program = '', ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly limitMs: number },
): BoundedCommand {
  let said = '';
  let isLate = false;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = () => {
    // before its exit is noticed, nobody else has that group
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has just ended by itself
    }
  };
  const limit = setTimeout(() => {
    isLate = true;
    kill();
  }, options.limitMs);
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-keptCharacters);
    });
  const ended = new Promise<EndedCommand>((resolve) => {
    const end = (code: number | null, more = '') => {
      clearTimeout(limit);
      // what it has left in the background keeps these open
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code, isLate, said: `${said}${more}`.trim() });
    };
    child.once('error', (fault) => end(null, messageOf(fault)));
    child.once('exit', (code) => setImmediate(() => end(code)));
  });
  return { ended, kill };
}
