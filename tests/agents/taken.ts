import type { ComposerFacts } from '../../bridge/core/composer.ts';

/**
 * What the model may be told of a text that was typed: the text, or what the agent program says that the agent makes of it.
 * @param failed the input before it, where that failed
 */
export function asTaken(
  typed: string,
  { changes }: Pick<ComposerFacts, 'changes'>,
  failed: string | null = null,
): readonly string[] {
  let text = typed;
  if (changes.tab !== undefined) text = text.replaceAll('\t', changes.tab);
  if (changes.form !== undefined) text = text.normalize(changes.form);
  if (changes.trims === true) text = text.trim();
  const taken = changes.mayAppend === undefined ? [text] : [text, text + changes.mayAppend];
  const { joinsFailed } = changes;
  if (failed === null || joinsFailed === undefined) return taken;
  return [...taken, ...taken.map((one) => failed + joinsFailed + one)];
}

/** What the model was told, without what the agent program says that the agent puts round a paste. */
export function unwrapped(told: string, { changes }: Pick<ComposerFacts, 'changes'>): string {
  const { wrapped } = changes;
  return (wrapped === undefined ? undefined : new RegExp(wrapped, 'u').exec(told)?.groups?.text) ?? told;
}
