import { execa } from 'execa';
import { type SshHost, sshArguments } from './ssh-host.ts';

/** Runs one command there, with a script on its stdin. Never rejects: what became of it is in the result. */
export function sshOnce(
  host: SshHost,
  command: string,
  { script, limitMs, outputLimit }: { readonly script: string; readonly limitMs: number; readonly outputLimit: number },
) {
  return execa('ssh', sshArguments(host, command), {
    input: script,
    timeout: limitMs,
    forceKillAfterDelay: 500,
    maxBuffer: outputLimit,
    reject: false,
    // without a terminal there is nobody whom ssh could ask, whatever its configuration says
    detached: true,
    env: { LC_ALL: 'C', SSH_ASKPASS_REQUIRE: 'never' },
  });
}
