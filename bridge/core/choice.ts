import type { Dialog, DialogOption } from './reading.ts';

/**
 * The one option of a dialog that a person or a rule means: by its label, its key, or its number as shown or counted
 * from 1. Null where none is meant, or more than one.
 */
export function optionNamed(dialog: Dialog, name: string): DialogOption | null {
  const wanted = words(name);
  const meant = dialog.options.filter(
    ({ label, key }, index) => words(label) === wanted || isKey(key, wanted) || isNumber(dialog, index, wanted),
  );
  return meant.length === 1 ? meant[0]! : null;
}

/** What may be chosen, for people: `1. Yes, proceed (y) · 2. No (Escape)`. */
export function listOptions({ options }: Dialog): string {
  return options.map(({ label, key }, index) => `${index + 1}. ${label}${key ? ` (${key})` : ''}`).join(' · ');
}

/** A dialog whose command or file must be known before anybody but the human may decide. */
export function needsSubject({ kind }: Dialog): boolean {
  return kind === 'approval' || kind === 'edit';
}

function words(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function isKey(key: string | null, wanted: string): boolean {
  if (key === null) return false;
  return key === wanted || (key === 'Escape' && /^esc$/i.test(wanted));
}

/** Where the first options have scrolled out of sight, a position is not the number that the dialog shows. */
function isNumber({ options }: Dialog, index: number, wanted: string): boolean {
  if (String(index + 1) !== wanted) return false;
  const shown = options[index]!.key;
  return shown === null || !/^\d+$/.test(shown) || shown === wanted;
}
