import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MessageId } from '../../bridge/core/message.ts';
import type { Answer, Request } from '../../bridge/core/request.ts';
import { chromiumPath, enter, openBrowser, type Seen } from '../fixtures/browser.ts';
import { sampleDelivery, sampleRequest } from '../journal/samples.ts';
import { allHubTestsStart, ask, bridge, hub, tokens } from './hub-fixture.ts';

/** Requests and messages on the page, each button of them; no pane is behind them. */

allHubTestsStart();

let browser: Browser;
let seen: Seen;
let page: Page;
beforeAll(async () => {
  if (chromiumPath === null) return;
  browser = await openBrowser();
  seen = await enter(browser, hub.loginLink());
  page = seen.page;
  page.setDefaultTimeout(10_000);
});
afterAll(async () => browser?.close());

const given = (over: Partial<Answer> = {}): Answer => ({
  ...{ by: 'human', instructions: 'Take 8080.', notes: '', at: 2_000 },
  ...over,
});
const asked = { is: 'asked', of: 'human', why: 'no rule decides', at: 1_500 } as const;

/** A request that stands in the journal, opened on the page. */
async function opened(id: string, over: Partial<Request>): Promise<void> {
  const request = sampleRequest(id, { context: `screen of ${id}`, ...over });
  bridge.journal.saveRequest(request, { at: 1_000, kind: 'request-opened', subject: request.id, data: {} });
  await page.goto(`${hub.url}/#/requests/${id}`);
  await page.getByLabel('The screen, as it was').getByText(`screen of ${id}`).waitFor();
}
const stateOf = (id: string) => bridge.journal.request(id)?.state;

describe.skipIf(chromiumPath === null)('requests', () => {
  const option = (label: string) => ({ label, key: null, isHighlighted: false });
  test.each([
    ['is elided: the page says so, and nothing can be chosen', false],
    ['is whole: each option can be chosen', true],
  ])('a command that %s', async (_, isWhole) => {
    await opened(isWhole ? 'whole1' : 'elided', {
      kind: 'approval',
      text: 'Run this?',
      dialog: {
        kind: 'approval',
        question: 'Run this?',
        subject: { is: 'command', text: 'npm run deploy -- --to production', isWhole },
        options: [option('Yes, proceed'), option('No')],
        fingerprint: 'f',
      },
      state: asked,
    });
    await page
      .getByText(isWhole ? 'The command, to the letter' : 'The command, of which the agent shows a part only')
      .waitFor();
    expect(await page.getByText('nobody can choose from here').count()).toBe(isWhole ? 0 : 1);
    const options = page.getByRole('group', { name: 'Its options' }).getByRole('button');
    const areOff = await Promise.all((await options.all()).map((one) => one.isDisabled()));
    expect(areOff).toEqual([!isWhole, !isWhole]);
  });

  test('one is dismissed, and what was written for it is kept until it is thrown away', async () => {
    await opened('dism01', { text: 'Which port?', state: asked });
    await page.getByLabel('Your answer').fill('8080, I thi');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('dismissed by human').first().waitFor();
    expect(stateOf('dism01')).toMatchObject({ is: 'dismissed', by: 'human' });
    expect(await page.getByLabel('What you had written').textContent()).toBe('8080, I thi');
    await page.getByRole('button', { name: 'Throw it away' }).click();
    await page.getByLabel('What you had written').waitFor({ state: 'detached' });
  });

  test('of an answer in doubt the page says what was seen, and a person that it arrived', async () => {
    const doubt = { answer: given(), deliveryId: 'd-doubt1' as never, delivery: 'uncertain' } as const;
    await opened('doubt1', { state: { ...asked, why: 'its answer is in doubt', doubt } });
    await page.getByText('nobody can tell whether it arrived').first().waitFor();
    expect(await page.getByLabel('The answer in doubt').textContent()).toBe('Take 8080.');
    await page.getByRole('button', { name: 'It has arrived' }).click();
    await page.getByText('settled, answered by human').first().waitFor();
    expect(stateOf('doubt1')).toMatchObject({ is: 'settled', vouchedBy: 'human' });
  });

  test('an answer that was not typed is typed once more, by a click', async () => {
    const doubt = { answer: given(), deliveryId: 'd-doubt2' as never, delivery: 'not-typed' } as const;
    await opened('doubt2', { state: { ...asked, why: 'its answer was not typed', doubt } });
    await page.getByText('was taken back before it was typed').waitFor();
    await page.getByRole('button', { name: 'Type it once more' }).click();
    await page.getByRole('heading', { name: 'Answered by human' }).waitFor();
    expect(stateOf('doubt2')).toMatchObject({ is: 'answered', answer: { instructions: 'Take 8080.' } });
  });

  test('which rule decided, and the lines that show that its answer arrived, stand there', async () => {
    const receipt = { at: 3_000, typedAt: 2_500, evidence: 'composer-emptied-and-echoed', lines: ['› Take 8080.'] };
    const delivery = sampleDelivery('d-ruled1', { is: 'acknowledged', receipt });
    const envelope = { ...delivery.envelope, thread: 'ruled1', inReplyTo: 'ruled1' as never };
    const kept = { ...delivery, envelope };
    bridge.journal.saveDelivery(kept, { at: 3_000, kind: 'delivery-acknowledged', subject: kept.id, data: kept });
    const answer = given({ by: 'rules', notes: 'rule 1 (bridge.yaml:4)' });
    await opened('ruled1', { state: { is: 'delivered', answer, deliveryId: kept.id, at: 3_000 } });
    await page.getByText('The rule that decided: rule 1 (bridge.yaml:4)').waitFor();
    await page.getByText('confirmed on its screen').waitFor();
    expect(await page.getByLabel('The lines that show it').textContent()).toBe('› Take 8080.');
    expect(await page.getByLabel('Your answer').count()).toBe(0);
  });
});

