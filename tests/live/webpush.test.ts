import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, enter, openBrowser } from '../fixtures/browser.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { hasOpenssl, type PushService, startPushService } from '../fixtures/push-service.ts';
import { run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

/** Alerts in a browser, over a push service of this machine: from the agent's screen to what the browser decrypts. */

eachTestStartsWith({ worker: {}, yaml: 'mode: manual\n' });

let service: PushService;
let url: string;
const token = () => readFileSync(join(home, 'admin.token'), 'utf8').trim();
const command = (...args: string[]) =>
  run(tmux, [...args, '--home', home], { env: { NODE_EXTRA_CA_CERTS: service.ca } });

/** @param notify more of `notify:` */
async function serving(...notify: string[]): Promise<void> {
  appendFileSync(
    join(home, 'bridge.yaml'),
    `${['notify:', '  bell: false', ...notify.map((line) => `  ${line}`)].join('\n')}\n`,
  );
  await startWatching([], { env: { NODE_EXTRA_CA_CERTS: service.ca } });
  url = JSON.parse((await command('serve', '--port', '0', '--json')).stdout).url;
}
const called = () => `webpush: { contact: "mailto:you@example.org", hosts: ["${service.host}"] }`;

async function ask(verb: string, path: string, body?: object, bearer = token()) {
  const reply = await fetch(`${url}/api/v1${path}`, {
    method: verb,
    headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
  return { status: reply.status, body: (await reply.json()) as any };
}

describe.skipIf(!hasOpenssl)('with a push service', () => {
  beforeEach(async () => {
    service = await startPushService(tmux.folder);
  });
  afterEach(() => service.close());

  test('a browser that asked is called for a question, once, and its receipt is kept; when its token ends it is not', async () => {
    await serving(called());
    expect(existsSync(join(home, 'push.key'))).toBe(false);
    const phone = (await ask('POST', '/tokens', { name: 'phone', role: 'human' })).body.token;
    const added = await ask('POST', '/push', service.browser('one'), phone);
    expect(added).toMatchObject({ status: 200, body: { id: expect.any(String) } });
    expect(statSync(join(home, 'push.key')).mode & 0o777).toBe(0o600);
    expect((await ask('GET', '/push')).body).toMatchObject({
      isOn: true,
      subscriptions: [{ id: added.body.id, service: service.host, token: 'phone' }],
    });
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    await waitFor('it is called', () => service.got.length === 1);
    const { sender, body, claims } = service.got[0]!;
    expect(body).toMatchObject({ title: expect.stringContaining('needs you'), link: null });
    expect([sender, claims.sub]).toEqual([(await ask('GET', '/push')).body.key, 'mailto:you@example.org']);
    const receipt = await waitFor('the receipt', async () => {
      const [last] = (await ask('GET', '/alerts')).body.slice(-1);
      const state = last?.by.find(({ way }: { way: string }) => way === 'webpush')?.state;
      return state?.is === 'sent' ? state.receipt : null;
    });
    expect(receipt).toBe('1 of 1 browsers');
    expect(await command('notify', 'test')).toMatchObject({ code: 0, stdout: 'webpush  sent: 1 of 1 browsers\n' });
    expect(service.got).toHaveLength(2);
    const [{ id }] = (await ask('GET', '/requests')).body;
    expect((await ask('POST', `/requests/${id}/answer`, { text: 'SQLite.' })).status).toBe(200);
    // the worker goes on with the answer, and may call for something else
    const about = () => service.got.filter((one) => one.body.tag === body.tag);
    await waitFor('it is told that it is settled', () => about().length === 2);
    expect(about()[1]!.body).toMatchObject({ isSettled: true });
    expect((await ask('DELETE', '/tokens/phone')).status).toBe(200);
    expect((await ask('GET', '/push')).body.subscriptions).toEqual([]);
    expect(await command('notify', 'test')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('no browser has asked'),
    });
    expect([about().length, service.faults]).toEqual([2, []]);
  });

  test('without a word in bridge.yaml no browser can ask; an agent never can, and nobody for an address of this network', async () => {
    await serving();
    expect((await ask('GET', '/push')).body).toEqual({ isOn: false, key: null, subscriptions: [] });
    expect(await ask('POST', '/push', service.browser('one'))).toMatchObject({
      status: 409,
      body: { error: { code: 'refused' } },
    });
    expect(existsSync(join(home, 'push.key'))).toBe(false);
    expect((await ask('POST', '/members', { name: 'ci' })).status).toBe(200);
    const ci = (await ask('POST', '/tokens', { name: 'ci', role: 'agent', member: 'ci' })).body.token;
    for (const [verb, path] of [
      ['GET', '/push'],
      ['POST', '/push'],
      ['DELETE', '/push/x'],
    ] as const)
      expect([path, (await ask(verb, path, verb === 'POST' ? service.browser('two') : undefined, ci)).status]).toEqual([
        path,
        403,
      ]);
  });
});

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => browser?.close());

describe.skipIf(chromiumPath === null || !hasOpenssl)('in a browser', () => {
  beforeEach(async () => {
    service = await startPushService(tmux.folder);
  });
  afterEach(() => service.close());

  test('the switch says what it needs, the worker shows what is pushed, and what comes later about it takes its place', async () => {
    await serving(called());
    const link = JSON.parse((await command('dashboard', '--print', '--json')).stdout).link;
    const { page, faults } = await enter(browser, link);
    const context = page.context();
    await context.grantPermissions(['notifications'], { origin: new URL(url).origin });
    await page.goto(`${url}/#/settings`);
    const box = page.getByLabel(/Call me in this browser/);
    await box.waitFor();
    expect([await box.isEnabled(), await box.isChecked()]).toEqual([true, false]);
    const session = await context.newCDPSession(page);
    const registrations: Array<{ registrationId: string; scopeURL: string }> = [];
    session.on('ServiceWorker.workerRegistrationUpdated', (event) => void registrations.push(...event.registrations));
    await session.send('ServiceWorker.enable');
    await page.evaluate("navigator.serviceWorker.register('/push/worker.js', { scope: '/push/' })");
    const { registrationId } = await waitFor(
      'the worker',
      () => registrations.find(({ scopeURL }) => scopeURL === `${url}/push/`) ?? null,
    );
    await page.evaluate(
      `new Promise((resolve) => { const look = async () => (await navigator.serviceWorker.getRegistration('/push/')).active?.state === 'activated' ? resolve() : setTimeout(look, 20); look(); })`,
    );
    const worker = await waitFor('it runs', () => context.serviceWorkers()[0] ?? null);
    await worker.evaluate(`
      self.done = [];
      const show = registration.showNotification.bind(registration);
      registration.showNotification = (...given) =>
        show(...given).then(() => done.push('shown'), (fault) => done.push(String(fault)));
    `);
    let count = 0;
    /**
     * Delivers it. @returns what is shown from then on. Nobody looks before the worker has shown it: what is asked for while a
     * notification is being shown, Chromium (150) forgets in one case of twenty; after that in none of 300. It says nothing of either.
     */
    const push = async (data: object | string) => {
      await session.send('ServiceWorker.deliverPushMessage', {
        origin: url,
        registrationId,
        data: typeof data === 'string' ? data : JSON.stringify(data),
      });
      count++;
      await waitFor('the worker has shown it', async () => (await worker.evaluate('done.length')) === count);
      expect(await worker.evaluate('done.at(-1)')).toBe('shown');
      return page.evaluate(
        `navigator.serviceWorker.getRegistration('/push/').then((one) => one.getNotifications()).then((all) => all.map(({ title, body, tag, silent, data }) => ({ title, body, tag, silent, link: data.link })))`,
      ) as Promise<Array<Record<string, unknown>>>;
    };
    const itsLink = 'https://hub.example.org/a/x';
    expect(await push({ tag: 't1', title: 'lead needs you', text: 'which one?', link: itsLink })).toEqual([
      { title: 'lead needs you', body: 'which one?', tag: 't1', silent: false, link: itsLink },
    ]);
    const settled = { title: 'lead needs you no more', tag: 't1' };
    expect(await push({ ...settled, text: 'it was settled', link: null, isSettled: true })).toEqual([
      { ...settled, body: 'it was settled', silent: true, link: null },
    ]);
    // whatever comes calls a person
    const plain = { title: 'bridge', body: 'An agent needs you.', tag: 'bridge', silent: false, link: null };
    const wrong = { tag: 5, title: {}, text: null, link: ['x'], isSettled: 'yes', toString: 'x' };
    for (const odd of ['no JSON', 'null', '5', '"words"', '[{"title":"x"}]', wrong, { tag: '', title: '', text: '' }]) {
      const all = await push(odd);
      expect([odd, all.find(({ tag }) => tag === 'bridge')]).toEqual([odd, plain]);
      expect(all).toHaveLength(2);
    }
    expect(faults).toEqual([]);
  });

  test('turned on, the switch has this browser called; turned off, it is not; where the browser refuses, its words are there', async () => {
    await serving(called());
    const link = JSON.parse((await command('dashboard', '--print', '--json')).stdout).link;
    const { page } = await enter(browser, link);
    await page.context().grantPermissions(['notifications'], { origin: new URL(url).origin });
    // no browser here reaches the push service of its maker: what that would give is of a browser of the test's own
    await page.addInitScript(`
      let given = null;
      const own = ${JSON.stringify(service.browser('page'))};
      PushManager.prototype.getSubscription = async () => given;
      PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
        if (localStorage.refuses) throw new DOMException('Registration failed', 'AbortError');
        if (!userVisibleOnly || applicationServerKey.length !== 65) throw new Error('not as browsers want it');
        given = { endpoint: own.endpoint, toJSON: () => own, unsubscribe: async () => { given = null; return true; } };
        return given;
      };
    `);
    await page.goto(`${url}/#/settings`);
    await page.reload();
    const box = page.getByLabel(/Call me in this browser/);
    await page.evaluate("localStorage.refuses = 'yes'");
    await box.click();
    await page.getByText('AbortError: Registration failed').waitFor();
    expect(await box.isChecked()).toBe(false);
    await page.evaluate("localStorage.removeItem('refuses')");
    await box.click();
    await page.getByText('This browser is called.').waitFor();
    await page.getByRole('checkbox', { name: /Call me in this browser/, checked: true }).waitFor();
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    await waitFor('it is called', () => service.got.length === 1);
    await box.click();
    await page.getByText('This browser is called no more.').waitFor();
    await page.getByRole('checkbox', { name: /Call me in this browser/, checked: false }).waitFor();
    expect((await ask('GET', '/push')).body.subscriptions).toEqual([]);
  });
});
