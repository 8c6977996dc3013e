import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message, MessageId } from '../../bridge/core/message.ts';
import { chromiumPath, enter, findings, openBrowser } from '../fixtures/browser.ts';
import { bridge, eachHubTestStarts, hub } from '../live/hub-fixture.ts';

/** The dashboard with 200 members and 100,000 messages. */

eachHubTestStarts();

const members = 200;
const messages = 100_000;

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => browser?.close());

function fill(): void {
  const names = Array.from({ length: members }, (_, at) => `member-${at}`);
  for (const name of names) bridge.membership.add(name, {}, null, 'refuse');
  const { journal } = bridge;
  for (let from = 0; from < messages; from += 5_000)
    journal.transact(() => {
      for (let at = from; at < from + 5_000; at++) {
        const [author, reader] = [names[at % members]!, names[(at * 7 + 1) % members]!];
        const message: Message = {
          id: `20261121T012706.123Z-${at.toString(36).padStart(6, '0')}` as MessageId,
          thread: `topic-${at % 300}`,
          from: { name: author, standing: 'verified' },
          to: [reader],
          body: `Message ${at}: the build of part ${at % 97} is green again.`,
          sentAt: 1_700_000_000_000 + at * 1_000,
          ...{ causedBy: null, hops: 1, noReply: false },
        };
        journal.mail.saveMessage(message, { is: 'read', at: message.sentAt });
      }
    });
}

/** From a key until what it leads to is drawn, ms. */
const tookFor = (page: { evaluate(script: string): Promise<unknown> }, key: string, shown: string) =>
  page.evaluate(`new Promise((done) => {
    const begun = performance.now();
    const look = () => document.querySelector(${JSON.stringify(shown)}) === null
      ? requestAnimationFrame(look)
      : done(performance.now() - begun);
    dispatchEvent(new KeyboardEvent('keydown', { key: ${JSON.stringify(key)} }));
    look();
  })`) as Promise<number>;

describe.skipIf(chromiumPath === null)('in a browser', () => {
  test('the first paint takes 1.5 s at most, and each key is answered within 100 ms', async () => {
    fill();
    const { page, faults } = await enter(browser, hub.loginLink());
    await page.reload();
    await page.getByText('Nobody waits for you').waitFor();
    const paint = (await page.evaluate(
      `performance.getEntriesByName('first-contentful-paint')[0].startTime`,
    )) as number;
    const keys: Record<string, number> = {};
    for (const [key, view] of [
      ['2', 'now'],
      ['3', 'messages'],
      ['4', 'timeline'],
      ['5', 'settings'],
      ['1', 'requests'],
    ] as const)
      keys[view] = await tookFor(page, key, `main.${view}`);
    await page.keyboard.press('2');
    await page.getByText('member-199', { exact: true }).waitFor();
    const typed = Date.now();
    await page.getByLabel('Find a member').fill('member-17');
    await page.getByText('member-199', { exact: true }).waitFor({ state: 'detached' });
    keys.find = Date.now() - typed;
    await page.keyboard.press('Escape');
    await page.goto(`${hub.url}/#/messages`);
    await page.getByLabel('Search all messages').fill('99999');
    await page.getByText('Message 99999').waitFor();
    process.stdout.write(`first paint ${Math.round(paint)} ms; keys ${JSON.stringify(keys)}\n`);
    expect(paint).toBeLessThan(1_500);
    expect(Object.entries(keys).filter(([, took]) => took > 100)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('axe has no serious finding in any view, dark or light, wide or narrow', async () => {
    const { page } = await enter(browser, hub.loginLink());
    const found: unknown[] = [];
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1280, 360])
        for (const view of [
          'requests',
          'now',
          'now/lead',
          'messages',
          'messages/to',
          'messages/all',
          'timeline',
          'settings',
        ]) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: 800 });
          await page.goto(`${hub.url}/#/${view}`);
          await page.locator(`main.${view.split('/')[0]}`).waitFor();
          const serious = (await findings(page)).filter(({ impact }) => impact === 'serious' || impact === 'critical');
          for (const { id, nodes } of serious) found.push([view, colorScheme, width, id, nodes[0]!.html.slice(0, 200)]);
        }
    expect(found).toEqual([]);
  });
});
