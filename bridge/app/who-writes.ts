import { BridgeError, usageError } from '../core/failure.ts';
import type { Sender } from '../core/message.ts';
import type { Caller } from '../host/caller.ts';

/** What shows who runs a command. Each member stands here by its full name. */
export interface WriterEvidence {
  readonly caller: Caller;
  /** in whose pane the processes above the command are */
  readonly proven: string | null;
  /** whose pane its environment names: a claim, which anybody can write there */
  readonly hinted: string | null;
  /** whom its token speaks for */
  readonly token: string | null;
  /** the name that the command gives itself */
  readonly as: string | null;
  /** whether the member that is claimed has a living pane */
  readonly isLiving: (name: string) => boolean;
  /** nothing is written in that name: a person may look into anybody's mail */
  readonly isLook: boolean;
  readonly shown: (name: string) => string;
}

export interface Writer extends Sender {
  /** how that was found out, in words */
  readonly how: string;
}

/**
 * Who writes or reads. `verified`: the processes above the command are those of a member's pane, or it has a member's token.
 * An agent that shows nothing is who it says it is, and is told so, unless another is there under that name; a person at a
 * shell of his own is the human.
 * @throws BridgeError where what the command says is shown to be wrong, or is not enough
 */
export function whoWrites(evidence: WriterEvidence): Writer {
  const { caller, proven, hinted, token, as, shown } = evidence;
  const shownToBe = proven ?? token;
  if (proven !== null && token !== null && token !== proven)
    throw usageError('token', shown(token), `is used in the pane of ${shown(proven)}`, 'each has its own');
  if (shownToBe !== null) {
    if (as !== null && as !== shownToBe)
      throw usageError('--as', shown(as), `${proven === null ? 'this token' : 'this pane'} is ${shown(shownToBe)}`);
    const how = proven === null ? 'by its token' : 'its processes are in that pane';
    return { name: shownToBe, standing: 'verified', how };
  }
  const isAgent = caller.is !== 'nobody' || hinted !== null;
  const name = as ?? hinted;
  if (name === null) {
    if (!isAgent) return { name: 'human', standing: 'human', how: 'no agent program is above this command' };
    throw usageError(
      'sender',
      'this agent',
      'is in no pane that bridge watches',
      'name yourself with --as NAME, or join: bridge join --group G --as NAME',
    );
  }
  if (name !== hinted && evidence.isLiving(name) && (isAgent || !evidence.isLook))
    throw new BridgeError({
      what: '--as',
      target: shown(name),
      reason: 'is another pane, and nothing shows that this command runs in it',
      nextStep: 'write under your own name; a token shows who you are: bridge token add',
    });
  const how = as === null ? 'its environment names that pane, and its processes do not show it' : 'it says so';
  return { name, standing: 'claimed', how };
}
