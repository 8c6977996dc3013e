import type { DeliveryOptions, HoldReason } from '../core/envelope.ts';
import { submits } from '../core/keys.ts';
import { type PaneIdentity, type Snapshot, sameAgent, samePane, synchronizedInWords } from '../core/pane.ts';
import { because, type Reading } from '../core/reading.ts';

export type Verdict =
  | { readonly pass: true }
  | { readonly pass: false; readonly reason: HoldReason; readonly detail: string };

/** A person who pressed a key this recently is at the keyboard of that pane. */
export const humanQuietMs = 2_000;
/** A person who scrolled up to read presses no keys; copy mode counts as forgotten only after this long. */
export const readingQuietMs = 30_000;

export interface Situation {
  /** null when the pane is gone */
  readonly snapshot: Snapshot | null;
  readonly reading: Reading | null;
  readonly recipient: PaneIdentity;
  readonly options: DeliveryOptions;
  /** `ComposerFacts.whileBusy` */
  readonly whileBusy?: string | undefined;
  readonly lastHumanKeyAt: number | null;
  readonly now: number;
}

/**
 * May this pane be typed into now? Safe is: the same agent, in the foreground, idle by positive evidence, its composer
 * empty, no dialog, nobody at the keys. `force` overrides busy, starting and unknown where an input line is seen: what has none
 * may be a dialog that nobody has words for (Copilot 1.0.102 and Kimi 2.1.0, read as `generic`, hide the cursor in theirs). Nothing
 * overrides the rest, except that `allowShell` permits a program that executes what is typed. A busy program whose turn a
 * submission would harm is not overridden either.
 */
export function guard(situation: Situation): Verdict {
  const { snapshot, reading, options } = situation;
  if (snapshot === null || reading === null) return held('gone', 'the pane is gone');
  const onPane = guardPane(snapshot, reading, situation);
  if (!onPane.pass) return onPane;
  if (reading.state === 'dialog' || reading.dialog !== null) {
    return held('dialog', reading.dialog?.question || because(reading));
  }
  if (reading.composer.is === 'draft') return held('draft', 'unsent draft in the prompt: submit it or clear it');
  if (atTheKeys(situation)) return held('human-active', 'somebody is typing');

  // with --allow-shell there is no agent whose state could be read
  if (executes(snapshot)) return { pass: true };
  if (reading.state === 'busy' && situation.whileBusy !== undefined)
    return held('busy', `${because(reading)}; ${situation.whileBusy}`);
  if (options.force && reading.composer.is === 'absent' && reading.state !== 'exited')
    return held('dialog', `no input line is to be seen, so that it may be a dialog: ${because(reading)}`);
  if (options.force) return { pass: true };
  if (reading.state === 'idle') {
    return reading.composer.is === 'empty' ? { pass: true } : held('unknown', 'its input line is not to be seen');
  }
  return held(reading.state === 'exited' ? 'gone' : reading.state, because(reading));
}

/**
 * May these keys be pressed now? Somebody named them, so a busy agent may be interrupted and a draft moved in; but what
 * submits a draft, or is pressed on a screen that is not understood, needs `force`, and a dialog is answered only by
 * keys that were meant for it.
 */
export function guardKeys(situation: Situation, keys: readonly string[], submitKey: string, dialog?: string): Verdict {
  const { snapshot, reading, options } = situation;
  if (snapshot === null || reading === null) return held('gone', 'the pane is gone');
  const onPane = guardPane(snapshot, reading, situation);
  if (!onPane.pass) return onPane;
  const isMeant = dialog !== undefined && reading.dialog?.fingerprint === dialog;
  if (!isMeant && (reading.state === 'dialog' || reading.dialog !== null)) {
    return held('dialog', `${reading.dialog?.question || because(reading)} (--in-dialog presses them there)`);
  }
  if (atTheKeys(situation)) return held('human-active', 'somebody is typing');
  if (isMeant || options.force || executes(snapshot)) return { pass: true };
  if (reading.composer.is === 'draft' && submits(keys, submitKey)) {
    return held('draft', 'the unsent draft in the prompt would be submitted; --force permits it');
  }
  if (reading.state === 'idle' || reading.state === 'busy') return { pass: true };
  return held(reading.state === 'exited' ? 'gone' : reading.state, because(reading));
}

