import { listOptions, needsSubject, optionNamed } from '../core/choice.ts';
import type { DetectionKind } from '../core/detection.ts';
import { hasLookAlikes } from '../core/look-alikes.ts';
import { isCalled } from '../core/names.ts';
import type { Dialog, DialogKind } from '../core/reading.ts';
import { type FolderPattern, isFolder } from './folder-pattern.ts';
import { matches, type WordPattern } from './pattern.ts';
import { isWithin, type TimeWindow } from './time-window.ts';
import { isWholly, type WholePattern } from './whole-pattern.ts';

/** One line of `policy:` in bridge.yaml, checked. Absent conditions match everything; all that are given must match. */
export interface Rule {
  /** how people find it, where its number alone does not say: `policy rule 2 of shop/bridge.yaml` */
  readonly name?: string;
  readonly when: Conditions;
  readonly action:
    | { readonly is: 'answer'; readonly text: string }
    /** an option of the open dialog, by label, key or number */
    | { readonly is: 'choose'; readonly option: string }
    | { readonly is: 'controller' | 'human' | 'ignore' };
}

export interface Conditions {
  readonly kind?: DetectionKind;
  readonly agent?: string;
  readonly worker?: string;
  readonly text?: WordPattern;
  readonly dialog?: DialogKind;
  readonly command?: WholePattern;
  readonly path?: WholePattern;
  readonly repository?: FolderPattern;
  readonly time?: TimeWindow;
}

/** `rule` is the rule's index, counted from 0; null where no rule matched. */
export type PolicyDecision =
  | { readonly is: 'answer'; readonly text: string; readonly rule: number; readonly ruleName?: string }
  /** `option` is the label of exactly one option of the dialog, `key` what would choose it */
  | {
      readonly is: 'choose';
      readonly option: string;
      readonly key: string | null;
      readonly rule: number;
      readonly ruleName?: string;
    }
  | {
      readonly is: 'controller' | 'human' | 'ignore';
      readonly rule: number | null;
      readonly ruleName?: string;
      readonly why?: string;
    };

/** The rule that decided, as people find it. */
export function ruleInWords({ rule, ruleName }: Pick<PolicyDecision, 'rule' | 'ruleName'>): string | null {
  return rule === null ? null : (ruleName ?? `policy rule ${rule + 1}`);
}

export interface Subject {
  readonly kind: DetectionKind;
  readonly agent: string;
  readonly worker: string;
  readonly text: string;
  /** the dialog that is open, where that is what it is about */
  readonly dialog?: Dialog;
  /** absolute path of the worker's repository */
  readonly repository?: string;
}

/**
 * The first rule that matches decides. Without one it is `otherwise`, with `rule: null`. A pattern that could not be
 * tried to its end decides for the human: what it would have said is not known, nor whether a later rule may speak.
 * A dialog is decided by a rule that chooses in it, or by the human; no text is typed into it and no controller asked.
 * @param at now, for `when.time`
 */
export function decide(
  rules: readonly Rule[],
  subject: Subject,
  otherwise: 'controller' | 'human' = 'controller',
  at = 0,
): PolicyDecision {
  const { dialog } = subject;
  const isDialog = subject.kind === 'approval' || dialog !== undefined;
  const unread = isDialog ? humanOnlyReason(dialog) : null;
  if (unread !== null) return { is: 'human', rule: null, why: unread };
  for (const [index, rule] of rules.entries()) {
    const found = meets(rule.when, subject, at);
    if (found === 'undecided') {
      const why = `the pattern of ${nameOf(rule, index)} takes too long on this text`;
      return { is: 'human', rule: index, why, ...named(rule) };
    }
    if (found === 'no') continue;
    const decision = isDialog ? inDialog(rule, dialog!, index) : plainly(rule, index);
    if (decision !== null) return { ...decision, ...named(rule) };
  }
  if (isDialog) return { is: 'human', rule: null, why: 'it is a dialog, and no policy rule matches' };
  if (otherwise === 'controller' && unasked.includes(subject.kind)) {
    return {
      is: 'human',
      rule: null,
      why: `nobody asked: it is of the kind ${subject.kind}, and no policy rule matches`,
    };
  }
  return { is: otherwise, rule: null };
}

