import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, enter, findings, openBrowser } from '../fixtures/browser.ts';
import { eachHubTestStarts, hub } from '../live/hub-fixture.ts';
import { fill } from './filling.ts';

/** The dashboard with 200 members and 100,000 messages. */

eachHubTestStarts();

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => browser?.close());

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
