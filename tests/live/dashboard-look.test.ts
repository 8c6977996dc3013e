import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AlertQueue, Refusal } from '../../bridge/alerts/alert-queue.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { chromiumPath, enter, findings, openBrowser, type Seen } from '../fixtures/browser.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { sampleDelivery, sampleRequest } from '../journal/samples.ts';
import { allHubTestsStart, ask, bridge, hub, tokens } from './hub-fixture.ts';

/** Every view of the page: usable by all, narrow and wide, dark and light, by keys alone; what is set, and what has happened. */

allHubTestsStart();

let browser: Browser;
let seen: Seen;
let page: Page;
beforeAll(async () => {
  if (chromiumPath === null) return;
  browser = await openBrowser();
  const request = sampleRequest('axe001', {
    ...{ text: 'Which port does shop use?', context: 'its screen', openedAt: Date.now() },
    state: { is: 'asked', of: 'human', why: 'no rule decides', at: 1 },
  });
  bridge.journal.saveRequest(request, { at: 1, kind: 'request-opened', subject: request.id, data: {} });
  const receipt = { at: 3_000, typedAt: 2_500, evidence: 'composer-emptied-and-echoed', lines: ['› the lines of it'] };
  const delivery = sampleDelivery('d-axe001', { is: 'acknowledged', receipt });
  bridge.journal.saveDelivery(delivery, {
    at: 3_000,
    kind: 'delivery-acknowledged',
    subject: delivery.id,
    data: delivery,
  });
  const body = { to: ['lead'], body: 'Is the build green?' };
  await ask('POST', '/api/v1/messages', { token: tokens.human, body });
  seen = await enter(browser, hub.loginLink());
  page = seen.page;
  page.setDefaultTimeout(10_000);
});
afterAll(async () => browser?.close());

/** Where there is something to look at in each view; a view that the bar has and this has not is a fault. */
const places: Readonly<Record<string, readonly string[]>> = {
  requests: ['', '/axe001'],
  now: ['', '/lead', '/%2B'],
  messages: ['', '/to', '/all', '/waiting', '/thread/human%2Blead'],
  timeline: [''],
  settings: [''],
};

const seriousIn = async (one: Page) =>
  (await findings(one))
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes[0]!.html.slice(0, 200)]);

/** Both schemes and both widths; all four of them are in tests/browser/. */
const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const;