/**
 * May whoever has read this pane, which is still as it was read, type there or press keys? A bare shell, a busy agent and a program
 * that nobody knows are what was read. A dialog, the draft of another and a screen that is not understood hold nevertheless.
 * @param act.keys the keys that are pressed; null for a text
 * @param act.isOwnDraft what stands in the composer is the reader's own
 * @param act.isUnknown nobody knows the program
 */
export function guardAsRead(
  situation: Situation,
  act: {
    readonly keys: readonly string[] | null;
    readonly submits: boolean;
    readonly isOwnDraft: boolean;
    readonly isUnknown: boolean;
    readonly dialog: string | undefined;
  },
): Verdict {
  const { snapshot, reading, whileBusy } = situation;
  if (snapshot === null || reading === null) return held('gone', 'the pane is gone');
  const onPane = guardPane(snapshot, reading, situation);
  if (!onPane.pass) return onPane;
  const isMeant = act.dialog !== undefined && reading.dialog?.fingerprint === act.dialog;
  if (!isMeant && (reading.state === 'dialog' || reading.dialog !== null)) {
    return held('dialog', reading.dialog?.question || because(reading));
  }
  if (reading.composer.is === 'draft' && !act.isOwnDraft) return held('draft', 'the draft in the prompt is not yours');
  if (atTheKeys(situation)) return held('human-active', 'somebody is typing');
  if (isMeant || executes(snapshot) || act.isUnknown) return { pass: true };
  if (act.submits && reading.state === 'busy' && whileBusy !== undefined)
    return held('busy', `${because(reading)}; ${whileBusy}`);
  const isUnderstood = reading.state === 'idle' || reading.state === 'busy';
  if (!isUnderstood) return held(reading.state === 'exited' ? 'gone' : reading.state, because(reading));
  return act.keys === null && reading.composer.is === 'absent'
    ? held('unknown', 'its input line is not to be seen')
    : { pass: true };
}

/** What holds for text and keys alike: the same agent, in the foreground, and a pane that takes input. */
function guardPane(snapshot: Snapshot, reading: Reading, { recipient, options }: Situation): Verdict {
  const { facts, identity, foreground } = snapshot;
  if (facts.dead) return held('gone', 'the program in the pane has ended');
  if (!samePane(identity, recipient)) return held('replaced', 'another pane has that id now');
  if (!sameAgent(identity, recipient)) return held('replaced', replacement(identity, recipient));
  if (facts.inputOff) return held('input-off', 'the pane takes no input (select-pane -d)');
  if (facts.synchronized) return held('synchronized', synchronizedInWords);
  if (facts.inMode) return held('copy-mode', 'the pane is in copy mode');

  if (executes(snapshot) && !options.allowShell) {
    const what = foreground === 'shell' ? 'a shell' : foreground === 'repl' ? 'a REPL' : 'a connection elsewhere';
    return held('shell', `${what} (${facts.command}) would execute the text; --allow-shell permits it`);
  }
  const ended = hasEnded({ snapshot, reading });
  return ended ? held('gone', 'the program in the pane has ended') : { pass: true };
}

function atTheKeys({ lastHumanKeyAt, now }: Situation): boolean {
  return lastHumanKeyAt !== null && now - lastHumanKeyAt < humanQuietMs;
}

/** A reader also reads a bare shell as `exited`: its agent has, and the shell has not. */
export function hasEnded({ snapshot, reading }: { readonly snapshot: Snapshot; readonly reading: Reading }): boolean {
  return snapshot.facts.dead || (reading.state === 'exited' && !executes(snapshot));
}

/** A shell, ssh, docker or a REPL would run what is typed. */
export function executes({ foreground }: Pick<Snapshot, 'foreground'>): boolean {
  return foreground === 'shell' || foreground === 'remote' || foreground === 'repl';
}

/** True when nobody seems to read in that copy mode any more, so that it may be left. */
export function mayLeaveMode({ lastHumanKeyAt, now }: Pick<Situation, 'lastHumanKeyAt' | 'now'>): boolean {
  return lastHumanKeyAt === null || now - lastHumanKeyAt >= readingQuietMs;
}

function replacement(now: PaneIdentity, meant: PaneIdentity): string {
  if (meant.agentPid === null) return 'a program was started there meanwhile';
  return now.agentPid === null ? 'the agent this was meant for has ended' : 'another agent runs there now';
}

function held(reason: HoldReason, detail: string): Verdict {
  return { pass: false, reason, detail };
}
