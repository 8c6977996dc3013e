import type { Dialog, DialogOption } from '../../bridge/core/reading.ts';
import { makeDialog } from '../../bridge/screen/dialog.ts';

/** As codex 0.169.0 asks for a command. */
export const codexOptions: readonly DialogOption[] = [
  { label: 'Yes, proceed', key: 'y', isHighlighted: true },
  { label: "Yes, and don't ask again for commands that start with `npm test`", key: 'p', isHighlighted: false },
  { label: 'No, and tell Codex what to do differently', key: 'Escape', isHighlighted: false },
];

export function commandDialog(text: string, isWhole = true, options = codexOptions): Dialog {
  return makeDialog({
    kind: 'approval',
    question: 'Would you like to run the following command?',
    subject: { is: 'command', text, isWhole },
    options,
  });
}
