import { expect, test } from 'vitest';
import { approvalIn } from '../../bridge/core/approval.ts';
import { makeDialog } from '../../bridge/screen/dialog.ts';

test('the words of a dialog stand as they are, and what it would run with escapes for what looks like something else', () => {
  const dialog = makeDialog({
    kind: 'approval',
    question: 'Run “this”?',
    subject: { is: 'command', text: 'npm t\u0435st \u2014fix', isWhole: true },
    options: [
      { label: 'Yes, and don\u2019t ask again\u2026', key: 'p', isHighlighted: false },
      { label: 'No \u2013 stop', key: null, isHighlighted: true },
    ],
  });
  expect(approvalIn(dialog).text).toBe(
    'Run “this”?\n$ npm t\\u{435}st \\u{2014}fix\n1. Yes, and don\u2019t ask again\u2026 (p) · 2. No \u2013 stop',
  );
});