/** The human decides what is next, unless a rule sends it to a controller. */
const unasked: readonly DetectionKind[] = ['completion', 'error', 'stuck'];

/** Why only the human may decide in this dialog, whatever the rules say; null where a rule may, or a member that is let. */
export function humanOnlyReason(dialog: Dialog | undefined): string | null {
  if (dialog === undefined || dialog.options.length === 0) return 'it is a dialog that could not be read';
  if (!needsSubject(dialog)) return null;
  if (dialog.subject === null) return 'the dialog does not show what it would run or change';
  if (!dialog.subject.isWhole) return notWhole;
  return hasLookAlikes(dialog.subject.text) ? deceptive : null;
}

const notWhole =
  'what the dialog would run or change is not all known: it is cut, wrapped, or among rows that nothing accounts for';
const deceptive =
  'what the dialog would run or change has characters that cannot be seen or told from others: shown as escapes, \\u{…}';

function plainly({ action }: Rule, rule: number): PolicyDecision | null {
  if (action.is === 'answer') return { is: 'answer', text: action.text, rule };
  // a rule that chooses speaks of dialogs only
  return action.is === 'choose' ? null : { is: action.is, rule };
}

function named({ name }: Rule): { ruleName?: string } {
  return name === undefined ? {} : { ruleName: name };
}

function nameOf({ name }: Rule, index: number): string {
  return name ?? `policy rule ${index + 1}`;
}

function inDialog(one: Rule, dialog: Dialog, rule: number): PolicyDecision | null {
  const { when, action } = one;
  const name = nameOf(one, rule);
  const human = (why: string): PolicyDecision => ({ is: 'human', rule, why });
  switch (action.is) {
    case 'human':
    case 'ignore':
      return { is: action.is, rule };
    case 'controller':
      return human(`${name} names the controller, and none is asked about a dialog`);
    case 'answer':
      return human(`${name} has a text, and none is typed into a dialog`);
    case 'choose': {
      // `kind: approval` is what every dialog is detected as; what is neither a command nor a file must be named itself
      if (!needsSubject(dialog) && when.dialog !== dialog.kind) return null;
      const option = optionNamed(dialog, action.option);
      if (option !== null) return { is: 'choose', option: option.label, key: option.key, rule };
      return human(`${name} chooses ${JSON.stringify(action.option)}, and the options are ${listOptions(dialog)}`);
    }
  }
}

function meets(when: Conditions, subject: Subject, at: number): 'yes' | 'no' | 'undecided' {
  const { dialog, repository } = subject;
  if (when.kind !== undefined && when.kind !== subject.kind) return 'no';
  if (when.agent !== undefined && when.agent !== subject.agent) return 'no';
  if (when.worker !== undefined && !isCalled(subject.worker, when.worker)) return 'no';
  if (when.dialog !== undefined && when.dialog !== dialog?.kind) return 'no';
  if (when.time !== undefined && !isWithin(when.time, at)) return 'no';
  const tries = [
    when.repository && (() => (repository === undefined ? 'no' : isFolder(when.repository!, repository))),
    when.command && (() => names(when.command!, dialog, 'command')),
    when.path && (() => names(when.path!, dialog, 'file')),
    when.text && (() => matches(when.text!, subject.text)),
  ];
  for (const attempt of tries) {
    const found = attempt ? attempt() : 'yes';
    if (found !== 'yes') return found;
  }
  return 'yes';
}

function names(pattern: WholePattern, dialog: Dialog | undefined, is: 'command' | 'file') {
  const subject = dialog?.subject;
  if (subject?.is !== is || !subject.isWhole) return 'no';
  // `src/.*` would reach out of src
  if (is === 'file' && subject.text.split('/').includes('..')) return 'no';
  return isWholly(pattern, subject.text);
}
