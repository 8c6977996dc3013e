import type { DetectionKind } from '../core/detection.ts';
import { matches, readPattern, type WordPattern } from './pattern.ts';

/** One line of `policy:` in bridge.yaml, checked. Absent conditions match everything; all that are given must match. */
export interface Rule {
  readonly when: {
    readonly kind?: DetectionKind;
    readonly agent?: string;
    readonly worker?: string;
    readonly text?: WordPattern;
  };
  readonly action:
    | { readonly is: 'answer'; readonly text: string }
    | { readonly is: 'controller' | 'human' | 'ignore' };
}

/** `rule` is the row's index, counted from 0; null where no row matched. */
export type PolicyDecision =
  | { readonly is: 'answer'; readonly text: string; readonly rule: number }
  | { readonly is: 'controller' | 'human' | 'ignore'; readonly rule: number | null; readonly why?: string };

export interface Subject {
  readonly kind: DetectionKind;
  readonly agent: string;
  readonly worker: string;
  readonly text: string;
}

export interface PolicyError {
  /** index of the row, counted from 0; also 0 when `policy` itself is wrong */
  readonly row: number;
  /** `when.text`, `answer`, …; empty when the row as a whole is wrong */
  readonly key: string;
  readonly reason: string;
}

export type ParsedPolicy = { readonly rules: readonly Rule[] } | { readonly errors: readonly PolicyError[] };

const kinds: readonly DetectionKind[] = ['request', 'question', 'approval', 'completion', 'error', 'stuck'];
const destinations = ['controller', 'human', 'ignore'] as const;
/** What is typed for a rule is a sentence or two; more is a mistake in the file. */
const longestAnswer = 10_000;

/** Checks the rows of `policy:` as the YAML parser left them. Every fault is named, not only the first. */
export function parsePolicy(rows: unknown): ParsedPolicy {
  if (rows === undefined || rows === null) return { rules: [] };
  if (!Array.isArray(rows)) return { errors: [{ row: 0, key: '', reason: 'policy is not a list of rows' }] };
  const rules: Rule[] = [];
  const errors: PolicyError[] = [];
  rows.forEach((row: unknown, index) => {
    const fault = (key: string, reason: string) => {
      errors.push({ row: index, key, reason });
    };
    const when = readWhen(row, fault);
    const action = readAction(row, fault);
    if (when && action) rules.push({ when, action });
  });
  return errors.length > 0 ? { errors } : { rules };
}

/**
 * The first row that matches decides. Without one it is `otherwise`, with `rule: null`. A pattern that could not be
 * tried to its end decides for the human: what it would have said is not known, nor whether a later row may speak.
 */
export function decide(
  rules: readonly Rule[],
  subject: Subject,
  otherwise: 'controller' | 'human' = 'controller',
): PolicyDecision {
  for (const [index, { when, action }] of rules.entries()) {
    if (when.kind !== undefined && when.kind !== subject.kind) continue;
    if (when.agent !== undefined && when.agent !== subject.agent) continue;
    if (when.worker !== undefined && when.worker !== subject.worker) continue;
    if (when.text !== undefined) {
      const found = matches(when.text, subject.text);
      if (found === 'undecided') {
        return { is: 'human', rule: index, why: `the pattern of policy row ${index + 1} takes too long on this text` };
      }
      if (found === 'no') continue;
    }
    return action.is === 'answer' ? { is: 'answer', text: action.text, rule: index } : { is: action.is, rule: index };
  }
  return { is: otherwise, rule: null };
}

type Fault = (key: string, reason: string) => void;

function readWhen(row: unknown, fault: Fault): Rule['when'] | null {
  if (!isMap(row)) return null;
  const given = row.when;
  if (given === undefined || given === null) return {};
  if (!isMap(given)) {
    fault('when', 'is not a map of kind, agent, worker and text');
    return null;
  }
  const when: { kind?: DetectionKind; agent?: string; worker?: string; text?: WordPattern } = {};
  let sound = true;
  const wrong = (key: string, reason: string) => {
    sound = false;
    fault(`when.${key}`, reason);
  };
  for (const [key, value] of Object.entries(given)) {
    if (!['kind', 'agent', 'worker', 'text'].includes(key))
      wrong(key, 'is not a condition: kind, agent, worker or text');
    else if (typeof value !== 'string') wrong(key, 'is not a text; put it in quotes');
    else if (key === 'agent' || key === 'worker') when[key] = value;
    else if (key === 'kind') {
      const kind = kinds.find((known) => known === value);
      if (kind) when.kind = kind;
      else wrong(key, `is not one of ${kinds.join(', ')}`);
    } else {
      const pattern = readPattern(value);
      if ('fault' in pattern) wrong(key, pattern.fault);
      else when.text = pattern;
    }
  }
  return sound ? when : null;
}

function readAction(row: unknown, fault: Fault): Rule['action'] | null {
  if (!isMap(row)) {
    fault('', 'is not a row of when, and answer or then');
    return null;
  }
  for (const key of Object.keys(row)) {
    if (!['when', 'answer', 'then'].includes(key)) fault(key, 'is not a key of a row: when, answer or then');
  }
  const { answer, then } = row;
  if ((answer === undefined) === (then === undefined)) {
    fault('', 'needs exactly one of `answer: text` and `then: controller | human | ignore`');
    return null;
  }
  if (then !== undefined) {
    const is = destinations.find((known) => known === then);
    if (is) return { is };
    fault('then', `is not one of ${destinations.join(', ')}`);
    return null;
  }
  if (typeof answer !== 'string') fault('answer', 'is not a text; put it in quotes');
  else if (answer.trim() === '') fault('answer', 'is empty');
  else if (answer.length > longestAnswer) fault('answer', `is longer than ${longestAnswer} characters`);
  else return { is: 'answer', text: answer };
  return null;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
