import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchable } from '../../bridge/agent-programs/index.ts';
import { chromiumPath, enter, findings, openBrowser } from '../fixtures/browser.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { Fact } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

/** An agent of the catalogue is started on the page: a real server, real tmux, and a scripted program in the place of codex. */

eachTestStartsWith({ worker: {}, yaml: 'mode: manual\n' });

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => browser?.close());

let watching: BridgeProcess;
const place = (...names: string[]) => join(tmux.folder, ...names);
const path = () => `${place('bin')}:${process.env.PATH}`;

/** Where the bridge looks, `codex` is the scripted agent, which asks at once and notes with what it was started. */
beforeEach(async () => {
  mkdirSync(place('bin'));
  const words = `--style codex --log ${place('new.log')} --name work --ask-on-start 'Which port does it use?'`;
  writeFileSync(
    place('bin', 'codex'),
    `#!/bin/sh\nprintf '%s\\n' "$PWD" "$BRIDGE_HOME" "$@" > ${place('new.part')}; mv ${place('new.part')} ${place('new.words')}\nexec ${process.execPath} ${place('codex')} ${words}\n`,
  );
  chmodSync(place('bin', 'codex'), 0o755);
  watching = await startWatching([], { env: { PATH: path() } });
});

const json = async (...args: string[]) => JSON.parse((await run(tmux, [...args, '--home', home, '--json'])).stdout);
const link = async (): Promise<string> => (await json('dashboard', '--print')).link;
const facts = (): Fact[] =>
  existsSync(place('new.log'))
    ? readFileSync(place('new.log'), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Fact)
    : [];
const format = async (pane: string, what: string) => (await tmux.run('display-message', '-p', '-t', pane, what)).trim();

