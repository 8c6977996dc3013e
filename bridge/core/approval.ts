import { listOptions } from './choice.ts';
import type { Detection } from './detection.ts';
import { withEscapes } from './look-alikes.ts';
import type { Dialog } from './reading.ts';

/** What an open dialog asks: the same for a request of a worker and for a recorded screen that a policy is tried on. */
export function approvalIn(dialog: Dialog): Detection {
  return { kind: 'approval', text: textOf(dialog), attributes: {}, truncated: false, dialog };
}

/** What cannot be read has no question, or no options. */
export function isReadable({ question, options }: Dialog): boolean {
  return question !== '' && options.length > 0;
}

function textOf(dialog: Dialog): string {
  if (!isReadable(dialog)) return 'A dialog is open that could not be read.';
  const subject = dialog.subject && `${dialog.subject.is === 'command' ? '$ ' : ''}${dialog.subject.text}`;
  return [dialog.question, ...(subject ? [withEscapes(subject)] : []), listOptions(dialog)].join('\n');
}
