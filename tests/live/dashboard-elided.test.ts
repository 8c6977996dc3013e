import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, enter, openBrowser } from '../fixtures/browser.ts';
import { sampleRequest } from '../journal/samples.ts';
import { bridge, eachHubTestStarts, hub } from './hub-fixture.ts';

/** A dialog of which the agent shows a part only. */

eachHubTestStarts();

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => browser?.close());

describe.skipIf(chromiumPath === null)('in a browser', () => {
  test.each([
    ['is elided: the page says so, and nothing can be chosen', false],
    ['is whole: each option can be chosen', true],
  ])('a command that %s', async (_, isWhole) => {
    const option = (label: string) => ({ label, key: null, isHighlighted: false });
    const request = sampleRequest('7f3k9q', {
      kind: 'approval',
      text: 'Run this?',
      dialog: {
        kind: 'approval',
        question: 'Run this?',
        subject: { is: 'command', text: 'npm run deploy -- --to production', isWhole },
        options: [option('Yes, proceed'), option('No')],
        fingerprint: 'f',
      },
      state: { is: 'asked', of: 'human', why: 'no rule matches', at: 1 },
    });
    bridge.journal.saveRequest(request, { at: 1, kind: 'request-opened', subject: request.id, data: {} });
    const { page, faults } = await enter(browser, hub.loginLink());
    await page.getByRole('link', { name: /npm run deploy/ }).click();
    await page
      .getByText(isWhole ? 'The command, to the letter' : 'The command, of which the agent shows a part only')
      .waitFor();
    expect(await page.getByText('nobody can choose from here').count()).toBe(isWhole ? 0 : 1);
    const options = page.getByRole('group', { name: 'Its options' }).getByRole('button');
    const areOff = await Promise.all((await options.all()).map((one) => one.isDisabled()));
    expect(areOff).toEqual([!isWhole, !isWhole]);
    expect(faults).toEqual([]);
  });
});
