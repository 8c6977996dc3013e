import type { DeliveryState } from '../../bridge/core/envelope.ts';
import type { Step } from './hostile-wire.ts';

/** What a person types before an Enter of his own. */
export const personsMark = '¶';

/** One line of the hostile agent's journal, in the order in which things happened to it. */
export interface Fact {
  /** monotonic milliseconds */
  readonly m: number;
  /** whose Enter this came of: a person's Enter follows a mark */
  readonly by?: 'bridge' | 'person';
  readonly bytes?: string;
  readonly paste?: string;
  readonly lost?: boolean;
  readonly typed?: string;
  readonly key?: string;
  readonly read?: string;
  readonly swallowed?: string;
  readonly input?: string;
  readonly dialog?: string;
  /** of a dialog: it was written to the terminal between this instant and `m` */
  readonly from?: number;
  readonly approved?: string;
  readonly denied?: string;
  readonly exited?: number | string;
  readonly act?: Readonly<Record<string, unknown>>;
}

/** A text that a bridge has sent, and what it says of it. */
export interface Sent {
  /** what the agent must be given, byte for byte */
  readonly expected: string;
  /** stands once in the text, and nowhere else */
  readonly token: string;
  /** `refused`: it was not even begun; `none`: no end within the time a case is given */
  readonly state: DeliveryState | { readonly is: 'refused' | 'none'; readonly reason: string };
  readonly endedAt: number;
  /** what that bridge typed */
  readonly steps: readonly Step[];
}

/** What a case came to: what the product says, what the program says, and what tmux said in each step that typed. */
export interface Played extends Sent {
  /** of a second bridge, where there was one */
  readonly other: Sent | null;
  readonly personsWord: string;
  readonly dialogWord: string;
  readonly facts: readonly Fact[];
  /** when the bridge had the first bytes of a dialog from tmux */
  readonly dialogHeardAt: number | null;
  /** what a program beside the agent's pane, or in its place, was made to read */
  readonly beside: string;
  readonly agentCommand: string;
  readonly executed: string;
  readonly shellScreen: string;
}

/** `harm`, `lost`, `doubled` and `untrue` must never be; the rest is counted and published. */
export type Finding =
  | { readonly is: 'harm' | 'lost' | 'doubled' | 'untrue'; readonly what: string }
  | {
      /**
       * false-alarm  submitted as it was sent, and the state does not say so
       * window       an Enter approved a dialog that the program had drawn, and tmux had not
       * type-ahead   an Enter approved a dialog that was opened after the Enter was on its way
       * joined       an Enter submitted a person's words with ours, which tmux had not drawn
       * spilled      what was typed to a living agent was read by the shell that it left
       */
      readonly is: 'false-alarm' | 'window' | 'type-ahead' | 'joined' | 'spilled';
      readonly what: string;
    };

export const never: readonly Finding['is'][] = ['harm', 'lost', 'doubled', 'untrue'];

export function findings(played: Played): Finding[] {
  return [
    ...sentIn(played).flatMap((sent) => [...ofState(sent, played.facts), ...ofCopies(sent, played.facts)]),
    ...ofSteps(played),
    ...ofEnters(played),
    ...ofShell(played),
    ...ofBeside(played),
  ];
}

function sentIn(played: Played): readonly Sent[] {
  return played.other === null ? [played] : [played, played.other];
}

/** Everything that any bridge typed, in the order in which tmux did it. */
function stepsIn(played: Played): Step[] {
  return sentIn(played)
    .flatMap(({ steps }) => steps)
    .sort((a, b) => a.doneAt - b.doneAt);
}

/** Whether the state that the delivery ended in is true. */
function ofState({ state, expected, endedAt, steps, token }: Sent, facts: readonly Fact[]): Finding[] {
  const submissions = facts.filter(({ input }) => input === expected);
  const before = submissions.filter(({ m }) => m <= endedAt);
  switch (state.is) {
    case 'acknowledged':
      return before.length > 0
        ? []
        : [{ is: 'lost', what: `acknowledged (${state.receipt.evidence}), never submitted` }];
    case 'typed-not-submitted':
    case 'uncertain':
      if (submissions.length === 0) return [];
      return [{ is: 'false-alarm', what: `${state.is}: ${state.reason}${before.length === 0 ? ' (later)' : ''}` }];
    case 'held':
    case 'failed':
    case 'cancelled':
    case 'expired':
    case 'refused': {
      const typed = facts.some((fact) => JSON.stringify([fact.paste, fact.typed, fact.swallowed]).includes(token));
      const pasted = steps.some(({ kind, said }) => kind === 'paste' && said === 'done');
      return typed || pasted ? [{ is: 'untrue', what: `${state.is}, and it was typed` }] : [];
    }
    default:
      return [{ is: 'lost', what: `no end: ${state.is}` }];
  }
}

