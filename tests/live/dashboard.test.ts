import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, enter, openBrowser } from '../fixtures/browser.ts';
import { run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, tmux } from './live-fixture.ts';

/** The dashboard in a real browser, before a real server, tmux and scripted agents. */

eachTestStartsWith({ worker: {}, yaml: 'mode: manual\n', bridge: [] });

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => browser?.close());

const json = async (...args: string[]) => JSON.parse((await run(tmux, [...args, '--home', home, '--json'])).stdout);
/** Opens the port where it is not open. @returns a link for one browser */
const link = async (): Promise<string> => (await json('dashboard', '--print')).link;
const opened = async (port = 0) => (await json('serve', '--port', String(port))) as { url: string; port: number };

describe.skipIf(chromiumPath === null)('in a browser', () => {
  test('what a worker asks is there within a second, is answered there, lands in its pane, and its receipt shows', async () => {
    await opened();
    const { page, faults } = await enter(browser, await link());
    await page.getByText('Nobody waits for you').waitFor();
    await agent.perform({ play: [{ request: 'Which database: SQLite or Postgres?' }], input: 'go' });
    const shownAt = Date.now();
    await page.getByRole('link', { name: /Which database/ }).waitFor({ timeout: 1_000 });
    expect(Date.now() - shownAt).toBeLessThan(1_000);
    await page.getByRole('link', { name: /Which database/ }).click();
    await page.getByLabel('Your answer').fill('SQLite.');
    await page.keyboard.press('Control+Enter');
    await agent.fact('the answer is in the pane', ({ input }) => input === 'SQLite.');
    await page.getByText('confirmed on its screen').waitFor();
    expect(faults).toEqual([]);
  });
});
