import { BridgeError } from '../core/failure.ts';
import { headsIn, holdsEnvelope, isToolHead } from '../core/mail-envelope.ts';
import type { Caller } from '../host/caller.ts';

interface Typed {
  readonly text: string;
  readonly target: string;
  /** null: the command did not say what stands above it */
  readonly caller: Caller | null;
}

/**
 * A person types what they like; of an agent no text goes into a pane by hand that could pass for a message of another.
 * @throws BridgeError where it could
 */
export function refuseForged(what: 'type' | 'message' | 'send', typed: Typed): void {
  const { text } = typed;
  // a message says who wrote it, and none of its lines begins where another would
  if (what === 'message' ? holdsEnvelope(text) : headsIn(text) > 0) refuseOfAgent(what, typed);
}

/** The same for what another tool types: behind its own head, which is judged as well, nothing may look like one. */
export function refuseForgedInput(head: string | null, typed: Typed): void {
  const isToolsOwn = head === null || isToolHead(head);
  if (!isToolsOwn || headsIn(lineOf(head, typed.text)) > headsIn(head ?? '')) refuseOfAgent('input', typed);
}

/** A text behind the head of the tool that types it. */
export function lineOf(head: string | null, text: string): string {
  return head === null ? text : `${head} ${text}`;
}

/** The same where it goes behind a draft of its sender: each was judged alone, and a head may come about where they meet. */
export function refuseForgedBehind(draft: string, typed: Typed): void {
  const { text } = typed;
  if (headsIn(draft + text) > headsIn(draft) + headsIn(text)) refuseOfAgent('type', typed);
}

function refuseOfAgent(what: string, { target, caller }: Typed): void {
  if (caller?.is === 'nobody') return;
  throw new BridgeError({
    what,
    target,
    reason: 'the text looks like a message of another, and no agent writes in the name of another',
    nextStep: 'write to its agent with: bridge tell NAME TEXT',
  });
}
