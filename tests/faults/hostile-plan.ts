import type { Case, Fault, Moment } from './hostile-factors.ts';
import { Seeded } from './seeded.ts';

/** One thing that the agent does: see `hostile-agent.mjs --help`. */
export type Act = Readonly<Record<string, unknown>>;

export const agentMoments = ['paste-start', 'paste-end', 'shown', 'enter', 'entered'] as const;
export type AgentMoment = (typeof agentMoments)[number];

/** A fault at its moment. `acts` are the agent's; without any it is done from outside: by tmux, or by a person. */
export interface TimedFault {
  readonly fault: Fault;
  readonly at: Moment;
  readonly acts: readonly Act[];
}

/** A case spelled out: what is sent, how the agent behaves, and what happens when. */
export interface Plan {
  readonly text: string;
  /** what the agent must be given, byte for byte */
  readonly expected: string;
  /** stands once in the text, and in no other case's */
  readonly token: string;
  readonly personsWord: string;
  /** what a second bridge sends, and the word in it that stands nowhere else */
  readonly others: { readonly text: string; readonly token: string };
  /** begins the command of every dialog of this case */
  readonly dialogWord: string;
  readonly habits: Act;
  readonly faults: readonly TimedFault[];
  readonly waitMs: number;
  /** between what is raced with and the paste or Enter, which may be the first of the two */
  readonly raceMs: number;
  /** after the paste, for the moment `random` */
  readonly randomMs: number;
}

export function planOf(one: Case): Plan {
  const random = new Seeded(one.salt);
  const token = `t${one.salt}t`;
  const dialogWord = `dlg${one.salt}`;
  const [raceMs, randomMs] = [random.next() * 4 - 2, random.next() * 900];
  // on a busy machine nobody sees a short turn
  const workMs = Math.round(500 + random.next() * 2_000);
  const text = bodies[one.body](token);
  const expected = one.style === 'codex' && one.body === 'slash' ? ` ${text}` : text;
  const faults = [
    { fault: one.fault, at: one.at, acts: actsOf(one.fault, `${dialogWord}a`, workMs) },
    { fault: one.fault2, at: one.at2, acts: actsOf(one.fault2, `${dialogWord}b`, workMs) },
  ].filter(({ fault }) => fault !== 'none');
  const isAgents = ({ at }: TimedFault) => (agentMoments as readonly string[]).includes(at);
  return {
    text,
    expected,
    token,
    dialogWord,
    personsWord: `hum${one.salt}`,
    others: { text: `Stop, and say why: o${one.salt}o`, token: `o${one.salt}o` },
    faults,
    habits: {
      lostEnters: Number(one.lost),
      lateEnterMs: Number(one.late),
      ...pasting[one.paste],
      noise: noises[one.noise],
      turn: turns[one.turn](`${dialogWord}t`),
      past: ['an earlier question', ...(one.body === 'again' ? [expected] : [])],
      at: faults.filter(isAgents).flatMap(({ at, acts }) => acts.map((act) => ({ at, act }))),
      call: faults.filter((fault) => isAgents(fault) && fault.acts.length === 0).map(({ at }) => ({ at })),
    },
    waitMs: Math.max(Number(one.wait), shortestWaitMs(one.style)),
    raceMs,
    randomMs,
  };
}

/** A program that tells nothing counts as waiting only when it has been quiet for a while. */
export function shortestWaitMs(style: Case['style']): number {
  return style === 'generic' ? 1500 : 0;
}

const bodies: Record<Case['body'], (token: string) => string> = {
  word: (token) => `Use SQLite ${token}`,
  lines: (token) => `First ${token} do this.\n\nThen, when it is done:\n  - one\n  - two\nand stop.`,
  long: (token) => `${token} ${'a long text goes on and on, '.repeat(55)}until it ends.`,
  wide: (token) => `Größe 漢字 👩‍👩‍👧 ${token} naïve — done`,
  slash: (token) => `/etc/hosts is the file ${token}`,
  yes: (token) => `yes, do that ${token}`,
  again: (token) => `Go on as before ${token}`,
};

const pasting: Record<Case['paste'], Act> = {
  whole: {},
  pieces: { pieces: { bytes: 24, everyMs: 15 } },
  drip: { drip: { characters: 40, everyMs: 25 } },
  late: { latePasteMs: 900 },
  'lost-one': { lostPastes: 1 },
};

const noises: Record<Case['noise'], Act | null> = {
  none: null,
  prints: { everyMs: 90, act: { note: 1 } },
  redraws: { everyMs: 130, act: { redraw: 1 } },
  ghost: { everyMs: 200, act: { ghost: 'Explain this codebase' } },
};

const turns: Record<Case['turn'], (command: string) => Act[]> = {
  says: () => [{ busy: 150 }, { say: 'Done: {first line}' }],
  nothing: () => [],
  asks: (command) => [{ dialog: command }],
  works: () => [{ busy: 1500 }, { say: 'That took a while.' }],
};

/** Empty for what is done from outside. */
function actsOf(fault: Fault, command: string, workMs: number): Act[] {
  switch (fault) {
    case 'dialog':
      return [{ dialog: command }];
    case 'prints':
      return [{ note: 3 }];
    case 'busy':
      return [{ busy: workMs }];
    case 'streams':
      return [{ stream: workMs }];
    case 'title':
      return [{ title: 'something else' }];
    case 'ghost':
      return [{ ghost: 'Summarize recent commits' }];
    case 'redraws':
      return [{ redraw: 3 }];
    case 'wipes':
      return [{ wipe: true }];
    case 'stalls':
      return [{ stall: 400 }];
    case 'exits':
      return [{ exit: 0 }];
    default:
      return [];
  }
}
