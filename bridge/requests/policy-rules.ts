import { isBlank } from '../core/cleaning.ts';
import type { DetectionKind } from '../core/detection.ts';
import type { DialogKind } from '../core/reading.ts';
import { readFolderPattern } from './folder-pattern.ts';
import { readPattern } from './pattern.ts';
import type { Conditions, Rule } from './policy.ts';
import { readTimeWindow } from './time-window.ts';
import { readWholePattern } from './whole-pattern.ts';

export interface PolicyError {
  /** index of the rule, counted from 0; also 0 when `policy` itself is wrong */
  readonly rule: number;
  /** `when.text`, `answer`, …; empty when the rule as a whole is wrong */
  readonly key: string;
  readonly reason: string;
}

export type ParsedPolicy = { readonly rules: readonly Rule[] } | { readonly errors: readonly PolicyError[] };

const kinds: readonly DetectionKind[] = ['request', 'question', 'approval', 'completion', 'error', 'stuck'];
const dialogs: readonly DialogKind[] = ['approval', 'edit', 'trust', 'login', 'update', 'choice', 'plan', 'other'];
const destinations = ['controller', 'human', 'ignore'] as const;
/** What is typed for a rule is a sentence or two; more is a mistake in the file. */
const longestAnswer = 10_000;

type Fault = (key: string, reason: string) => void;

/** How each condition is written: what it becomes, or what is wrong with it. */
const conditions: { readonly [Key in keyof Conditions]-?: (text: string) => Conditions[Key] | { fault: string } } = {
  kind: oneOf(kinds),
  agent: (text) => text,
  worker: (text) => text,
  text: readPattern,
  dialog: oneOf(dialogs),
  command: readWholePattern,
  path: readWholePattern,
  repository: readFolderPattern,
  time: readTimeWindow,
};

/** Checks the rules of `policy:` as the YAML parser left them. Every fault is named, not only the first. */
export function parsePolicy(given: unknown): ParsedPolicy {
  if (given === undefined || given === null) return { rules: [] };
  if (!Array.isArray(given)) return { errors: [{ rule: 0, key: '', reason: 'policy is not a list of rules' }] };
  const rules: Rule[] = [];
  const errors: PolicyError[] = [];
  given.forEach((rule: unknown, index) => {
    const fault = (key: string, reason: string) => {
      errors.push({ rule: index, key, reason });
    };
    const when = readWhen(rule, fault);
    const action = readAction(rule, fault);
    if (when && action && isExplicit(when, action, fault)) rules.push({ when, action });
  });
  return errors.length > 0 ? { errors } : { rules };
}

function readWhen(rule: unknown, fault: Fault): Conditions | null {
  if (!isMap(rule)) return null;
  const given = rule.when;
  if (given === undefined || given === null) return {};
  const known = Object.keys(conditions);
  if (!isMap(given)) {
    fault('when', `is not a map of ${known.join(', ')}`);
    return null;
  }
  const when: Record<string, unknown> = {};
  let sound = true;
  const wrong = (key: string, reason: string) => {
    sound = false;
    fault(`when.${key}`, reason);
  };
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(conditions, key)) wrong(key, `unknown condition; expected one of ${known.join(', ')}`);
    else if (typeof value !== 'string') wrong(key, 'is not a text; put it in quotes');
    else {
      const read = conditions[key as keyof Conditions](value);
      if (isMap(read) && typeof read.fault === 'string') wrong(key, read.fault);
      else when[key] = read;
    }
  }
  return sound ? when : null;
}

function readAction(rule: unknown, fault: Fault): Rule['action'] | null {
  if (!isMap(rule)) {
    fault('', 'is not a rule of when, and answer, choose or then');
    return null;
  }
  for (const key of Object.keys(rule)) {
    if (!['when', 'answer', 'choose', 'then'].includes(key)) {
      fault(key, 'unknown key of a rule; expected one of when, answer, choose, then');
    }
  }
  const { answer, choose, then } = rule;
  if ([answer, choose, then].filter((given) => given !== undefined).length !== 1) {
    fault('', 'needs exactly one of `answer: text`, `choose: option` and `then: controller | human | ignore`');
    return null;
  }
  if (then !== undefined) {
    const is = destinations.find((known) => known === then);
    if (is) return { is };
    fault('then', `expected one of ${destinations.join(', ')}`);
    return null;
  }
  if (choose !== undefined) {
    const option = typeof choose === 'number' ? String(choose) : choose;
    if (typeof option === 'string' && option.trim() !== '') return { is: 'choose', option };
    fault('choose', 'is not the label, key or number of an option');
    return null;
  }
  if (typeof answer !== 'string') fault('answer', 'is not a text; put it in quotes');
  else if (isBlank(answer)) fault('answer', 'is empty');
  else if (answer.length > longestAnswer) fault('answer', `is longer than ${longestAnswer} characters`);
  else return { is: 'answer', text: answer };
  return null;
}

/** Nothing is approved by a rule that does not say of which dialog it speaks, and of which command or file. */
function isExplicit(when: Conditions, action: Rule['action'], fault: Fault): boolean {
  if (action.is !== 'choose') return true;
  if (when.dialog === undefined && when.kind !== 'approval') {
    fault('choose', 'needs `when.kind: approval` or `when.dialog`: it chooses in a dialog');
    return false;
  }
  if (when.dialog !== undefined && when.dialog !== 'approval' && when.dialog !== 'edit') return true;
  if (when.command !== undefined || when.path !== undefined) return true;
  fault('choose', 'needs `when.command` or `when.path`: an approval names the whole command or file, as ^npm test$');
  return false;
}

function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name | { fault: string } {
  return (text) => names.find((known) => known === text) ?? { fault: `expected one of ${names.join(', ')}` };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
