import { controllers } from '../agent-programs/index.ts';
import { BridgeError, unknownName, usageError } from '../core/failure.ts';
import { backends } from './backends.ts';

/** Who is asked: a program of the catalogue by its name, or one of these. */
export type Backend = string;

/** Decides whom to ask, and says why in words for the log. A live pane may come later; a missing program will not. */
export function chooseBackend(
  requested: string,
  available: {
    /** the live controller pane, or null */
    readonly livePane: string | null;
    onPath(program: string): boolean;
    readonly command: string | null;
  },
): { readonly backend: Backend; readonly why: string } | BridgeError {
  switch (requested) {
    case 'auto':
      return chooseForUser(available);
    case 'pane':
    case 'codex-interactive':
      return {
        backend: 'pane',
        why:
          available.livePane === null ? 'as asked for; none is live yet' : `as asked for; it is ${available.livePane}`,
      };
    case 'none':
      return { backend: 'mailbox', why: 'as asked for: "none" leaves every request to you' };
    case 'mailbox':
    case 'rules':
      return { backend: requested, why: 'as asked for' };
    case 'command':
      if (available.command === null || available.command.trim() === '') {
        return usageError(
          '--controller-backend',
          'command',
          'names no program',
          "add --controller-command 'PROGRAM …'",
        );
      }
      return { backend: 'command', why: 'as asked for' };
    default:
      return chooseProgram(requested, available);
  }
}

function chooseProgram(
  requested: string,
  available: { onPath(program: string): boolean },
): { readonly backend: Backend; readonly why: string } | BridgeError {
  const program = controllers.find(({ name }) => name === requested);
  if (program === undefined) {
    const known = backends.filter((name) => !['codex-interactive', 'none'].includes(name));
    return unknownName('controller', requested, known, `--controller-backend: expected one of ${known.join(', ')}`);
  }
  if (available.onPath(program.launch.executable)) return { backend: requested, why: 'as asked for' };
  return new BridgeError({
    what: '--controller-backend',
    target: requested,
    reason: 'is not on PATH',
    nextStep: 'install it, or choose another backend (auto picks what is there)',
  });
}

function chooseForUser(available: { readonly livePane: string | null; onPath(program: string): boolean }): {
  readonly backend: Backend;
  readonly why: string;
} {
  if (available.livePane !== null) return { backend: 'pane', why: `a live controller is in ${available.livePane}` };
  // in the order of the catalogue
  const found = controllers.find(({ launch }) => available.onPath(launch.executable))?.name;
  if (found !== undefined) return { backend: found, why: `no live controller pane, and ${found} is on PATH` };
  const names = controllers.map(({ name }) => name).join(', ');
  return { backend: 'mailbox', why: `no live controller pane, and none of ${names} is on PATH` };
}
