import type { SshHost } from './ssh-host.ts';

/** How an `ssh` ended that did not get there. */
export interface NotReached {
  readonly stderr: string;
  readonly isTimedOut: boolean;
  /** left out where it could not be started, or was ended */
  readonly exitCode?: number | undefined;
  /** what the system said, or whoever ended it */
  readonly message?: string | undefined;
}

/** ssh's own words, and what its user does about them. */
export function whyNotReached(
  host: SshHost,
  { stderr, isTimedOut, exitCode, message }: NotReached,
): { readonly words: string; readonly nextStep: string } {
  const words = stderr.trim();
  const said = nextSteps.find(({ says }) => says.test(words));
  const by = ['ssh', ...host.options, host.ssh].join(' ');
  if (said !== undefined) return { words, nextStep: said.nextStep(by) };
  if (isTimedOut) return { words: words || (message ?? 'no answer'), nextStep: `try \`${by} true\` by hand` };
  if (exitCode === undefined)
    return { words: message ?? 'ssh could not be started', nextStep: 'install an ssh client' };
  const nothing = `ssh ended with ${exitCode}, and no shell had answered`;
  return { words: words || nothing, nextStep: `try \`${by} sh -s\` by hand: it has to start a shell` };
}

/** What ssh says, and what its user does about it. OpenSSH 9.2. */
const nextSteps: ReadonlyArray<{ readonly says: RegExp; nextStep(by: string): string }> = [
  {
    says: /HOST IDENTIFICATION HAS CHANGED/,
    nextStep: () =>
      'find out why its key is another one before you trust it; only then take the old one out with `ssh-keygen -R`',
  },
  {
    says: /Host key verification failed/,
    nextStep: (by) => `its key is not known: run \`${by}\` once, and compare the fingerprint with that of the host`,
  },
  {
    says: /Permission denied/,
    nextStep: (by) => `\`${by}\` has to work without a password: \`ssh-copy-id\`, or a key in your agent`,
  },
  {
    says: /Could not resolve hostname/,
    nextStep: () => 'correct `ssh:` in bridge.yaml, or name the host in ~/.ssh/config',
  },
  {
    says: /Connection refused|timed out|No route to host|Network is unreachable|Connection (?:closed|reset)/,
    nextStep: (by) => `see that it is up and lets ssh in: \`${by} true\``,
  },
];
