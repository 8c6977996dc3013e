import type { CommandFacts } from '../core/composer.ts';
import type { Delivery } from '../core/envelope.ts';
import { asCommand } from '../core/slash-command.ts';
import type { Attempt, FreshLook } from './attempt.ts';
import { awaitText, showLimitMs, withoutEnter } from './await-echo.ts';
import { conditionFor, dialogWordsSeen, rowsShowing } from './condition.ts';
import { composerHolds, isWhole, submitted } from './evidence.ts';
import { StabilityTimer } from './stability-timer.ts';
import { takeBack } from './take-back.ts';

/** A list of commands may open a little after the text is drawn. */
const listLimitMs = 3_000;
/** How long after Enter what the command does may take to be seen. */
const runLimitMs = 5_000;
/** A frame that is half drawn may show an empty composer; what refuses a command may put it back. */
const standsMs = 300;
/** A screen without a composer that stands so long is what the command opened, or nobody can tell. */
const pickerStandsMs = 1_500;
const lookEveryMs = 50;

/**
 * A slash command of the agent, in a pane whose lock is held: only where the agent rests with an empty composer.
 *
 *   guard ─► claimed and typed, paste ─► the composer shows it, and no list would choose another ─► submitted, Enter ─► it left
 *
 * What a command does is the program's own affair: it may print, clear the screen, open a list, and draw no echo. The
 * receipt says that it left the composer after the Enter in whose step it stood there, and no more.
 */
export async function runCommand(attempt: Attempt): Promise<Delivery> {
  const prepared = attempt.prepare();
  if (prepared.is === 'refused') return attempt.fail(prepared.reason);
  const { text } = prepared;
  const before = await attempt.look();
  const verdict = attempt.verdictOn(before);
  if (!verdict.pass) return attempt.hold(verdict.reason, verdict.detail);
  const words = dialogWordsSeen(before!, attempt.composerFacts);
  if (words !== null) return attempt.hold('dialog', `on the screen: ${words}`);

  const typedAt = attempt.now;
  await attempt.typing(before!, text);
  attempt.listen();
  const condition = conditionFor(before!, attempt.composerFacts, { rests: true });
  if ((await attempt.paste(text, condition, { bracketed: true })) === 'held') {
    const after = attempt.verdictOn(await attempt.look());
    const detail = 'tmux held the command back: the screen was not as it had been a moment before';
    return after.pass ? attempt.hold('unknown', detail) : attempt.hold(after.reason, after.detail);
  }
  return pressEnter(attempt, before!, text, typedAt);
}

/** Enter belongs to a person after a restart: whoever sent the command is not there any more to want it. */
export async function reconcileCommand(attempt: Attempt): Promise<Delivery> {
  const prepared = attempt.prepare();
  const look = await attempt.look();
  const holding =
    look === null || prepared.is === 'refused' || look.reading.composer.is !== 'draft'
      ? 'no'
      : composerHolds(look.reading, look.snapshot, prepared.text, attempt.composerFacts);
  return isWhole(holding)
    ? attempt.leave('Enter is not pressed after a restart; it still stands in the composer: clear it in the pane')
    : attempt.doubt('whether the command ran before the restart is not known');
}

/** One Enter, in the step in which tmux sees the command stand in the composer; held back, it is tried again at rest. */
async function pressEnter(attempt: Attempt, before: FreshLook, text: string, typedAt: number): Promise<Delivery> {
  const withhold = (reason: string) =>
    takeBack(attempt, { text, reason: `${reason}; Enter was not pressed`, typedAt, entered: null });
  const endAt = attempt.now + showLimitMs(text, attempt.composerFacts.settleMs);
  let from = before;
  for (;;) {
    const shown = await awaitText(attempt, from, text, endAt);
    if (shown.is === 'withheld') return withhold(shown.reason);
    if (shown.is !== 'ready') return withoutEnter(attempt, shown, text);
    const listed = await awaitList(attempt, shown.look, text);
    if ('wrong' in listed) return withhold(listed.wrong);
    const ready = listed.look;
    const ours = rowsShowing(ready, text, attempt.composerFacts);
    if (ours.length === 0) return withhold('its row cannot be told from others');

    if (attempt.delivery.state.is === 'typed') await attempt.submitting();
    const pressedAt = attempt.now;
    attempt.listen();
    const condition = conditionFor(ready, attempt.composerFacts, { rests: true, ours: [...ours, ...listed.rows] });
    const pressed = await attempt.press(attempt.composerFacts.submitKey, condition);
    if (pressed === 'done') return confirm(attempt, { before, ready, text, typedAt, pressedAt });
    if (attempt.now >= endAt) return withhold('tmux held Enter back: the screen does not rest');
    from = ready;
  }
}

