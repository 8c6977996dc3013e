import { randomBytes } from 'node:crypto';
import { BridgeError } from '../../core/failure.ts';
import { whyNotReached } from './not-reached.ts';
import { morePlaces } from './remote-shell.ts';
import { inQuotes, type SshHost } from './ssh-host.ts';
import { sshOnce } from './ssh-once.ts';

/** What `bridge` there said, and how it ended. */
export interface SaidThere {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** ssh did not get there, or was cut: the command may have run. */
export class CutOff extends BridgeError {}

/** ssh's own code; a shell that does not find the program ends with the other. */
const sshFailed = 255;
const notFound = 127;
const outputLimit = 4 * 1024 * 1024;

/**
 * Runs one command of the bridge that runs on another machine, by the program that it runs: in a PATH there `bridge` may be
 * another one, such as iproute2's. What it is given on stdin comes by the same way, and in no list of processes there.
 * @param pid of that bridge, there
 * @param limitMs for all of it
 * @throws CutOff, and BridgeError where there is no such program
 */
export async function runBridgeThere(
  host: SshHost,
  pid: number,
  words: readonly string[],
  { stdin, limitMs }: { readonly stdin: string; readonly limitMs: number },
): Promise<SaidThere> {
  const end = randomBytes(12).toString('hex');
  const script = [
    `PATH=$PATH:${morePlaces}; export PATH; unset TMUX TMUX_PANE`,
    'node= main=',
    `for word in $(ps -o args= -p ${pid}); do`,
    '  [ -n "$node" ] || node=$word',
    '  case $word in */cli/main.js | */bridge) main=$word; break ;; esac',
    'done',
    `[ -f "$main" ] || exit ${notFound}`,
    `"$node" "$main" ${words.map(inQuotes).join(' ')} <<'${end}'`,
    stdin,
    end,
    '',
  ].join('\n');
  const ran = await sshOnce(host, 'exec sh -s', { script, limitMs, outputLimit });
  const { stdout, stderr, exitCode, timedOut } = ran;
  if (exitCode === undefined || exitCode === sshFailed) {
    const message = timedOut ? `no answer within ${limitMs / 1000} s` : ran.originalMessage;
    const { words: reason, nextStep } = whyNotReached(host, { stderr, exitCode, message, isTimedOut: timedOut });
    throw new CutOff({ what: 'host', target: host.name, reason, nextStep });
  }
  if (exitCode !== notFound) return { code: exitCode, stdout, stderr };
  throw new BridgeError({
    what: 'host',
    target: host.name,
    reason: `the bridge there (process ${pid}) has the pane, and its program is not to be seen from the account of ssh`,
    nextStep: 'write there: ssh HOST bridge tell NAME TEXT',
  });
}
