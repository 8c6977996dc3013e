import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, enter, openBrowser, type Seen } from '../fixtures/browser.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { allHubTestsStart, ask, hub, tokens } from './hub-fixture.ts';

/** One member on the page, with its screen, before a real tmux server. */

let tmux: PrivateTmux;
let browser: Browser;
beforeAll(async () => {
  tmux = privateTmux();
  await tmux.run('new-session', '-d', '-s', 'shop', '-x', '80', '-y', '20', 'exec sleep 1000');
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await tmux.stop();
});
allHubTestsStart({}, () => tmux.socketPath);

/** What is asked of an element in the page. */
interface Look {
  readonly color: string;
  readonly backgroundColor: string;
  readonly fontWeight: string;
}

/** A member in a pane of its own, in which this runs. */
async function member(name: string, shell: string): Promise<void> {
  const pane = (await tmux.run('new-window', '-d', '-P', '-F', '#{pane_id}', '-t', 'shop', shell)).trim();
  const facts = await tmux.run('display-message', '-p', '-t', pane, '#{host}|#{pid}@#{start_time}');
  const [host, server] = facts.trim().split('|');
  const body = { name, pane: { host, server, paneId: pane, socketPath: tmux.socketPath } };
  const { status, body: said } = await ask('POST', '/api/v1/members', { token: tokens.human, body });
  expect([status, said]).toMatchObject([200, { isNew: true }]);
}

describe.skipIf(chromiumPath === null)('in a browser', () => {
  let seen: Seen;
  let page: Page;
  beforeAll(async () => {
    seen = await enter(browser, hub.loginLink(), { colorScheme: 'dark' });
    page = seen.page;
  });
  const open = async (name: string) => {
    await page.goto(`${hub.url}/#/now`);
    await page.getByRole('link', { name }).click({ timeout: 5_000 });
    await page.getByRole('heading', { name }).waitFor();
  };
  const screen = () => page.getByLabel('The screen, now');
  const styleOf = (text: string) =>
    screen()
      .getByText(text, { exact: true })
      .evaluate((one) => {
        const browser = globalThis as unknown as { getComputedStyle(one: unknown): Look };
        const { color, backgroundColor, fontWeight } = browser.getComputedStyle(one);
        return { color, backgroundColor, fontWeight };
      });

  test('links, clipboards, markup and turned text of a screen stand there as text, or not at all', async () => {
    await member(
      'evil',
      `printf '\\033]8;;https://evil.example\\033\\\\LINK\\033]8;;\\033\\\\ \\033]52;c;ZXZpbA==\\007<img src=x onerror=alert(1)> \\033[31mA\\342\\200\\256B\\033[0m \\033[8mHIDDEN\\033[0m\\n'; exec sleep 1000`,
    );
    await open('evil');
    await screen().getByText('LINK').waitFor();
    const text = (await screen().textContent())!;
    expect(text).toContain('LINK <img src=x onerror=alert(1)> A\\u202eB HIDDEN');
    expect(text).not.toMatch(/evil\.example|ZXZpbA/);
    expect(await screen().locator('a, img, script, [style*="url"]').count()).toBe(0);
    expect(seen.faults).toEqual([]);
  });

  test('a screen has its colours, of which none is unreadable, dark and light', async () => {
    await member(
      'painter',
      `printf '\\033[38;2;255;170;0;1morange\\033[0m \\033[37;44mblue\\033[0m \\033[38;2;12;14;18mghost\\033[0m \\033[38;2;255;255;255mpale\\033[0m\\n'; exec sleep 1000`,
    );
    await open('painter');
    await screen().getByText('orange').waitFor();
    expect(await styleOf('orange')).toMatchObject({ color: 'rgb(255, 170, 0)', fontWeight: '700' });
    expect((await styleOf('blue')).backgroundColor).toBe('rgb(127, 167, 255)');
    expect((await styleOf('ghost')).color).not.toBe('rgb(12, 14, 18)');
    expect((await styleOf('pale')).color).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'light' });
    await waitFor('what was white can be read', async () => (await styleOf('pale')).color !== 'rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(seen.faults).toEqual([]);
  });
});
