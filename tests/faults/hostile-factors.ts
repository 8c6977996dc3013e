/**
 * What a hostile case is made of. The first value of each factor is the harmless one: a case is named by its others.
 * What the faults and moments mean is in `hostile-plan.ts`, and in `hostile-agent.mjs --help`.
 */
const faults = [
  'none',
  'dialog',
  'copy-mode',
  'resize',
  'prints',
  'busy',
  'streams',
  'title',
  'ghost',
  'redraws',
  'wipes',
  'stalls',
  'exits',
  'killed',
  'synchronized',
  'swapped',
  'other-bridge',
  'person-types',
  'person-submits',
  'person-clears',
  'person-scrolls',
] as const;

const moments = [
  'before-look',
  'before-paste',
  'paste-start',
  'paste-end',
  'shown',
  'before-enter',
  'enter',
  'entered',
  'after-enter',
  'random',
] as const;

export const factors = {
  style: ['codex', 'generic'],
  body: ['word', 'lines', 'long', 'wide', 'slash', 'yes', 'again'],
  lost: ['0', '1', '2', '3'],
  late: ['0', '120', '800', '2600'],
  paste: ['whole', 'pieces', 'drip', 'late', 'lost-one'],
  noise: ['none', 'prints', 'redraws', 'ghost'],
  fault: faults,
  at: moments,
  /** what happens just before a paste or an Enter: tmux has drawn it by then, or it is a race */
  drawn: ['settled', 'raced'],
  fault2: faults,
  at2: moments,
  turn: ['says', 'nothing', 'asks', 'works'],
  /** how long a delivery that is held may wait; meanwhile the dialog is denied and copy mode left */
  wait: ['0', '3000'],
} as const;

export type Factor = keyof typeof factors;
export type Fault = (typeof faults)[number];
export type Moment = (typeof moments)[number];
export type Choice = { readonly [F in Factor]: (typeof factors)[F][number] };

export interface Case extends Choice {
  /** everything random within the case comes from it; also names its texts */
  readonly salt: number;
}

export const factorNames = Object.keys(factors) as Factor[];

export const harmless = Object.fromEntries(factorNames.map((factor) => [factor, factors[factor][0]])) as Choice;

/** Only a person's own terminal can play these. */
export function needsPerson(one: Choice): boolean {
  return one.fault.startsWith('person-') || one.fault2.startsWith('person-');
}

/** `lost=1,fault=dialog,at=enter#4711`: the case as `--case` takes it. */
export function nameOf(one: Case): string {
  const parts = factorNames.filter((factor) => one[factor] !== harmless[factor]).map((f) => `${f}=${one[f]}`);
  return `${parts.join(',') || 'harmless'}#${one.salt}`;
}

/** `wipes,busy,prints`: the first of them with each of the others. */
export function faultsNamed(names: string): [Fault, Fault, ...Fault[]] {
  const named = names.split(',') as Fault[];
  const wrong = named.find((one) => !faults.includes(one) || one === 'none');
  if (wrong !== undefined || named.length < 2)
    throw new Error(`--pairs ${names}: ${wrong ?? 'it is two faults or more'}`);
  return named as [Fault, Fault, ...Fault[]];
}

export function caseNamed(name: string): Case {
  const [parts = '', salt = '1'] = name.split('#');
  const chosen: Record<string, string> = { ...harmless };
  for (const part of parts.split(',').filter((one) => one !== '' && one !== 'harmless')) {
    const [factor = '', value = ''] = part.split('=');
    const values: readonly string[] | undefined = factors[factor as Factor];
    if (values === undefined || !values.includes(value)) throw new Error(`--case ${name}: ${part}: there is no such`);
    chosen[factor] = value;
  }
  return { ...(chosen as Choice), salt: Number(salt) };
}
