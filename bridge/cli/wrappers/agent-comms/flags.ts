import { Refusal } from '../refusal.ts';

/** What a command line of agent_comms says: its words, and its flags wherever they stand. */
export interface TakenFlags {
  readonly words: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  readonly project: string | null;
  readonly as: string | null;
  readonly session: string | null;
  readonly model: string | null;
  readonly role: string | null;
  readonly color: string | null;
  readonly desc: string | null;
  readonly revive: string | null;
  /** seconds: kept in a roster for the original, and not needed here */
  readonly enterDelay: number | null;
  /** 0: all */
  readonly last: number | null;
  readonly isQuiet: boolean;
  readonly isForced: boolean;
  readonly isAdding: boolean;
  /** it asks for what is done anyway */
  readonly isConfirmed: boolean;
  /** flags that mean nothing here */
  readonly passed: readonly string[];
}

const valued = ['from', 'to', 'project', 'as', 'session', 'model', 'role', 'color', 'desc', 'revive'] as const;

/** @throws Refusal (2) for a flag without its value, or one that there is not */
export function flagsOf(given: readonly string[]): TakenFlags {
  const values = new Map<string, string>();
  const [words, seen, passed]: [string[], Set<string>, string[]] = [[], new Set(), []];
  const rest = [...given];
  const valueFor = (flag: string, inside: string | undefined) => {
    const value = inside ?? rest.shift();
    if (value === undefined) throw new Refusal(`${flag} needs a value`, 2);
    return value;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name, inside] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (word === '--') words.push(...rest.splice(0));
    else if (word === '-q' || name === 'quiet') seen.add('quiet');
    else if (word === '-n') values.set('n', valueFor(word, undefined));
    else if (name === undefined) words.push(word);
    else if ((valued as readonly string[]).includes(name)) values.set(name, valueFor(word, inside));
    else if (name === 'force' || name === 'add') seen.add(name);
    else if (name === 'confirm') seen.add(name);
    else if (name === 'no-confirm') passed.push(word);
    else if (name === 'enter-delay') {
      values.set(name, valueFor(word, inside));
      passed.push('--enter-delay');
    } else throw new Refusal(`unknown flag --${name}`, 2);
  }
  const value = (name: string) => values.get(name) ?? null;
  const count = value('n');
  if (count !== null && !/^\d{1,9}$/.test(count)) throw new Refusal(`-n ${count}: expected a number`, 2);
  const delay = value('enter-delay');
  if (delay !== null && !/^\d{1,6}(\.\d+)?$/.test(delay))
    throw new Refusal(`--enter-delay ${delay}: expected seconds`, 2);
  return {
    words,
    from: value('from'),
    to: value('to'),
    project: value('project'),
    as: value('as'),
    session: value('session'),
    model: value('model'),
    role: value('role'),
    color: value('color'),
    desc: value('desc'),
    revive: value('revive'),
    enterDelay: delay === null ? null : Number(delay),
    last: count === null ? null : Number(count),
    isQuiet: seen.has('quiet'),
    isForced: seen.has('force'),
    isAdding: seen.has('add'),
    isConfirmed: seen.has('confirm'),
    passed,
  };
}
