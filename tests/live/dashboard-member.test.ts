import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, enter, openBrowser, type Seen } from '../fixtures/browser.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { allHubTestsStart, ask, bridge, hub, tokens } from './hub-fixture.ts';

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
    page.setDefaultTimeout(10_000);
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

  test('the line that attaches is copied, and leads to its pane', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open('painter');
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const line = String(await page.evaluate('navigator.clipboard.readText()'));
    const [, socket, pane] = /^tmux -S (\S+) attach -t (\S+)$/.exec(line) ?? [];
    expect(socket).toBe(tmux.socketPath);
    expect(await tmux.run('capture-pane', '-p', '-t', pane!)).toContain('orange');
  });

  test('it is disabled and enabled, put into a group, and renamed, each by its button', async () => {
    await open('painter');
    const said = page.getByLabel('What you can change').getByRole('status');
    await page.getByRole('button', { name: 'Disable' }).click();
    await said.getByText('It gets no mail any more').waitFor();
    expect(bridge.directory.named('painter').isEnabled).toBe(false);
    await page.getByRole('button', { name: 'Enable' }).click();
    await said.getByText('It gets mail').waitFor();
    expect(bridge.directory.named('painter').isEnabled).toBe(true);
    await page.getByLabel('A group').fill('shop');
    await page.getByRole('button', { name: 'Add to group' }).click();
    await said.getByText('It is in @shop').waitFor();
    expect(bridge.directory.named('painter').groups).toEqual(['shop']);
    await page.getByLabel('Another name').fill('drawer');
    await page.getByRole('button', { name: 'Rename' }).click();
    // the page goes with it: nobody has to look for whom he has just renamed
    await page.getByRole('heading', { name: 'drawer' }).waitFor();
    expect(bridge.directory.named('painter').called).toMatch(/drawer$/);
  });

  test('a worker is paused, which says by whom, and goes on', async () => {
    await tmux.run('set-option', '-p', '-t', 'shop:0', '@label', 'worker');
    await member('worker', 'exec sleep 1000');
    await open('worker');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('Paused by human: from the dashboard').waitFor();
    expect(Object.keys(bridge.requests.pauses)).toEqual([expect.stringMatching(/worker$/)]);
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    expect(bridge.requests.pauses).toEqual({});
  });

  test('of who is gone only what the configuration names is started; what became of that is said', async () => {
    symlinkSync('/bin/sleep', join(tmux.folder, 'codex'));
    const start = [
      'tmux',
      '-S',
      tmux.socketPath,
      'new-window',
      '-d',
      '-t',
      'shop',
      `${join(tmux.folder, 'codex')} 1000`,
    ];
    bridge.membership.add('nobody', {}, null, 'refuse');
    bridge.membership.add('broken', { revive: ['sh', '-c', 'echo no such model; exit 3'] }, null, 'refuse');
    bridge.membership.add('sleeper', { revive: start }, null, 'refuse');
    await open('nobody');
    await page.getByText('No command is named that starts it').waitFor();
    await open('broken');
    await page.getByRole('button', { name: 'Start it' }).click();
    await page.getByText('its revive command ended with 3: no such model').waitFor();
    await open('sleeper');
    await page.getByRole('button', { name: 'Start it' }).click();
    await page.getByLabel('The screen, now').waitFor();
    expect(bridge.directory.named('sleeper').pane).not.toBeNull();
    expect(seen.faults).toEqual([]);
  });
});

test('which command starts a member nobody says over the network; an agent starts nobody', async () => {
  const body = { name: 'evil', revive: ['touch', '/tmp/owned'] };
  const { status, body: said } = await ask('POST', '/api/v1/members', { token: tokens.admin, body });
  expect([status, said.error.message]).toEqual([400, expect.stringContaining('revive')]);
  expect((await ask('POST', '/api/v1/members/coder/revive', { token: tokens.coder, body: {} })).status).toBe(403);
});
