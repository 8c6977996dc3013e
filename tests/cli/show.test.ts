import { expect, test } from 'vitest';
import { viewOf } from '../../bridge/api/views.ts';
import { render } from '../../bridge/cli/show.ts';
import { approvalIn } from '../../bridge/core/approval.ts';
import { makeDialog } from '../../bridge/screen/dialog.ts';
import { sampleRequest } from '../journal/samples.ts';

const options = [{ label: 'Trust and continue', key: null, isHighlighted: true }];
const shown = (dialog: ReturnType<typeof makeDialog>) => {
  const { text, kind } = approvalIn(dialog);
  const context = '\n  Folder access\n  /home/me/shop\n\n\n  Trust this folder?\n# a heading\n\n';
  return render(viewOf(sampleRequest('a', { text, kind, dialog, context }), null));
};

test('of a dialog that does not say of what it is, the screen is shown: the folder that is to be trusted', () => {
  expect(shown(makeDialog({ kind: 'trust', question: 'Folder access', options }))).toContain(
    'on its screen\n    Folder access\n    /home/me/shop\n\n    Trust this folder?\n  # a heading',
  );
  const cut = { is: 'command', text: 'rm -rf bu…', isWhole: false } as const;
  expect(shown(makeDialog({ kind: 'approval', question: 'Run this?', subject: cut, options }))).toContain('/home/me');
});

test('one that says it whole needs no screen', () => {
  const subject = { is: 'command', text: 'npm test', isWhole: true } as const;
  expect(shown(makeDialog({ kind: 'approval', question: 'Run this?', subject, options }))).not.toContain('/home/me');
});