describe.skipIf(chromiumPath === null)('in a browser', () => {
  test.each([
    ['light', { width: 1180, height: 700 }],
    ['dark', { width: 360, height: 740 }],
  ] as const)(
    'by keys alone, %s: it runs as the catalogue says, is there within a second, and what it asks is answered',
    async (colorScheme, viewport) => {
      await json('serve', '--port', '0');
      const before = { files: readdirSync(place('work')), window: await format('=macs:', '#{window_id}') };
      const { page, faults } = await enter(browser, await link(), { colorScheme, viewport, reducedMotion: 'reduce' });
      page.setDefaultTimeout(10_000);
      await page.keyboard.press('n');
      await page.getByRole('heading', { name: 'Start an agent' }).waitFor();
      await page.getByLabel('In the project').getByText('work, ').waitFor({ state: 'attached' });
      await page.keyboard.press('a');
      for (let count = 0; count < 20; count++) {
        if ((await page.evaluate('document.activeElement.id')) === 'called') break;
        await page.keyboard.press('Tab');
      }
      const name = page.getByLabel('Its name');
      expect(await name.inputValue()).toBe('codex');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('tester');
      const serious = (await findings(page)).filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
      await page.keyboard.press('Enter');
      const came = page.getByRole('status').filter({ hasText: 'is started: codex' });
      await came.waitFor();
      // on a phone the list is behind what is chosen
      const member = page.locator('[data-list] a').filter({ hasText: 'tester' });
      await member.waitFor({ state: 'attached', timeout: 1_000 });

      const line = (await page.getByLabel('The command that shows it').textContent())!;
      const [, socket, target] = /^tmux -S (\S+) attach-session -t '?(=macs:@\d+)'?$/.exec(line) ?? [];
      expect(socket).toBe(tmux.socketPath);
      const pane = await format(target!, '#{pane_id}');
      await came.getByText(`in pane ${pane} of the tmux session macs`).waitFor();
      expect(await format(pane, '#{@label}|#{window_name}|#{session_name}')).toBe('tester|tester|macs');
      await waitFor('it runs', () => existsSync(place('new.words')));
      const { guarded } = launchable.find(({ name }) => name === 'codex')!.launch;
      expect(readFileSync(place('new.words'), 'utf8').split('\n').slice(0, -1)).toEqual([
        realpathSync(place('work')),
        home,
        ...guarded!,
      ]);
      // whoever looks at the session goes on looking at what he looked at; nothing is written into the folder
      expect(await format('=macs:', '#{window_id}')).toBe(before.window);
      expect(readdirSync(place('work'))).toEqual(before.files);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
      if (viewport.width < 760) await page.getByRole('link', { name: 'Its screen' }).click();
      else await member.click();
      await page.getByLabel('The screen, now').getByText('Which port does it use?').first().waitFor();

      await page.keyboard.press('1');
      await page.getByRole('link', { name: /Which port does it use/ }).click();
      await page.getByLabel('Your answer').fill('8080.');
      await page.keyboard.press('Control+Enter');
      await page.getByText('confirmed on its screen').waitFor();
      expect(facts().flatMap(({ input }) => input ?? [])).toEqual(['8080.']);
      expect(agent.inputs()).toEqual([]);
      await page.keyboard.press('4');
      await page.locator('main.timeline').waitFor();
      await page.getByLabel('Show').selectOption('Members and pauses');
      await page.getByText(`codex was started by human, in pane ${pane}`).waitFor();
      await page.getByText('human has codex started').waitFor();
      expect(faults).toEqual([]);
    },
    60_000,
  );

  test('a name that is taken is refused, with what to do; what one has typed stays', async () => {
    await json('serve', '--port', '0');
    const { page } = await enter(browser, await link());
    page.setDefaultTimeout(10_000);
    await page.keyboard.press('n');
    await page.getByLabel('In the project').getByText('work, ').waitFor({ state: 'attached' });
    await page.getByText('Agents that cannot be started here').click();
    const unguarded = page.getByRole('listitem').filter({ hasText: /^pi / });
    await unguarded.getByText(/is not on the bridge's PATH: |neither asks nor has a sandbox/).waitFor();
    expect(await page.getByRole('radio', { name: /^pi/ }).count()).toBe(0);
    const panes = await tmux.run('list-panes', '-a', '-F', '#{pane_id}');
    await page.getByLabel('Its name').fill('worker');
    await page.getByRole('button', { name: 'Start it' }).click();
    await page.getByText(/work\/worker: another has this name \(choose another name/).waitFor();
    expect(await page.getByLabel('Its name').inputValue()).toBe('worker');
    expect(await tmux.run('list-panes', '-a', '-F', '#{pane_id}')).toBe(panes);
  });
});

test('the next bridge watches it as the last one did; a pause keeps nobody from starting one, and says what follows', async () => {
  const { url } = await json('serve', '--port', '0');
  const { token } = await json('token', 'add', 'desk', '--role', 'human');
  const ask = async (method: string, route: string, body?: object, at = url) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await fetch(`${at}/api/v1${route}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    // biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
    return (await reply.json()) as any;
  };
  await waitFor('its project is known', async () => (await ask('GET', '/agents')).projects.length === 1);
  await ask('POST', '/pause', { reason: 'lunch' });
  const started = await ask('POST', '/agents', { agent: 'codex', project: 'work', name: 'tester' });
  expect(started).toMatchObject({ name: 'tester', fullName: 'work/tester', made: 'window', session: 'macs' });
  expect(started.notes).toEqual(expect.arrayContaining([expect.stringContaining('everything is paused')]));
  const asked = async (at = url) =>
    (await ask('GET', '/requests', undefined, at)).filter((one: { text: string }) => /Which port/.test(one.text));
  await waitFor('what it asks comes to the person', async () => (await asked()).length === 1);
  await watching.stop('SIGKILL');
  await startWatching([], { env: { PATH: path() } });
  const again = (await json('serve', '--port', '0')).url;
  const workers = async () =>
    (await ask('GET', '/overview', undefined, again)).workers.map(({ name }: { name: string }) => name).sort();
  await waitFor('both are watched', async () => (await workers()).join() === 'tester,worker', {
    describe: async () => (await workers()).join(),
  });
  expect(await asked(again)).toMatchObject([{ worker: 'tester', status: expect.stringContaining('waits for you') }]);
}, 60_000);
