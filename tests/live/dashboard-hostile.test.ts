import type { Browser, Route as Call, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methods } from '../../bridge/api/index.ts';
import { routes } from '../../bridge/server/hub/routes.ts';
import { chromiumPath, enter, openBrowser } from '../fixtures/browser.ts';
import { hostileAlert, hostileDocuments } from '../fixtures/hostile-documents.ts';
import { filled, hostile, obeyed } from '../fixtures/hostile-words.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { eachHubTestStarts, hub } from './hub-fixture.ts';

/** The page, where every field of every answer that the schemas leave open is what an agent would write to harm whoever reads it. */

eachHubTestStarts();

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => browser?.close());

const reads = routes
  .filter(({ verb }) => verb === 'GET')
  .sort((a, b) => Number(a.path.includes(':')) - Number(b.path.includes(':')));

/** What a route answers, from its schema, with these words wherever words may be. */
function answerTo(path: string, words: (key: string, count: number) => string): unknown {
  const route = reads.find((one) => new RegExp(`^${one.path.replace(/:\w+/g, '[^/]+')}$`).test(path));
  if (route === undefined) return undefined;
  if (path === '/alerts') return [hostileAlert(words('', 0))];
  const { result } = methods.find(({ name }) => name === route.ask) as { result: Parameters<typeof filled>[0] };
  const documents = { ...hostileDocuments(words('', 0)), state: path.startsWith('/requests') ? 'asked' : undefined };
  return filled(result, { word: words, documents, items: 3 });
}

/** A page at a phone's width, to which every read answers so. */
async function entered(words: (key: string, count: number) => string) {
  const { page, faults } = await enter(browser, hub.loginLink(), { viewport: { width: 360, height: 740 } });
  const answered: string[] = [];
  await page.route('**/api/v1/**', async (call: Call) => {
    const { pathname } = new URL(call.request().url());
    const path = pathname.slice('/api/v1'.length);
    const body = path === '/events' ? { events: eventsOf(words) } : answerTo(path, words);
    if (call.request().method() !== 'GET' || body === undefined || path === '/whoami') return call.fallback();
    answered.push(path);
    return call.fulfill({ json: body });
  });
  // what it shows by now are the true answers
  await page.goto('about:blank');
  return { page, faults, answered };
}

const eventsOf = (words: (key: string, count: number) => string) =>
  (hostileDocuments(words('', 0)).events as Array<{ seq: number }>).map((event) => ({ cursor: event.seq, event }));

/** Each view, and what it shows: nothing of it is looked at before that is answered. */
const views = {
  requests: /^\/requests$/,
  'requests/any': /^\/requests\/any$/,
  now: /^\/members$/,
  'now/MEMBER': /^\/panes\/snapshot$/,
  'now/%2B': /^\/agents$/,
  messages: /^\/threads$/,
  'messages/waiting': /^\/messages\/waiting$/,
  'messages/to': /^\/members$/,
  'messages/all': /^\/messages\/history$/,
  'messages/thread/any': /^\/threads\/any$/,
  timeline: /^\/events$/,
  settings: /^\/alerts$/,
};

const inText = (text: string) => text.replace(/\p{Surrogate}/gu, '');

/** What must hold of the page whatever stands on it. */
async function harmless(page: Page) {
  return (await page.evaluate(`(() => {
    const main = document.querySelector('#page') ?? document.body;
    const links = [...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href'));
    const wide = [...main.querySelectorAll('*')].filter((one) => {
      const { right, width } = one.getBoundingClientRect();
      const scrolls = one.closest('.words, pre, .scrolls, figure, table, svg, canvas, .u-wrap');
      return width > 0 && right > innerWidth + 1 && scrolls === null && getComputedStyle(one).position !== 'absolute';
    });
    return {
      owned: window.owned === undefined && !document.title.includes('owned'),
      made: main.querySelectorAll('img, script, iframe, object, embed, [onload], [onerror]').length,
      links: links.filter((one) => !/^(?:#\\/|\\/)/.test(one)),
      width: document.documentElement.scrollWidth,
      wide: wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)),
      text: document.body.innerText,
    };
  })()`)) as { owned: boolean; made: number; links: string[]; width: number; wide: string[]; text: string };
}

describe.skipIf(chromiumPath === null)('in a browser, 360 px wide', () => {
  test.each([
    [
      'markup, escapes, turned and unseen characters, floods of marks',
      // a name that is no text has no address on the page
      (key: string, count: number) => `${count} ${/name$/i.test(key) ? inText(hostile) : hostile}`,
    ],
    [
      'one word of a megabyte',
      (key: string, count: number) =>
        (/text|body|screen|detail|question/.test(key) && count % 3 === 0 ? 'W'.repeat(1 << 20) : 'w'.repeat(3_000)) +
        count,
    ],
  ])(
    '%s in each field: nothing of it runs, is made an element, is hidden or moves the page; keys are answered',
    async (_, words) => {
      const { page, faults, answered } = await entered(words);
      const found: unknown[] = [];
      for (const [view, shown] of Object.entries(views)) {
        const before = answered.length;
        const name = (answerTo('/members', words) as Array<{ fullName: string }>)[0]!.fullName;
        await page.goto(`${hub.url}/#/${view.replace('MEMBER', encodeURIComponent(name))}`);
        await page.locator(`main.${view.split('/')[0]}`).waitFor();
        await waitFor(`${view} is answered`, () => answered.slice(before).some((path) => shown.test(path)), {
          describe: async () => answered.slice(before).join(' '),
        });
        await page.waitForLoadState('networkidle');
        // what cannot be chosen, and why
        await page.evaluate("for (const one of document.querySelectorAll('details.closed')) one.open = true");
        await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
        const { text, owned, made, links, width, wide } = await harmless(page);
        if (!owned || made > 0 || links.length > 0 || width > 360 || wide.length > 0)
          found.push([view, { owned, made, links, width, wide }]);
        const bad = obeyed.exec(text.replace(/\u00ad/g, ''));
        if (bad !== null)
          found.push([view, 'shown as it is', JSON.stringify(text.slice(Math.max(0, bad.index - 40), bad.index + 10))]);
        const begun = performance.now();
        await page.keyboard.press('2');
        await page.locator('main.now').waitFor();
        const tookMs = performance.now() - begun;
        if (tookMs > 2_000) found.push([view, 'answers a key after ms', tookMs]);
      }
      expect(found).toEqual([]);
      expect(faults).toEqual([]);
    },
  );
});
