import { Forbidden } from '../core/failure.ts';
import type { Caller, ProcessId } from '../host/caller.ts';

/** What only a person may do, or the live controller of the worker that it is about. */
export type Act =
  | 'answer'
  | 'dismiss'
  | 'settle'
  | 'resume'
  | 'send --in-dialog'
  | 'send --command'
  | 'tell --urgent'
  | 'trust'
  | 'restore'
  | 'token'
  | 'serve'
  | 'add'
  | 'add --revive'
  | 'name'
  | 'remove'
  | 'enable'
  | 'disable'
  | 'rename'
  | 'revive'
  | 'start'
  | 'group remove'
  | 'import';

export interface Question {
  readonly act: Act;
  /** null: the command did not say what stands above it */
  readonly caller: Caller | null;
  /** the agent in the live controller's pane of the worker that it is about; null where there is none, or it is about all */
  readonly controller: ProcessId | null;
}

export type Authority =
  | { readonly is: 'person' }
  | { readonly is: 'controller'; readonly program: string }
  | { readonly is: 'nobody'; readonly reason: string; readonly nextStep: string };

/**
 * Who calls, as far as it matters for what they may decide: no worker answers itself, nor another one. An agent program
 * above the caller is never a person, whatever it has no terminal for.
 */
export function authorityOf({ act, caller, controller }: Question): Authority {
  if (caller === null) {
    return {
      is: 'nobody',
      reason: 'the command does not say which program called it',
      nextStep: 'it is of another version than the bridge: restart the bridge, and use its own `bridge`',
    };
  }
  if (caller.is === 'nobody') return { is: 'person' };
  const { program } = caller;
  if (!personal.includes(act) && caller.is === 'agent' && controller !== null && isAmong(controller, caller.at)) {
    return { is: 'controller', program };
  }
  const above = caller.is === 'agent' ? `${program} (process ${caller.at[0]?.pid})` : program;
  return {
    is: 'nobody',
    reason: `this command runs under ${above}, and ${whose[act]}`,
    nextStep: 'run it in a shell of your own, outside of any agent program',
  };
}

/** Not even the live controller of a worker may. */
const personal: readonly Act[] = ['trust', 'restore', 'token', 'serve'];

const orController = 'only you or the live controller of that worker may';
const whose: Readonly<Record<Act, string>> = {
  answer: `no agent answers itself or another one: ${orController}`,
  dismiss: `no agent ends its own question or another's: ${orController}`,
  settle: `no agent marks its own answer or another's as delivered: ${orController}`,
  resume: 'no agent ends a pause: only you may, or of one worker its live controller',
  'send --in-dialog': `no agent decides in its own dialog or another's: ${orController}`,
  'send --command': `no agent changes its own settings or another's: ${orController}`,
  'tell --urgent': `no agent breaks off another's work: ${orController}`,
  trust: 'only you may let a bridge.yaml decide',
  restore: 'only you may let a backup decide, which brings a bridge.yaml',
  token: 'only you may say who speaks as a member',
  serve: 'only you may open the bridge to other programs, or close it',
  add: 'an agent says only what its own pane is called, and what it is: the rest is yours',
  'add --revive': 'only you may say which command is run',
  name: 'an agent labels only its own pane: the others are yours',
  remove: 'only you may have a member forgotten',
  enable: 'only you may say who gets mail',
  disable: 'only you may say who gets no mail',
  revive: 'only you may start another',
  start: 'only you may start one',
  rename: 'only you may rename another; who joins says its own name',
  'group remove': 'only you may take another out of a group; `bridge leave` leaves one',
  import: 'only you may take over what others have written',
};

/** @throws Forbidden naming the program above the caller, and what to do */
export function refuse(act: Act, target: string, { reason, nextStep }: Extract<Authority, { is: 'nobody' }>): never {
  throw new Forbidden({ what: act, target, reason, nextStep });
}

export function isAmong(one: ProcessId, at: readonly ProcessId[]): boolean {
  return at.some(({ pid, startedAt }) => pid === one.pid && startedAt === one.startedAt);
}
