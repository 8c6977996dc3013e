import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { chromiumPath, enter, openBrowser } from '../fixtures/browser.ts';
import { privateTmux } from '../fixtures/private-tmux.ts';
import { play, startScene } from './scene.ts';

/** docs/pictures/dashboard-*.png: each view of the dashboard, before scripted agents at work. */

const out = fileURLToPath(new URL('../../docs/pictures', import.meta.url));
const wide = { width: 1180, height: 760 };
const narrow = { width: 360, height: 720 };

interface Picture {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly scheme: 'light' | 'dark';
  /** leads to what is shown */
  readonly way: (page: Page) => Promise<void>;
}

const request = async (page: Page, name: string) => {
  await page.goto(`${new URL(page.url()).origin}/#/requests`);
  await page.getByRole('link', { name }).first().click();
  await page.getByLabel('The screen, as it was').waitFor();
};
const member = async (page: Page, name: string) => {
  await page.goto(`${new URL(page.url()).origin}/#/now/${encodeURIComponent(name)}`);
  await page.getByLabel('The screen, now').getByText('Codex').waitFor();
};
const at = (place: string, shown: string) => async (page: Page) => {
  await page.goto(`${new URL(page.url()).origin}/#/${place}`);
  await page.getByText(shown).first().waitFor();
};

const pictures: readonly Picture[] = [
  { name: 'requests', size: wide, scheme: 'light', way: (page) => request(page, 'coder') },
  { name: 'dialog-narrow', size: narrow, scheme: 'dark', way: (page) => request(page, 'deployer') },
  { name: 'now', size: wide, scheme: 'dark', way: (page) => member(page, 'docs/writer') },
  { name: 'now-narrow', size: narrow, scheme: 'light', way: at('now', 'deployer') },
  { name: 'messages', size: wide, scheme: 'light', way: at('messages/waiting', 'are held in') },
  {
    name: 'messages-narrow',
    size: narrow,
    scheme: 'dark',
    way: at('messages/thread/release%2F1.4', 'The plan for 1.4'),
  },
  { name: 'timeline', size: wide, scheme: 'dark', way: at('timeline', 'writes to') },
  { name: 'settings', size: wide, scheme: 'light', way: at('settings', 'automatic answers in a row') },
];

if (chromiumPath === null) throw new Error('no chromium here');
const tmux = privateTmux();
const browser = await openBrowser();
try {
  const scene = await startScene(tmux);
  try {
    await play(scene);
    const { page } = await enter(browser, await scene.link());
    mkdirSync(out, { recursive: true });
    for (const { name, size, scheme, way } of pictures) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await way(page);
      await page.mouse.move(0, 0);
      await page.evaluate('document.fonts.ready');
      await page.screenshot({ path: join(out, `dashboard-${name}.png`) });
    }
  } finally {
    await scene.bridge.stop('SIGKILL');
  }
} finally {
  await browser.close();
  await tmux.stop();
}