/** Messages between members, as the journal has them. */
function written(thread: string, count: number, over: { held?: string } = {}): void {
  bridge.journal.transact(() => {
    for (let at = 0; at < count; at++)
      bridge.journal.mail.saveMessage(
        {
          id: `20261121T012706.123Z-${thread.slice(-3)}${at.toString(36).padStart(3, '0')}` as MessageId,
          ...{ thread, from: { name: 'lead', standing: 'verified' }, to: ['coder'], body: `${thread}, entry ${at}.` },
          ...{ sentAt: 1_700_000_000_000 + at * 1_000, causedBy: null, hops: 1, noReply: false },
        },
        over.held === undefined
          ? { is: 'read', at: 1_700_000_000_000 }
          : { is: 'held', why: over.held, since: 1_700_000_000_000 },
      );
  });
}

describe.skipIf(chromiumPath === null)('messages', () => {
  const at = async (place: string) => page.goto(`${hub.url}/#/messages${place}`);

  test('of many threads and messages a page is there at first, and what was before by a click', async () => {
    for (let thread = 0; thread < 130; thread++) written(`topic-${String(thread).padStart(3, '0')}`, 1);
    written('long-one', 130);
    await at('');
    const list = page.getByRole('region', { name: 'Threads' });
    await list.getByRole('link', { name: /topic-129/ }).waitFor();
    expect(await list.getByRole('link', { name: /topic-000/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Show older threads' }).click();
    await list.getByRole('link', { name: /topic-000/ }).waitFor();
    expect(await list.getByRole('link', { name: /topic-/ }).count()).toBe(130);
    await list.getByRole('link', { name: /long-one/ }).click();
    await page.getByText('long-one, entry 129.').waitFor();
    expect(await page.getByText('long-one, entry 29.', { exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Show older messages' }).click();
    await page.getByText('long-one, entry 0.', { exact: true }).waitFor();
    expect(await page.getByText(/^long-one, entry/).count()).toBe(130);
  });

  test('a word that was ever written is found, and leads to its thread; all mail is filtered by member and group', async () => {
    await ask('POST', '/api/v1/groups/shop/members', { token: tokens.human, body: { names: ['coder'] } });
    await ask('POST', '/api/v1/messages', {
      token: tokens.human,
      body: { to: ['@shop'], body: 'The zeppelin lands.' },
    });
    await at('');
    await page.getByLabel('Search all messages').fill('ZEPPELIN');
    await page.getByRole('link', { name: /The zeppelin lands/ }).click();
    await page.getByRole('heading', { name: /shop|coder\+human/ }).waitFor();
    await page.getByLabel('Search all messages').fill('');
    await at('/all');
    await page.getByText('entry 129').waitFor();
    await page.getByLabel('To group').selectOption('shop');
    await page.getByText('entry 129').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'The zeppelin lands.' }).waitFor();
  });

  test('who writes is told for whom it waits and why; what he types is there after an update', async () => {
    await at('/to/coder');
    await page.getByLabel('Your message').fill('Is the build green?');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/coder: waiting/).waitFor();
    await at('/thread/coder%2Bhuman');
    await page.getByText('Is the build green?').waitFor();
    await page
      .getByText(/waiting for coder/)
      .first()
      .waitFor();
    const field = page.getByLabel(/Write to/);
    await field.fill('And when it is');
    const body = { to: ['human'], thread: 'coder+human', body: 'It is.' };
    expect((await ask('POST', '/api/v1/messages', { token: tokens.coder, body })).status).toBe(200);
    await page.getByText('It is.', { exact: true }).waitFor();
    expect(await field.inputValue()).toBe('And when it is');
    await page.getByRole('button', { name: /^Send/ }).click();
    await page
      .getByLabel(/What human wrote/)
      .getByText('And when it is')
      .waitFor();
    expect(await field.inputValue()).toBe('');
  });

  test('a loop that is held says why, among what waits and in its thread, and goes on by a click', async () => {
    written('circle', 2, { held: '11 messages without a person' });
    await at('/waiting');
    await page.getByText('2 messages are held in').waitFor();
    await page.getByText('11 messages without a person').first().waitFor();
    await at('/thread/circle');
    await page.getByRole('button', { name: 'Let it go on' }).click();
    await page.getByText('2 went on.').waitFor();
    await page.getByText(/messages are held/).waitFor({ state: 'detached' });
    expect(bridge.messages.heldFor('coder')).toEqual([]);
    expect(seen.faults).toEqual([]);
  });
});