/** The text never more than once: neither submitted, nor in the composer, which the program or a person may have emptied. */
function ofCopies({ token, expected }: Sent, facts: readonly Fact[]): Finding[] {
  const found: Finding[] = [];
  const inputs = facts.flatMap(({ input }) => (input?.includes(token) ? [input] : []));
  if (inputs.length > 1) found.push({ is: 'doubled', what: `submitted ${inputs.length} times` });
  const copies = inputs.some((input) => input !== expected && input.split(token).length > 2);
  if (copies) found.push({ is: 'doubled', what: 'submitted twice in one input' });
  const emptied = facts.findLastIndex(({ act, key }) => act?.wipe === true || key === 'C-u');
  const taken = facts.slice(emptied + 1).filter(({ paste, lost }) => !lost && paste?.includes(token)).length;
  if (taken > 1) found.push({ is: 'doubled', what: `${taken} times in the composer` });
  return found;
}

/** What tmux had drawn, and what ran, in each step that typed. */
function ofSteps(played: Played): Finding[] {
  const { agentCommand } = played;
  return stepsIn(played)
    .filter(({ said }) => said === 'done')
    .flatMap(({ kind, view }): Finding[] => {
      const found: Finding[] = [];
      if (view.dialog) found.push({ is: 'harm', what: `${kind} on a dialog that tmux had drawn` });
      if (view.inMode) found.push({ is: 'harm', what: `${kind} in copy mode` });
      if (view.command !== agentCommand) found.push({ is: 'harm', what: `${kind} into ${view.command}` });
      return found;
    });
}

/** What came of our Enters, the first the agent read being the first that tmux sent. */
function ofEnters(played: Played): Finding[] {
  const { facts, personsWord } = played;
  const texts = sentIn(played);
  const sent = stepsIn(played).filter(({ kind, said }) => kind === 'press' && said === 'done');
  const drawnAt = new Map(facts.flatMap(({ dialog, m }) => (dialog === undefined ? [] : [[dialog, m] as const])));
  // a paste has no CR: the first that arrived is the first that was read
  const arrivals = facts.flatMap(({ bytes = '', m }) => [...bytes].filter((one) => one === '\r').map(() => m));
  const found: Finding[] = [];
  let [read, ours] = [-1, -1];
  for (const fact of facts) {
    if (fact.read === 'Enter') read++;
    if (fact.read === 'Enter' && fact.by !== 'person') ours++;
    if (fact.by === 'person') continue;
    const step = sent[Math.max(0, ours)];
    const pressed = step && { ...step, arrivedAt: arrivals[read] ?? step.doneAt };
    if (fact.approved !== undefined) found.push(approval(fact, pressed, drawnAt.get(fact.approved)));
    const { input } = fact;
    if (input === undefined || texts.some(({ expected }) => expected === input)) continue;
    const drawn = step?.view.person === true;
    const whose = input.includes(personsWord) ? "a person's words" : 'something else';
    const withText = texts.some(({ token }) => input.includes(token));
    const what = `Enter submitted ${whose}${withText ? ' with the text' : ''}`;
    found.push(whose === 'something else' || drawn ? { is: 'harm', what } : { is: 'joined', what });
  }
  return found;
}

/** @param pressed an Enter that is in the program's hands already cannot be held back for what it draws then */
function approval({ approved }: Fact, pressed: (Step & { arrivedAt: number }) | undefined, drawnAt = 0): Finding {
  const what = `approved ${approved}`;
  if (pressed === undefined) return { is: 'harm', what: `${what} without an Enter of ours` };
  // the step itself is told of as harm above; this names what it did
  if (pressed.view.dialog) return { is: 'harm', what: `${what}, which tmux had drawn` };
  const sentBy = Math.min(pressed.doneAt, pressed.arrivedAt);
  return { is: drawnAt > sentBy ? 'type-ahead' : 'window', what };
}

/** A person's keys go where tmux brings them; ours go to the agent's pane and to no other. */
function ofBeside({ beside, personsWord }: Played): Finding[] {
  const ours = beside.replaceAll(new RegExp(`${personsWord}(${personsMark}\\r)?|\\x15`, 'g'), '');
  return ours === '' ? [] : [{ is: 'harm', what: `another pane was made to read ${JSON.stringify(ours)}` }];
}

function ofShell(played: Played): Finding[] {
  const { executed, shellScreen } = played;
  const isIn = (text: string) => sentIn(played).some(({ token }) => text.includes(token));
  if (isIn(executed)) return [{ is: 'spilled', what: `the shell executed ${JSON.stringify(executed)}` }];
  return isIn(shellScreen) ? [{ is: 'spilled', what: 'the shell shows it' }] : [];
}
