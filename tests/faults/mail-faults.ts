import type { When } from './crash-faults.ts';
import type { Seeded } from './seeded.ts';

/** What is done while something dies. */
export type Writing =
  /** a person writes to one: a line, or several of them, which are a doorbell */
  | 'text'
  | 'letter'
  /** to several at once */
  | 'circular'
  /** an agent's own command writes */
  | 'agent'
  | 'reply'
  | 'post'
  /** in a thread whose file somebody deletes or edits meanwhile */
  | 'tampered'
  /** the same twice, under one key */
  | 'keyed'
  /** and the recipient says that it knows it */
  | 'acked'
  /** to one whose pane is closed, and it is over before the pane is back */
  | 'expiring'
  /** to one at work, and takes it back */
  | 'unsend'
  /** to one whose pane is closed, and comes back */
  | 'offline';

/** One thing that dies, and where. */
export type MailFault =
  /** the bridge dies at the next commit that appends such an event */
  | { readonly is: 'daemon-at'; readonly step: string; readonly when: When }
  | { readonly is: 'daemon-after'; readonly ms: number }
  /** its successor dies too, at its n-th commit */
  | { readonly is: 'daemon-again'; readonly step: number; readonly when: When; readonly ms: number }
  /** the command of the one who writes is killed there, or while no bridge lives at a commit of its own */
  | { readonly is: 'sender-at'; readonly step: string; readonly when: When }
  | { readonly is: 'sender-after'; readonly ms: number }
  | { readonly is: 'sender-alone'; readonly step: string; readonly when: When }
  /** the command that reads is killed there */
  | { readonly is: 'reader-at'; readonly step: string; readonly when: When }
  | { readonly is: 'reader-after'; readonly ms: number }
  /** the pane closes there, of a recipient or of an agent that writes; or its program is killed, and its shell is left */
  | { readonly is: 'pane-at' | 'agent-at'; readonly step: string; readonly when: When }
  /** the tmux server of a recipient dies there, alone or with the bridge */
  | { readonly is: 'tmux-at' | 'both-at'; readonly step: string; readonly when: When };

/** The steps of a message's life in the journal, as events name them; `memory` is a commit without an event. */
const life: readonly string[] = [
  'memory',
  'message-sent',
  'message-offered',
  'delivery-claimed',
  'delivery-typed',
  'delivery-submitted',
  'delivery-acknowledged',
  'message-submitted',
  'message-read',
  'message-withdrawn',
  'message-expired',
];
const typing = life.slice(2, 8);
/** What a command writes itself where no bridge lives. */
const alone = ['message-sent', 'message-read', 'memory'];
/** As long as a message's life takes here, and some more. */
const lifeMs = 900;
const commitsAgain = 8;

export function mailFaultName(fault: MailFault): string {
  const at = 'step' in fault ? [fault.step, fault.when] : [];
  return [fault.is, ...at, ...('ms' in fault ? [fault.ms] : [])].join('-');
}

/** The fault of that name, as `mailFaultName` gave it; null for any other word. */
export function mailFaultNamed(name: string): MailFault | null {
  const after = /^(daemon|sender|reader)-after-(\d+)$/.exec(name);
  if (after !== null) return { is: `${after[1] as 'daemon'}-after`, ms: Number(after[2]) };
  const again = /^daemon-again-(\d+)-(before|after)-(\d+)$/.exec(name);
  if (again !== null)
    return { is: 'daemon-again', step: Number(again[1]), when: again[2] as When, ms: Number(again[3]) };
  const at = /^((?:daemon|sender|reader|pane|agent|tmux|both)-at|sender-alone)-(.+)-(before|after)$/.exec(name);
  return at === null ? null : { is: at[1] as 'daemon-at', step: at[2]!, when: at[3] as When };
}

/** So many faults: half of them deaths of the bridge, the rest those of senders, readers, panes and servers; shuffled. */
export function mailPlan(random: Seeded, count: number): MailFault[] {
  const [daemonAt, senderAt, aloneAt] = [placesIn(life), placesIn(life), placesIn(alone)];
  const [readerAt, paneAt, agentAt] = [placesIn(['message-read']), placesIn(typing), placesIn(typing)];
  const [tmuxAt, bothAt] = [placesIn(typing), placesIn(life)];
  const ms = () => random.between(0, lifeMs);
  const kinds: ReadonlyArray<() => MailFault> = [
    ...Array.from({ length: 6 }, () => () => ({ is: 'daemon-at', ...daemonAt() }) as const),
    () => ({ is: 'daemon-after', ms: ms() }),
    () => ({ is: 'daemon-again', step: random.between(1, commitsAgain), when: random.oneOf(whens), ms: ms() }),
    () => ({ is: 'sender-at', ...senderAt() }),
    () => ({ is: 'sender-after', ms: ms() }),
    () => ({ is: 'sender-alone', ...aloneAt() }),
    () => ({ is: 'reader-at', ...readerAt() }),
    () => ({ is: 'reader-after', ms: ms() }),
    () => ({ is: 'pane-at', ...paneAt() }),
    () => ({ is: 'pane-at', ...paneAt() }),
    () => ({ is: 'agent-at', ...agentAt() }),
    () => ({ is: 'tmux-at', ...tmuxAt() }),
    () => ({ is: 'both-at', ...bothAt() }),
  ];
  return random.shuffled(Array.from({ length: count }, (_, index) => kinds[index % kinds.length]!()));
}

const whens: readonly When[] = ['before', 'after'];

/** Each step before and after its commit, in turn. */
function placesIn(steps: readonly string[]): () => { step: string; when: When } {
  let next = 0;
  return () => {
    const place = next++ % (2 * steps.length);
    return { step: steps[place >> 1]!, when: whens[place % 2]! };
  };
}

/** What may be written so that this step comes. */
export function writingsFor(fault: MailFault): readonly Writing[] {
  const step = 'step' in fault ? fault.step : null;
  if (fault.is === 'reader-at' || fault.is === 'reader-after') return ['letter'];
  if (step === 'message-read') return ['letter', 'acked'];
  if (step === 'message-withdrawn') return ['unsend'];
  if (step === 'message-expired') return ['expiring'];
  if (fault.is === 'pane-at' || fault.is === 'agent-at') return ['text', 'letter', 'agent', 'circular', 'post'];
  return [
    'text',
    'text',
    'letter',
    'circular',
    'agent',
    'reply',
    'post',
    'tampered',
    'keyed',
    'acked',
    'unsend',
    'offline',
  ];
}
