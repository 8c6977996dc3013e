import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, enter, findings, openBrowser } from '../fixtures/browser.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { run } from './bridge-process.ts';
import { agent, bridge, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

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

/** What is asked of the page at a phone's width, too. */
const phone = { viewport: { width: 360, height: 740 } };
const dialogIn = (fact: { approved?: string }) => fact.approved === 'npm run deploy';

describe.skipIf(chromiumPath === null)('in a browser', () => {
  test('what a worker asks is there within a second, is answered there, lands in its pane, and its receipt shows', async () => {
    await opened();
    const { page, faults } = await enter(browser, await link());
    await page.getByText('Nobody waits for you').waitFor();
    const asked = page.getByRole('link', { name: /Which database/ });
    const requested = agent.fact('END is printed', (fact) => fact.requested !== undefined);
    await agent.perform({ play: [{ request: 'Which database: SQLite or Postgres?' }], input: 'go' });
    await requested;
    await asked.waitFor({ timeout: 1_000 });
    await asked.click();
    await page.getByLabel('Your answer').fill('SQLite.');
    await page.keyboard.press('Control+Enter');
    await agent.fact('the answer is in the pane', ({ input }) => input === 'SQLite.');
    await page.getByText('confirmed on its screen').waitFor();
    expect(faults).toEqual([]);
    const serious = (await findings(page)).filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });

  test('a dialog is chosen at the width of a phone; nothing needs to be moved sideways', async () => {
    await opened();
    const { page, faults } = await enter(browser, await link(), phone);
    await agent.perform({ play: [{ dialog: 'npm run deploy' }, { busy: 100 }], input: 'deploy' });
    await page.getByRole('link', { name: /npm run deploy/ }).click();
    // codex has no record of this one: that the dialog draws all of it nobody can say
    await page.getByText('The command, as its dialog draws it').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await page.getByRole('button', { name: 'Yes, proceed' }).click();
    await agent.fact('it is approved', dialogIn);
    await page.getByText('dialog-closed').first().waitFor();
    expect(faults).toEqual([]);
  });

  test('of two that answer at once the first counts; the other is told, and keeps what he wrote', async () => {
    await opened();
    const both = await Promise.all([link(), link()].map(async (one) => enter(browser, await one)));
    await agent.perform({ play: [{ request: 'Tabs or blanks?' }], input: 'go' });
    for (const { page } of both) {
      await page.getByRole('link', { name: /Tabs or blanks/ }).click();
      await page.getByLabel('Your answer').fill(page === both[0]!.page ? 'Tabs.' : 'Blanks.');
    }
    await Promise.all(both.map(({ page }) => page.getByRole('button', { name: /^Send/ }).click()));
    await Promise.all(both.map(({ page }) => page.getByRole('heading', { name: 'Answered by human' }).waitFor()));
    const { input } = await agent.fact('an answer is in the pane', (fact) =>
      /^(?:Tabs|Blanks)\.$/.test(fact.input ?? ''),
    );
    const loser = both[input === 'Tabs.' ? 1 : 0]!.page;
    await loser
      .getByText(/refused|late/)
      .first()
      .waitFor();
    await loser.getByText('What you had written, and was not sent').waitFor();
    expect(await loser.getByLabel('What you had written').textContent()).toBe(input === 'Tabs.' ? 'Blanks.' : 'Tabs.');
    expect(agent.inputs().filter((one) => /^(?:Tabs|Blanks)/.test(one))).toEqual([input]);
  });

  test('the server is killed and comes back: the page says so, keeps what was typed, and misses nothing', async () => {
    const { port } = await opened();
    const { page, faults } = await enter(browser, await link());
    await agent.perform({ play: [{ request: 'First?' }], input: 'go' });
    await page.getByRole('link', { name: /First/ }).click();
    await page.getByLabel('Your answer').fill('half an ans');
    await bridge.stop('SIGKILL');
    await page.getByText('no connection').waitFor({ timeout: 2_000 });
    await startWatching();
    await opened(port);
    await page.getByText('live', { exact: true }).waitFor();
    expect(await page.getByLabel('Your answer').inputValue()).toBe('half an ans');
    await page.reload();
    expect(await page.getByLabel('Your answer').inputValue()).toBe('half an ans');
    await page.getByLabel('Your answer').fill('Second, then.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('confirmed on its screen').waitFor();
    expect(agent.inputs().filter((one) => one === 'Second, then.')).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  test('what is asked while the server is down stands on the open page once it is back, and once', async () => {
    const { port } = await opened();
    const { page, faults } = await enter(browser, await link());
    await page.getByText('live', { exact: true }).waitFor();
    await bridge.stop('SIGKILL');
    await page.getByText('no connection').waitFor({ timeout: 2_000 });
    await agent.perform({ play: [{ request: 'Asked meanwhile?' }], input: 'go' });
    await startWatching();
    await opened(port);
    const asked = page.getByRole('link', { name: /Asked meanwhile/ });
    await asked.waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    expect(await asked.count()).toBe(1);
    await asked.click();
    await page.getByLabel('Your answer').fill('Yes, meanwhile.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('confirmed on its screen').waitFor();
    expect(agent.inputs().filter((one) => one === 'Yes, meanwhile.')).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  test('script, escapes, turned text and very long words do nothing but stand there', async () => {
    await opened();
    const { page, faults } = await enter(browser, await link());
    const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>\u202egnp.\x1b[31mred`;
    await json('add', 'evil', '--description', hostile.slice(0, 60));
    await json('tell', 'evil', hostile);
    await json('tell', 'evil', 'word '.repeat(13_000));
    await agent.perform({ play: [{ request: `Is this fine? ${hostile}` }], input: 'go' });
    await page.getByRole('link', { name: /Is this fine/ }).click();
    const asked = page.getByLabel('What it asks');
    await asked.getByText('<img src=x').waitFor();
    await page.goto(`${new URL(page.url()).origin}/#/messages/thread/evil%2Bhuman`);
    await page.getByText('\\u202e').first().waitFor();
    await page.getByText('Show all').waitFor();
    expect(await page.locator('img, #page script, iframe').count()).toBe(0);
    expect([await page.title(), faults]).toEqual([expect.stringContaining('bridge'), []]);
  });
});

test('an answer that counts only as the first takes no other’s place while that waits; another may', async () => {
  const { url } = await opened();
  const token = readFileSync(join(home, 'admin.token'), 'utf8').trim();
  await agent.perform({ play: [{ request: 'Tabs or blanks?' }], input: 'go' });
  const id = await waitFor('it is asked', async () => (await json('requests'))[0]?.id as string | undefined);
  // somebody's half a thought in the composer holds the answer
  await agent.perform({ draft: 'half a thought' });
  const answer = async (body: object) => {
    const reply = await fetch(`${url}/api/v1/requests/${id}/answer`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await reply.json()) as { accepted: string; message: string };
  };
  expect(await answer({ text: 'Tabs.', isFirst: true })).toMatchObject({ accepted: 'first' });
  expect(await answer({ text: 'Blanks.', isFirst: true })).toMatchObject({
    accepted: 'refused',
    message: expect.stringContaining('human has answered it meanwhile'),
  });
  expect(await answer({ text: 'Blanks.' })).toMatchObject({ accepted: 'replaced' });
});

test('without a session the page is not given, and a foreign form logs nobody in', async () => {
  const { url } = await opened();
  const at = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, { redirect: 'manual', ...init });
  const first = await at('/');
  expect([first.status, first.headers.get('location')]).toEqual([303, '/login']);
  const code = new URL(await link()).searchParams.get('code')!;
  const form = (origin: string) =>
    at('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
      body: `code=${code}`,
    });
  expect((await form('https://evil.example')).status).toBe(403);
  expect((await form('null')).status).toBe(403);
  const cookie = (await form(url)).headers.get('set-cookie')!.split(';')[0]!;
  expect((await form(url)).status).toBe(401);
  const page = await at('/', { headers: { cookie } });
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  const text = await page.text();
  expect(text).toContain('<div id="page">');
  for (const [, name] of text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const { status, headers } = await at(name!);
    expect([name, status, headers.get('cache-control')]).toEqual([name, 200, expect.stringContaining('immutable')]);
  }
  expect((await at('/assets/..%2findex.html')).status).toBe(403);
});
