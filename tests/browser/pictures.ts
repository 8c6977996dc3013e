import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { rowsOf, still, type TerminalScreen } from '../agents/terminal-svg.ts';
import { chromiumPath, enter, openBrowser } from '../fixtures/browser.ts';
import { privateTmuxAt, sizeWindow, waitFor } from '../fixtures/private-tmux.ts';
import { program } from '../live/bridge-process.ts';
import { play, startScene } from './scene.ts';

/**
 * docs/pictures/dashboard-VIEW.png, -VIEW-dark.png and -VIEW-narrow.png: each view of the dashboard, before scripted agents at work;
 * and -dialog-narrow.png, a dialog on a phone.
 */

const out = fileURLToPath(new URL('../../docs/pictures', import.meta.url));
const wide = { width: 1180, height: 700 };
const narrow = { width: 360, height: 720 };

const request = (name: string) => async (page: Page) => {
  await page.goto(`${new URL(page.url()).origin}/#/requests`);
  await page.getByRole('link', { name }).first().click();
  await page.getByLabel('The screen, as it was').waitFor();
};
const at =
  (place: string, shown: string, act: (page: Page) => Promise<void> = async () => {}) =>
  async (page: Page) => {
    const { origin } = new URL(page.url());
    // what was chosen in it the last time is gone then
    await page.goto(`${origin}/#/requests`);
    await page.getByText('Waiting for you').first().waitFor();
    await page.goto(`${origin}/#/${place}`);
    await page.getByText(shown).first().waitFor();
    await act(page);
  };
const tryRule = async (page: Page) => {
  await page
    .getByLabel('Try a rule on what was asked before')
    .fill("when: { kind: request, text: '/which port/i' }\nanswer: 8081, as in the README.");
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByText('requests it would have decided').waitFor();
  await scrollTo('Rules')(page);
};
/** Brings a part of the page below its bar. */
const scrollTo = (region: string) => (page: Page) =>
  page
    .getByRole('region', { name: region })
    .evaluate((one) => (one as unknown as { scrollIntoView(): void }).scrollIntoView());
/** What was decided in the last hour. */
const decisions = async (page: Page) => {
  await page.getByLabel('Show').selectOption('Decisions');
  await page.getByLabel('of what happened').selectOption('in the last hour');
};
const openDecision = async (page: Page) => {
  await decisions(page);
  await page.locator('summary').filter({ hasText: 'answered' }).first().click();
  await page.mouse.wheel(0, -10_000);
};
const decisionsAlone = async (page: Page) => {
  await decisions(page);
  await page.evaluate("document.querySelector('.filters').scrollIntoView()");
};
const names = ['reviewer', 'critic'];
const startOne = async (page: Page) => {
  await page.getByLabel('In the project').getByText('shop, ').waitFor({ state: 'attached' });
  await page.getByLabel('In the project').selectOption('shop');
  const name = names.shift()!;
  await page.getByLabel('Its name').fill(name);
  await page.getByRole('button', { name: 'Start it' }).click();
  await page.getByText('is started').waitFor();
  await page.locator('[data-list] a').filter({ hasText: name }).waitFor();
};

/** What leads to each view, wide and narrow. */
const views: Readonly<Record<string, readonly [wide: Way, narrow: Way]>> = {
  requests: [request('coder'), at('requests', 'Waiting for you')],
  now: [at('now/docs%2Fwriter', 'Ask Codex to do anything'), at('now', 'deployer')],
  messages: [at('messages/waiting', 'are held in'), at('messages/thread/release%2F1.4', 'The plan for 1.4')],
  timeline: [at('timeline', 'writes to', openDecision), at('timeline', 'writes to', decisionsAlone)],
  settings: [at('settings', 'automatic answers in a row', tryRule), at('settings', 'automatic answers in a row')],
  notifications: [
    at('settings', 'The last calls', scrollTo('Notifications')),
    at('settings', 'The last calls', scrollTo('Notifications')),
  ],
  start: [at('now/%2B', 'guarded by', startOne), at('now/%2B', 'guarded by')],
};
type Way = (page: Page) => Promise<void>;

interface Picture {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly scheme: 'light' | 'dark';
  /** leads to what is shown */
  readonly way: Way;
}

const pictures: readonly Picture[] = [
  ...Object.entries(views).flatMap(([name, [way, narrowWay]], index): Picture[] => [
    { name, size: wide, scheme: 'light', way },
    { name: `${name}-dark`, size: wide, scheme: 'dark', way },
    { name: `${name}-narrow`, size: narrow, scheme: index % 2 === 0 ? 'dark' : 'light', way: narrowWay },
  ]),
  { name: 'dialog-narrow', size: narrow, scheme: 'dark', way: request('deployer') },
];

const tops = {
  top: { columns: 80, rows: 24, keys: ['2'], shown: 'tester' },
  'top-screen': { columns: 110, rows: 32, keys: ['2', 'Down', 'Down', 'Enter'], shown: 'Yes, proceed' },
};

if (chromiumPath === null) throw new Error('no chromium here');
// paths stand on the page: these are short, and the same each time
const folder = join(tmpdir(), 'work');
mkdirSync(folder, { mode: 0o700 });
const tmux = privateTmuxAt(join(folder, 'tmux'), folder);
const browser = await openBrowser();
try {
  const scene = await startScene(tmux);
  try {
    await play(scene);
    mkdirSync(out, { recursive: true });
    for (const [name, how] of Object.entries(tops))
      writeFileSync(join(out, `${name}.svg`), still(await topOn(scene.home, how)));
    const { page } = await enter(browser, await scene.link());
    for (const { name, size, scheme, way } of pictures) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await way(page);
      await page.mouse.move(0, 0);
      await page.evaluate('document.fonts.ready');
      await page.screenshot({ path: join(out, `dashboard-${name}.png`) });
    }
  } finally {
    await scene.close();
  }
} finally {
  await browser.close();
  await tmux.stop();
}

/** `bridge top` of such a size, after these keys. @param shown what it shows by then */
async function topOn(
  home: string,
  { columns, rows, keys, shown }: { columns: number; rows: number; keys: readonly string[]; shown: string },
): Promise<TerminalScreen> {
  const command = [process.execPath, program, 'top', '--home', home];
  await tmux.run('new-session', '-d', '-s', 'top', '-x', `${columns}`, '-y', `${rows}`, ...command);
  await sizeWindow(tmux, '=top:', columns, rows);
  const screen = () => tmux.run('capture-pane', '-e', '-N', '-p', '-t', '=top:');
  const sees = (what: string) => waitFor(what, async () => (await screen()).includes(what), { describe: screen });
  await sees('orders table');
  for (const key of keys) await tmux.run('send-keys', '-t', '=top:', key);
  await sees(shown);
  const drawn = rowsOf((await screen()).replaceAll(tmux.folder, '~'));
  await tmux.run('kill-session', '-t', '=top');
  return { title: '$ bridge top', columns, rows: drawn };
}
