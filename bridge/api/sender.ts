import * as z from 'zod';
import { askerOf } from '../app/asker.ts';
import type { Bridge } from '../app/bridge.ts';
import { usageError } from '../core/failure.ts';
import type { Sender } from '../core/message.ts';
import { identityKey } from '../core/pane.ts';
import { systemSource } from '../host/process-source.ts';
import { aboveArgs, callerArgs, word } from './arguments.ts';
import { panesFor } from './asking-panes.ts';

/** What a command can show for who runs it, and the name that it gives. */
export const senderArgs = {
  caller: callerArgs.default({ is: 'nobody' }),
  above: aboveArgs.default([]),
  tmuxSocket: word(4096).nullable().default(null),
  paneHint: word(64).nullable().default(null),
  /** a claim, where nothing shows it */
  as: word(64).nullable().default(null),
};
const evidence = z.object(senderArgs);

/**
 * Who writes or reads. `verified`: the processes above the command are those of a member's pane. An agent that shows nothing is
 * who it says it is, and is told so; a person at a shell of his own is the human.
 */
export async function senderOf(
  bridge: Pick<Bridge, 'panes' | 'directory' | 'projects' | 'workers'>,
  given: z.output<typeof evidence>,
): Promise<Sender> {
  const { as, ...shown } = given;
  const asker = askerOf(shown, await panesFor(bridge, given.tmuxSocket), {
    identify: (facts) => bridge.panes.identify(facts).identity,
    startOf: (pid) => systemSource().read(pid)?.startedAt ?? null,
  });
  if (asker.is === 'proven') {
    const { identity } = bridge.panes.identify(asker.pane);
    const watched = bridge.workers.find((worker) => identityKey(worker.identity) === identityKey(identity));
    const name = watched?.name ?? bridge.projects.records[identityKey(identity)]?.name ?? '';
    const isMember = bridge.directory.members().some((member) => member.name === name);
    if (isMember && as !== null && bridge.directory.named(as).name !== name)
      throw usageError('--as', as, `this pane is ${bridge.directory.shown(name)}`);
    if (isMember) return { name, standing: 'verified' };
  }
  if (given.caller.is === 'agent' || given.caller.is === 'apart') {
    if (as === null)
      throw usageError('sender', 'this agent', 'is in no pane that bridge watches', 'name yourself with --as NAME');
    const { name } = bridge.directory.named(as);
    if (bridge.directory.paneOf(name) !== null)
      throw usageError('--as', as, 'is another pane, and nothing shows that this command runs in it');
    return { name, standing: 'claimed' };
  }
  if (as === null) return { name: 'human', standing: 'human' };
  return { name: bridge.directory.named(as).name, standing: 'claimed' };
}