describe.skipIf(chromiumPath === null)('in a browser', () => {
  test('axe finds nothing serious in any view, and nothing needs to be moved sideways', async () => {
    const bar = page.getByRole('navigation', { name: 'Views' }).getByRole('link');
    const views = await bar.evaluateAll((links) => links.map((one) => one.getAttribute('href')?.replace('#/', '')));
    expect(Object.keys(places)).toEqual(views);
    for (const { colorScheme, width } of looks) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      for (const [view, its] of Object.entries(places))
        for (const place of its) {
          await page.goto(`${hub.url}/#/${view}${place}`);
          await page.locator(`main.${view}`).waitFor();
          const at = [view, place, colorScheme, width];
          expect([...at, await seriousIn(page)]).toEqual([...at, []]);
          expect([...at, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([...at, width]);
        }
    }
    expect(seen.faults).toEqual([]);
  });

  test('the page on which one logs in is drawn by its own policy, and says what is wrong', async () => {
    const context = await browser.newContext();
    const login = await context.newPage();
    const faults: string[] = [];
    login.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
    for (const { colorScheme, width } of looks) {
      await login.emulateMedia({ colorScheme });
      await login.setViewportSize({ width, height: 640 });
      await login.goto(`${hub.url}/login`);
      const at = [colorScheme, width];
      expect([...at, await seriousIn(login)]).toEqual([...at, []]);
      expect([...at, await login.evaluate('document.documentElement.scrollWidth')]).toEqual([...at, width]);
      const ground = await login.evaluate('getComputedStyle(document.body).backgroundColor');
      expect([...at, ground]).toEqual([...at, colorScheme === 'dark' ? 'rgb(15, 18, 22)' : 'rgb(255, 255, 255)']);
    }
    await login.getByLabel('A token of yours').fill('made up');
    await login.keyboard.press('Enter');
    await login.getByRole('alert').getByText('does not let in').waitFor();
    await login.getByLabel('A token of yours').fill(tokens.human);
    await login.keyboard.press('Enter');
    await login.getByText('live', { exact: true }).waitFor();
    expect(faults.filter((one) => !/401/.test(one))).toEqual([]);
    await context.close();
  });

  test('by keys alone: a request is found, read, answered and left; a letter in a field is a letter', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${hub.url}/#/settings`);
    await page.keyboard.press('1');
    await page.getByRole('link', { name: /Which port does shop use/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByLabel('The screen, as it was').waitFor();
    await page.keyboard.press('a');
    await page.keyboard.type('8080, p 1 j ?');
    expect(await page.getByLabel('Your answer').inputValue()).toBe('8080, p 1 j ?');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Answered by human' }).waitFor();
    await page.keyboard.press('3');
    await page.getByLabel('Search all messages').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('build');
    await page.getByRole('link', { name: /Is the build green/ }).waitFor();
    await page.keyboard.press('Escape');
    // each thing that can be pressed is reached, and seen when it is
    await page.keyboard.press('5');
    await page.getByRole('heading', { name: 'Who is paused' }).waitFor();
    const reached = new Set<string>();
    for (let count = 0; count < 60; count++) {
      await page.keyboard.press('Tab');
      reached.add(String(await page.evaluate('document.activeElement.textContent.replace(/[0-9].*/, "").trim()')));
    }
    expect([...reached]).toEqual(
      expect.arrayContaining(['Requests', 'Pause all P', 'Test every way', 'Revoke', 'Log out']),
    );
  });

  test('one key pauses everything, and only outside of what one types', async () => {
    await page.goto(`${hub.url}/#/now`);
    await page.getByLabel('Find a member').fill('p');
    await page.getByLabel('Find a member').press('p');
    await page.locator('main').focus();
    expect(await page.getByText('Everything is paused by').count()).toBe(0);
    await page.keyboard.press('p');
    await page.getByText('Everything is paused by').waitFor();
    await page.goto(`${hub.url}/#/settings`);
    await page.getByText('Everybody, by human').waitFor();
    await page.getByRole('button', { name: 'Resume all' }).click();
    await page.getByRole('button', { name: /Pause all/ }).waitFor();
    expect(bridge.requests.pauses).toEqual({});
  });

  test('a rule is tried on what was asked: which it would have decided, and how; a faulty one says what is wrong', async () => {
    await page.goto(`${hub.url}/#/settings`);
    const field = page.getByLabel('Try a rule on what was asked before');
    await field.fill("when: { text: '/which port/i' }\nanswr: 8080");
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText(/answr.*unknown key of a rule/).waitFor();
    await field.fill("when: { text: '/which port/i' }\nanswer: '8080'");
    await page.keyboard.press('Control+Enter');
    await page.getByText('Of the last 1 requests it would have decided').waitFor();
    await page.getByText('Would have answered: 8080').waitFor();
    const before = bridge.journal.events({ limit: 1 }).at(-1)?.seq;
    await page.reload();
    expect(await field.inputValue()).toContain('/which port/i');
    expect(bridge.journal.events({ limit: 1 }).at(-1)?.seq).toBe(before);
  });

  test('how you are called stands there, is tried by a button, and each last call has its receipt or why it has none', async () => {
    const queue = new AlertQueue({
      memory: bridge.journal,
      clock: systemClock,
      settings: { rules: [], quiet: null, unasked: [] },
      senders: {
        ntfy: async () => 'HTTP 200',
        webhook: async () => {
          throw new Refusal('HTTP 410 <script>');
        },
      },
      say: () => {},
    });
    const alert = {
      id: 'a1',
      matter: 'm1',
      kind: 'request',
      member: 'coder',
      urgency: 'normal',
      raisedAt: Date.now(),
    } as const;
    queue.raise({ ...alert, title: 'coder asks', text: 'Which port?\nbridge show 7f3k9q' });
    await waitFor('it is over', () =>
      queue.list().every(({ by }) => by.every(({ state }) => state.is === 'sent' || state.is === 'refused')),
    );
    queue.close();
    await page.goto(`${hub.url}/#/now`);
    await page.goto(`${hub.url}/#/settings`);
    const section = page.getByRole('region', { name: 'Notifications' });
    await section.getByText('You are called by bell.').waitFor();
    const call = section.getByRole('listitem').filter({ hasText: 'coder asks' });
    await call.getByText('ntfy: sent, HTTP 200').waitFor();
    await call.getByText('webhook: refused, HTTP 410 <script>').waitFor();
    await call.getByText('bridge show 7f3k9q', { exact: true }).waitFor();
    // on a phone, too, its words have a line, and its receipts stand below them
    const size = page.viewportSize()!;
    await page.setViewportSize({ width: 360, height: 740 });
    const boxOf = async (words: string) => (await call.getByText(words).boundingBox())!;
    const [title, receipt] = [await boxOf('coder asks'), await boxOf('ntfy: sent, HTTP 200')];
    expect(title.height).toBeLessThan(title.width);
    expect(receipt.y).toBeGreaterThan((await boxOf('bridge show 7f3k9q')).y);
    await page.setViewportSize(size);
    await section.getByRole('button', { name: 'Test every way' }).click();
    await section.getByText(/bell: (?:sent|not sent), ./).waitFor();
    // who only has a token of an agent calls nobody
    expect((await ask('POST', '/api/v1/alerts/test', { token: tokens.coder, body: {} })).status).toBe(403);
  });

  test('a token is given once, counts, and is revoked', async () => {
    await page.goto(`${hub.url}/#/settings`);
    await page.getByLabel('A new one, for').fill('ci');
    await page.getByLabel('Role').selectOption('human');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const token = (await page.getByLabel('The token').textContent())!;
    expect((await ask('GET', '/api/v1/whoami', { token })).status).toBe(200);
    await page.getByRole('button', { name: 'Revoke ci' }).click();
    await page.getByText('ci counts no more.').waitFor();
    expect((await ask('GET', '/api/v1/whoami', { token })).status).toBe(401);
  });

  test('each event stands in the timeline with its evidence, by its kind; four plots are above', async () => {
    await page.goto(`${hub.url}/#/timeline`);
    for (const title of ['Requests', 'Seconds to an answer', 'Deliveries that arrived', 'Seconds that texts were held'])
      await page.getByRole('figure').filter({ hasText: title }).first().waitFor();
    // a single one is drawn, too
    for (const figure of await page.getByRole('figure').filter({ hasNotText: 'none yet' }).all())
      await figure.locator('canvas').waitFor();
    await page.getByLabel('Show').selectOption('Deliveries');
    const event = page.getByRole('listitem').filter({ hasText: 'arrived' }).first();
    await event.locator('summary').click();
    await event.getByLabel('Its evidence').getByText('› the lines of it').waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: 'Is the build green' }).count()).toBe(0);
    await page.getByLabel('Show').selectOption('Messages');
    await page.getByRole('listitem').filter({ hasText: 'Is the build green' }).first().waitFor();
    await page.getByLabel('Show').selectOption('Decisions');
    await page.getByLabel('of what happened').selectOption('in the last hour');
    const decided = page.getByRole('listitem').filter({ hasText: 'answered' });
    await decided.first().waitFor();
    // two hours later it is none of the last hour's
    await page.clock.setFixedTime(Date.now() + 7_200_000);
    await page.getByLabel('of what happened').selectOption('in the last day');
    await decided.first().waitFor();
    await page.getByLabel('of what happened').selectOption('in the last hour');
    await page.getByText('Nothing of this').waitFor();
    expect(await decided.count()).toBe(0);
    expect(seen.faults).toEqual([]);
  });
});
