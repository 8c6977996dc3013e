import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, findings, openBrowser } from '../fixtures/browser.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { eachTestHasReceiver, got, receiverUrl } from './alert-receiver.ts';
import { run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

/** An alert's link, from the agent's screen over a webhook to the phone and back into the pane. */

eachTestStartsWith({ worker: {}, yaml: 'mode: manual\n' });
eachTestHasReceiver();

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => browser?.close());

/** A bridge that watches, with its server open. @param reach how it listens */
async function serving(notify: readonly string[], ...reach: string[]): Promise<void> {
  const lines = ['notify:', '  bell: false', `  webhook: ${receiverUrl}/hook`, ...notify.map((line) => `  ${line}`)];
  // what is reached at every address needs a name to be reached by
  appendFileSync(join(home, 'bridge.yaml'), `${lines.join('\n')}\nserver:\n  names: [127.0.0.1]\n`);
  await startWatching();
  const opened = await run(tmux, ['serve', '--port', '0', ...reach, '--home', home]);
  expect(opened).toMatchObject({ code: 0 });
}

const everywhere = ['--host', '0.0.0.0', '--insecure-network'];
const phone = { viewport: { width: 360, height: 740 }, locale: 'en-GB', colorScheme: 'dark' } as const;
const alert = () => waitFor('the alert', () => got[0]?.body ?? null);

/** @returns the page of a link, and what the browser said was wrong with it */
async function opened(link: string) {
  const context = await browser.newContext(phone);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (fault) => faults.push(String(fault)));
  page.on('console', (said) => {
    if (said.type() === 'error' && !said.text().includes('Failed to load resource')) faults.push(said.text());
  });
  await page.goto(link);
  return { page, faults };
}

describe.skipIf(chromiumPath === null)('in a browser', () => {
  test('a dialog is chosen by the link of its alert, at the width of a phone, once', async () => {
    await serving(['links: true'], ...everywhere);
    await agent.perform({ play: [{ dialog: 'npm run deploy' }, { busy: 100 }], input: 'deploy' });
    const { kind, link } = await alert();
    expect([kind, link]).toEqual(['dialog', expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/a\/[\w-]{32}$/)]);
    const { page, faults } = await opened(link);
    const second = await opened(link);
    await page.getByText('npm run deploy').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const serious = (await findings(page)).filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await page.getByRole('button', { name: '1. Yes, proceed' }).click();
    await agent.fact('it is approved', (fact) => fact.approved === 'npm run deploy');
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    await second.page.getByRole('button', { name: '2.' }).click();
    await second.page.getByRole('heading', { name: 'This link opens nothing' }).waitFor();
    await page.goto(link);
    await page.getByRole('heading', { name: 'This link opens nothing' }).waitFor();
    expect([...faults, ...second.faults]).toEqual([]);
  });

  test('a question is answered by the link of its alert, lands in the pane, and its receipt shows', async () => {
    await serving(['links: true'], ...everywhere);
    await agent.perform({ play: [{ request: 'Which database: SQLite or Postgres?' }], input: 'go' });
    const { page, faults } = await opened((await alert()).link);
    await page.getByText('Which database: SQLite or Postgres?').waitFor();
    await page.getByLabel('Your answer').fill('SQLite.');
    await page.getByRole('button', { name: 'Send' }).click();
    await agent.fact('the answer is in the pane', ({ input }) => input === 'SQLite.');
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    await page
      .getByRole('status')
      .getByText(/^request \S+: submitted/)
      .waitFor();
    expect(faults).toEqual([]);
  });

  test('a dialog that was answered in its pane meanwhile, with another in its place, is refused', async () => {
    await serving(['links: true'], ...everywhere);
    await agent.perform({ play: [{ dialog: 'npm test' }, { dialog: 'rm -rf build' }, { busy: 100 }], input: 'go' });
    const { page } = await opened((await alert()).link);
    await page.getByText('npm test').first().waitFor();
    await tmux.run('send-keys', '-t', agent.paneId, 'y');
    await agent.fact('it is approved', (fact) => fact.approved === 'npm test');
    await waitFor('the other one calls', () => got.length === 2);
    await page.getByRole('button', { name: '1. Yes, proceed' }).click();
    await page.getByRole('heading', { name: 'This link opens nothing' }).waitFor();
    expect(agent.facts().filter(({ approved }) => approved === 'rm -rf build')).toEqual([]);
  });
});

test.each<[string, string[], string[], object]>([
  [
    'on a server of this machine alone there is none, and the alert says why',
    ['links: true'],
    [],
    { link: null, text: expect.stringMatching(/\nno link: the server listens on this machine only$/) },
  ],
  [
    'without `links: true` there is none, and no word of it',
    [],
    everywhere,
    { text: expect.not.stringContaining('link') },
  ],
])('%s', async (_what, notify, reach, body) => {
  await serving(notify, ...reach);
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  const found = await alert();
  expect(found).toMatchObject(body);
  expect('link' in found).toBe('link' in body);
});