type Listed = { readonly look: FreshLook; readonly rows: ReturnType<typeof rowsShowing> } | { readonly wrong: string };

/**
 * Waits until the program's list of commands, from which Enter would choose, begins with this very one. A name that it does
 * not list is no command of its; behind a name no list need be open.
 */
async function awaitList(attempt: Attempt, ready: FreshLook, text: string): Promise<Listed> {
  const { listed } = attempt.composerFacts.commands as CommandFacts;
  if (listed === undefined) return { look: ready, rows: [] };
  const { name, words } = asCommand(text)!;
  const meant = words === '' ? name : words.split(/\s+/).at(-1)!;
  const endAt = attempt.now + listLimitMs;
  let look = ready;
  for (;;) {
    const first = firstListed(look, listed);
    if (first?.name === meant) return { look, rows: rowsShowing(look, first.row, attempt.composerFacts) };
    if (first === null && words !== '') return { look, rows: [] };
    if (attempt.now >= endAt) return { wrong: whyNot(attempt.composerFacts.agent, text, first?.name ?? null) };
    await attempt.drawsWithin(lookEveryMs);
    const next = await attempt.look();
    if (next === null) return { wrong: 'the pane is gone' };
    const obstacle = attempt.obstacle(next);
    if (obstacle !== null) return { wrong: obstacle };
    if (!isWhole(composerHolds(next.reading, next.snapshot, text, attempt.composerFacts)))
      return { wrong: 'the composer does not hold the command any more' };
    look = next;
  }
}

function whyNot(agent: string, text: string, first: string | null): string {
  return first === null
    ? `${agent} lists no command ${text}, and would take it for prose`
    : `from the list that it opened ${agent} would choose "${first}", not ${text}`;
}

/** The first row of the list, which stands below the cursor. */
function firstListed({ snapshot }: FreshLook, listed: string): { readonly name: string; readonly row: string } | null {
  const pattern = new RegExp(listed);
  for (const { text } of snapshot.rows.slice(snapshot.cursorRow + 1)) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return { name, row: text };
  }
  return null;
}

interface Entered {
  readonly before: FreshLook;
  readonly ready: FreshLook;
  readonly text: string;
  readonly typedAt: number;
  readonly pressedAt: number;
}

async function confirm(attempt: Attempt, { before, ready, text, typedAt, pressedAt }: Entered): Promise<Delivery> {
  const endAt = attempt.now + runLimitMs;
  const left = new StabilityTimer(standsMs);
  const hidden = new StabilityTimer(pickerStandsMs);
  for (;;) {
    const look = await attempt.look();
    if (look === null) return attempt.doubt('the pane is gone after Enter');
    if (!attempt.isRecipient(look.snapshot)) return attempt.doubt('the agent has ended after Enter');
    const { reading, snapshot } = look;
    if (attempt.humanSince(pressedAt, look)) {
      return attempt.doubt('somebody pressed a key after Enter, so that what is seen may be theirs');
    }
    const evidence = evidenceOf(look);
    left.saw(evidence, snapshot);
    if (evidence !== null && left.isOver) {
      const moment = { before, ready, isOurs: true, worked: false };
      const echo = attempt.composerFacts.commands?.echoes ? null : submitted(moment, look, text, attempt.composerFacts);
      return echo === null
        ? attempt.acknowledge(evidence, look, text)
        : attempt.doubt(`${attempt.composerFacts.agent} shows it among the inputs: it seems not to know that command`);
    }
    const holding = composerHolds(reading, snapshot, text, attempt.composerFacts);
    // a list of its own is read as another draft, where it stands in the composer's place
    const isHidden = evidence === null && (reading.composer.is === 'absent' || holding === 'other');
    hidden.saw(isHidden ? 'hidden' : null, snapshot);
    const { now } = attempt;
    if (hidden.isOver || (isHidden && now >= endAt)) {
      return attempt.doubt('Enter was pressed, and the command is not to be seen since: it may have opened a list');
    }
    if (now >= endAt) {
      return isWhole(holding)
        ? takeBack(attempt, {
            text,
            reason: 'the agent does not know the command, or refuses it now',
            typedAt,
            entered: ready,
          })
        : attempt.doubt('Enter was pressed, and the screen does not tell what became of the command');
    }
    await attempt.drawsWithin(Math.min(lookEveryMs, left.leftMs(now), endAt - now));
  }
}

/** What tells that the command is not in the composer any more. */
function evidenceOf({ reading }: FreshLook): 'composer-emptied' | 'dialog-opened' | null {
  if (reading.state === 'dialog' || reading.dialog !== null) return 'dialog-opened';
  return reading.composer.is === 'empty' ? 'composer-emptied' : null;
}
