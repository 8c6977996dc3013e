import type { Delivery } from '../core/envelope.ts';
import type { DraftInput, HandOver, MessageInput, OpenInput } from '../core/native-input.ts';
import type { Snapshot } from '../core/pane.ts';
import type { Attempt } from './attempt.ts';
import { awaitText, showLimitMs, withoutEnter } from './await-echo.ts';
import { beganToWork, cameOnScreen, type Look, submitted } from './evidence.ts';
import { executes } from './guard.ts';
import { StabilityTimer } from './stability-timer.ts';
import { standsMs, submit } from './submit.ts';

const lookEveryMs = 50;
/** A message is seen once its turn begins, not when it is taken: qwen 0.24.4 needed 15 s on a machine with twenty times its load. */
const arriveLimitMs = 20_000;

/**
 * The native input by which this delivery goes, or null for the keyboard; the attempt notes which, and why not another.
 * `refused` only where nothing but a native input was asked for.
 */
export async function nativeInputFor(
  attempt: Attempt,
  snapshot: Snapshot,
): Promise<OpenInput | null | { refused: string }> {
  const { via = 'keyboard' } = attempt.delivery.options;
  attempt.inputMethod = { via: 'keyboard' };
  if (via === 'keyboard') return null;
  const found = await find(attempt, snapshot);
  if (!('refused' in found)) {
    attempt.inputMethod = { via: 'native', door: attempt.composerFacts.nativeInput!.name };
    return found;
  }
  if (via === 'native') return { refused: `native: ${found.refused}` };
  attempt.inputMethod = { via: 'keyboard', because: found.refused };
  return null;
}

async function find(attempt: Attempt, snapshot: Snapshot): Promise<OpenInput | { refused: string }> {
  const { composerFacts, parts } = attempt;
  if (executes(snapshot)) return { refused: 'a shell or the like is in the foreground' };
  if (composerFacts.nativeInput === undefined)
    return { refused: `${composerFacts.agent} has no native input that is known here` };
  return parts.nativeInputs === undefined
    ? { refused: 'this bridge knows no native inputs' }
    : parts.nativeInputs.find(snapshot, composerFacts);
}

/**
 * One delivery's way through a native input, in a pane whose lock is held and whose guard has passed:
 *
 *   message input   claimed and typed, post ─► submitted ─► a transition is seen
 *   draft input     claimed and typed, put ─► the composer shows it, and rests ─► submitted, submit ─► a transition is seen
 *
 * What the native input does not positively refuse is never handed over twice; the screen tells what became of it.
 */
export async function throughNativeInput(
  attempt: Attempt,
  before: Look,
  text: string,
  input: OpenInput,
): Promise<Delivery | { refused: string }> {
  await attempt.typing(before, text);
  return input.is === 'message' ? post(attempt, before, text, input) : putAndSubmit(attempt, before, text, input);
}

async function post(attempt: Attempt, before: Look, text: string, input: MessageInput) {
  const handedOverAt = attempt.now;
  const handOver = await input.post(text);
  if (handOver.is === 'refused') return { refused: handOver.reason };
  await attempt.submitting();
  return seenToArrive(attempt, before, text, handOver, handedOverAt);
}

/**
 * Waits for the transition that is the receipt. No draft of ours leaves the composer here, so that a turn that begins may
 * be somebody else's: only the echo of the text counts, and a part of it only where the program is known to have the text, or the
 * end of a long one came into sight.
 */
async function seenToArrive(
  attempt: Attempt,
  before: Look,
  text: string,
  handOver: Exclude<HandOver, { is: 'refused' }>,
  handedOverAt: number,
): Promise<Delivery> {
  const { nativeInput: input } = attempt.composerFacts;
  const endAt = attempt.now + arriveLimitMs + (input?.looksEveryMs ?? 0);
  const transition = new StabilityTimer(standsMs);
  let worked = false;
  for (;;) {
    const look = await attempt.look();
    if (look === null) return attempt.doubt(`the pane is gone after the text was handed to ${input?.name}`);
    if (!attempt.isRecipient(look.snapshot)) return attempt.doubt('another program runs in the pane now');
    const isKnown = handOver.is === 'taken' || cameOnScreen(before, look, text);
    const isOurs = isKnown && !attempt.humanSince(handedOverAt, look);
    worked ||= beganToWork(before, look);
    const change = submitted({ before, ready: before, isOurs, worked }, look, text, attempt.composerFacts);
    // the look before shows no draft of ours: text on that screen is older, and tells nothing
    const evidence = change === 'partly-echoed' ? change : null;
    if (change === 'composer-emptied-and-echoed') return attempt.acknowledge('echoed', look, text);
    transition.saw(evidence, look.snapshot);
    if (evidence !== null && transition.isOver) return attempt.acknowledge(evidence, look, text);
    if (attempt.now >= endAt) {
      const how = handOver.is === 'unknown' ? `may have the text (${handOver.reason})` : 'has the text';
      return attempt.doubt(`${input?.name} ${how}, and the screen does not show it`);
    }
    await attempt.drawsWithin(Math.min(lookEveryMs, transition.leftMs(attempt.now), endAt - attempt.now));
  }
}

async function putAndSubmit(attempt: Attempt, before: Look, text: string, input: DraftInput) {
  attempt.listen();
  const put = await input.put(text);
  if (put.is === 'refused') return { refused: put.reason };
  const shown = await awaitText(attempt, before, text, attempt.now + showLimitMs(text, attempt.composerFacts.settleMs));
  if (shown.is !== 'ready') return withoutEnter(attempt, shown, text);
  return submit(attempt, { before, ready: shown.look }, text, {
    rescues: 0,
    // what may have been submitted is not submitted again
    press: async () => ((await input.submit()).is === 'refused' ? 'held' : 'blind'),
  });
}
