import { listOptions, optionNamed } from '../core/choice.ts';
import { type Answer, doubtOf, type Request } from '../core/request.ts';

/** The answer that this transition gave; null where it gave none. */
export function newAnswer(before: Request, { state }: Request): Answer | null {
  if (before.state.is === 'answered' && state.is !== 'answered') return null;
  if (state.is === 'answered')
    return 'answer' in before.state && before.state.answer === state.answer ? null : state.answer;
  // to `bridge ask`, which prints it at once; one in doubt was counted when it was given
  return state.is === 'settled' && before.state.is !== 'delivered' && !doubtOf(before) ? state.answer : null;
}

/**
 * The label of the option that an answer to a dialog means, or why it means none. Null where the request is about no
 * dialog, and any text will do.
 */
export function meant({ dialog, kind }: Request, text: string): string | { readonly fault: string } | null {
  if (dialog === undefined) {
    return kind === 'approval' ? { fault: 'it is a dialog that could not be read: answer it in the pane' } : null;
  }
  const option = optionNamed(dialog, text);
  return (
    option?.label ?? {
      fault: `no text is typed into a dialog; expected one of its options: ${listOptions(dialog)}`,
    }
  );
}
