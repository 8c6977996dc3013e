import type { Manner } from '../../bridge/core/manner.ts';

/** What the model may be told of a text that was typed: the text, or what the profile says that the agent makes of it. */
export function asTaken(typed: string, { changes }: Pick<Manner, 'changes'>): readonly string[] {
  let text = typed;
  if (changes.tab !== undefined) text = text.replaceAll('\t', changes.tab);
  if (changes.trims === true) text = text.trim();
  return changes.mayAppend === undefined ? [text] : [text, text + changes.mayAppend];
}
