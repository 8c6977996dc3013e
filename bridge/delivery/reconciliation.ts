import { isTyped } from '../core/delivery-machine.ts';
import type { Delivery } from '../core/envelope.ts';
import { mayComeToRest } from '../core/reading.ts';
import type { Attempt, FreshLook } from './attempt.ts';
import { echoOf } from './echo.ts';
import { composerHolds, isWhole } from './evidence.ts';
import { reconcileCommand } from './run-command.ts';
import { submit } from './submit.ts';
import { isAnotherTurn } from './turn-fingerprint.ts';
import { visibleTextFor } from './visible-text.ts';

/** How long the screen is given to tell; afterwards the delivery comes back as it is, to be asked about again. */
const limitMs = 2_000;
const lookEveryMs = 50;
/** Without a mark of the turn before it, only an echo this long cannot be an older, equal input. */
const tellingLength = 40;

/**
 * What became of a delivery that was typed, or submitted, when a bridge ended. Its body is never typed again. Enter is
 * pressed once where it is certain that nobody pressed it: the state is `typed`, or the tmux server says that it was not; the
 * composer holds the text and nothing else, the turn that asked has not passed, and the guard has no other reason to hold.
 */
export async function reconcile(attempt: Attempt): Promise<Delivery> {
  if (attempt.delivery.envelope.kind === 'command') return reconcileCommand(attempt);
  const prepared = attempt.prepare();
  if (prepared.is === 'refused') return attempt.doubt(prepared.reason);
  const { text } = prepared;
  const endAt = attempt.now + limitMs;
  let last: Sign | null = null;
  for (;;) {
    const look = await attempt.look();
    if (look === null) return attempt.doubt('the pane is gone');
    if (!attempt.isRecipient(look.snapshot)) return attempt.doubt('another program runs in the pane now');
    const sign = signOf(attempt, look, text);
    if (sign === 'no-trace' && mayStillLook(attempt)) return attempt.delivery;
    // one frame may be half drawn
    if (sign !== null && sign === last) return settle(attempt, sign, look, text);
    last = sign;
    if (attempt.now >= endAt) return attempt.delivery;
    await attempt.drawsWithin(lookEveryMs);
  }
}

/** A text that lies at a native input is seen only once the program has looked there. */
function mayStillLook({ delivery: { state }, inputMethod, composerFacts, now }: Attempt): boolean {
  if (inputMethod.via !== 'native' || !isTyped(state)) return false;
  return now < state.at + (composerFacts.nativeInput?.looksEveryMs ?? 0) + limitMs;
}

type Sign = 'echoed' | 'in-composer' | 'partly-seen' | 'with-more' | 'no-trace';

function signOf(attempt: Attempt, look: FreshLook, text: string): Sign | null {
  const { composerFacts, delivery } = attempt;
  const { reading } = look;
  const holding = composerHolds(reading, look.snapshot, text, composerFacts);
  if (isWhole(holding)) return holding === 'all' ? 'in-composer' : 'partly-seen';
  if (holding === 'more' || holding === 'part') return 'with-more';
  if (isNewEcho(attempt, look, text)) return 'echoed';
  if (reading.state === 'idle' && reading.composer.is !== 'absent') return 'no-trace';
  const { force, allowShell } = delivery.options;
  return reading.composer.is === 'absent' && (force || allowShell) ? 'no-trace' : null;
}

function isNewEcho(attempt: Attempt, look: FreshLook, text: string): boolean {
  const { state } = attempt.delivery;
  const input = look.reading.turn.inputs.at(-1);
  const echo = input === undefined ? null : echoOf(input, text, attempt.composerFacts);
  if (echo === null || !isTyped(state)) return false;
  const isTelling = visibleTextFor(text)(text).length >= tellingLength;
  if (echo === 'part' && (!isTelling || humanSince(attempt, state.at, look))) return false;
  const { turnBefore = noMark } = state;
  return turnBefore === noMark ? echo === 'whole' && isTelling : isAnotherTurn(turnBefore, look.reading);
}

/** Of an instant that is still to come nothing is known but that the clock was set back since: any key may lie after it. */
function humanSince(attempt: Attempt, at: number, look: FreshLook): boolean {
  return attempt.humanSince(at > attempt.now ? Number.NEGATIVE_INFINITY : at, look);
}

/** No turn was to be seen before: what is seen now may be older. */
const noMark = ':';

async function settle(attempt: Attempt, sign: Sign, look: FreshLook, text: string): Promise<Delivery> {
  switch (sign) {
    case 'echoed':
      return attempt.acknowledge('echoed-before-a-restart', look, text);
    case 'no-trace': {
      const { via, door } = attempt.inputMethod;
      const where = via === 'native' ? `; it may still lie at its native input, ${door}` : '';
      return attempt.doubt(
        `the screen shows neither the text nor that it was submitted${where}${whatTmuxSays(attempt)}`,
      );
    }
    case 'with-more':
      return attempt.leave('the composer holds the text, but not exactly it');
    case 'partly-seen':
    case 'in-composer': {
      const { state } = attempt.delivery;
      if (!isTyped(state) || (state.is === 'submitted' && attempt.wasDone !== false))
        return attempt.leave(`the text is in the composer; ${enterInWords(attempt)}`);
      if (sign === 'partly-seen' && humanSince(attempt, state.at, look)) {
        return attempt.leave('somebody typed since, and not all of the text is to be seen');
      }
      if (look.reading.composer.is !== 'draft') return attempt.leave('the text is on the input line');
      const passed = attempt.whyPassed(look);
      if (passed !== null)
        return attempt.leave(`the text is in the composer, and the turn that asked has passed: ${passed}`);
      const verdict = attempt.verdictOn({ ...look, reading: { ...look.reading, composer: { is: 'empty' } } });
      // whoever has just come has seen nothing of how long it rests: that is asked again
      if (!verdict.pass && verdict.reason === 'unknown' && mayComeToRest(look.reading)) return attempt.delivery;
      if (!verdict.pass) return attempt.leave(`the text is in the composer: ${verdict.detail}`);
      return submit(attempt, { before: null, ready: look }, text);
    }
  }
}

function enterInWords({ wasDone }: Attempt): string {
  return wasDone === true ? 'Enter was pressed, and did not submit it' : 'whether Enter was pressed is not known';
}

/** What a screen without any trace leaves open. */
function whatTmuxSays({ wasDone, delivery: { state } }: Attempt): string {
  if (wasDone === null) return '';
  if (state.is === 'typed') return '; tmux has pasted it, and Enter was not pressed';
  return wasDone ? '; tmux has pressed Enter' : '; tmux has not pressed Enter';
}
