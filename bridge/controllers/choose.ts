import { BridgeError, wrongUse } from '../core/failure.ts';

/** Who is asked. `pane` is a live agent, `mailbox` the human, `rules` the lines of bridge.yaml and then the human. */
export type Backend = 'codex' | 'claude' | 'gemini' | 'opencode' | 'command' | 'pane' | 'rules' | 'mailbox';

/** What a user may ask for; `codex-interactive` and `none` are MACS's names. */
export type RequestedBackend = Backend | 'auto' | 'codex-interactive' | 'none';

/** In the order in which they are looked for on PATH. */
const programs = ['codex', 'claude', 'gemini', 'opencode'] as const;

/** Decides whom to ask, and says why in words for the log. A live pane may come later; a missing program will not. */
export function chooseBackend(
  requested: string,
  world: {
    /** the live controller pane, or null */
    readonly livePane: string | null;
    onPath(program: string): boolean;
    readonly command: string | null;
  },
): { readonly backend: Backend; readonly why: string } | BridgeError {
  const known = requested as RequestedBackend;
  switch (known) {
    case 'auto':
      return chooseForUser(world);
    case 'pane':
    case 'codex-interactive':
      return {
        backend: 'pane',
        why: world.livePane === null ? 'as asked for; none is live yet' : `as asked for; it is ${world.livePane}`,
      };
    case 'none':
      return { backend: 'mailbox', why: 'as asked for: "none" leaves every request to you' };
    case 'mailbox':
    case 'rules':
      return { backend: known, why: 'as asked for' };
    case 'command':
      if (world.command === null || world.command.trim() === '') {
        return wrongUse('--controller-backend', 'command', 'names no program', "add --controller-command 'PROGRAM …'");
      }
      return { backend: 'command', why: 'as asked for' };
    case 'codex':
    case 'claude':
    case 'gemini':
    case 'opencode':
      if (world.onPath(known)) return { backend: known, why: 'as asked for' };
      return new BridgeError({
        what: '--controller-backend',
        target: known,
        reason: 'is not on PATH',
        nextStep: 'install it, or choose another backend (auto picks what is there)',
      });
    default:
      return wrongUse(
        '--controller-backend',
        requested,
        'is unknown',
        `choose one of: auto, ${programs.join(', ')}, command, pane, rules, mailbox`,
      );
  }
}

function chooseForUser(world: { readonly livePane: string | null; onPath(program: string): boolean }): {
  readonly backend: Backend;
  readonly why: string;
} {
  if (world.livePane !== null) return { backend: 'pane', why: `a live controller is in ${world.livePane}` };
  const found = programs.find((program) => world.onPath(program));
  if (found !== undefined) return { backend: found, why: `no live controller pane, and ${found} is on PATH` };
  return { backend: 'mailbox', why: `no live controller pane, and none of ${programs.join(', ')} is on PATH` };
}
