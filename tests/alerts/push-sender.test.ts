import type { lookup } from 'node:dns';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { globalAgent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pushSender } from '../../bridge/alerts/push-sender.ts';
import { Subscriptions } from '../../bridge/alerts/subscriptions.ts';
import type { Alert } from '../../bridge/core/alert.ts';
import { hasOpenssl, type PushService, startPushService } from '../fixtures/push-service.ts';

/** To whom an alert goes over Web Push, and what becomes of those who are not there any more. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-push-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const token = { name: 'phone', addedAt: 1 };
const alert: Alert = {
  ...{ id: 'a1', matter: 'request:1', kind: 'request', member: 'shop/lead', urgency: 'normal' },
  ...{ title: 'lead needs you', text: 'which one?', raisedAt: 0 },
};
const clock = { now: () => 1_800_000_000_000, after: () => () => {} };
const words = ({ title, text }: Alert) => ({ title, text, link: null });

function subscriptions(
  hosts: readonly string[],
  counts: () => boolean = () => true,
  kept = new Map<string, unknown>(),
): Subscriptions {
  const memory = {
    memory: <T>(key: string) => (kept.get(key) ?? null) as T | null,
    saveMemory: (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
  };
  return new Subscriptions({ memory, clock, keyFile: join(folder, 'push.key'), hosts, counts });
}

const keys = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};

test.each([
  'http://fcm.googleapis.com/x',
  'https://fcm.googleapis.com:8443/x',
  'https://fcm.googleapis.com@127.0.0.1/x',
  'https://user:word@fcm.googleapis.com/x',
  'https://fcm.googleapis.com.evil.example/x',
  'https://evilpush.apple.com.example/x',
  'https://xnotify.windows.com/x',
  'https://127.0.0.1/x',
  'https://[::1]/x',
  'https://localhost/x',
  'https://169.254.169.254/latest/meta-data',
  'https://10.0.0.1/x',
  'https://push.example.org:8443/x',
  'file:///etc/passwd',
  'javascript:alert(1)',
  `https://fcm.googleapis.com/${'x'.repeat(1_024)}`,
  '',
])('a subscription that leads elsewhere than to a push service is refused: %s', (endpoint) => {
  const all = subscriptions(['push.example.org']);
  expect(() => all.add(token, { endpoint, keys })).toThrow('invalid');
  expect(all.list()).toEqual([]);
});

test.each([
  'https://fcm.googleapis.com/fcm/send/abc',
  'https://updates.push.services.mozilla.com/wpush/v2/abc',
  'https://wns2-par02p.notify.windows.com/w/?token=abc',
  'https://web.push.apple.com/abc',
  'https://push.example.org/abc',
])('a known push service, and one that bridge.yaml names, is taken: %s', (endpoint) => {
  const all = subscriptions(['push.example.org']);
  expect(all.add(token, { endpoint, keys })).toMatch(/^[\w-]{43}$/);
  expect(all.list()).toHaveLength(1);
});

test('a subscription counts as long as its token, its key and its service do; asked again it is the same one', () => {
  const state = { counts: true };
  const all = subscriptions([], () => state.counts);
  const endpoint = 'https://fcm.googleapis.com/fcm/send/abc';
  expect(all.add(token, { endpoint, keys })).toBe(all.add(token, { endpoint, keys }));
  expect(all.list()).toHaveLength(1);
  state.counts = false;
  expect(all.list()).toEqual([]);
  state.counts = true;
  rmSync(join(folder, 'push.key'));
  expect(all.list()).toEqual([]);
});

test('no more than so many are kept', () => {
  const all = subscriptions([]);
  const add = (count: number) => all.add(token, { endpoint: `https://web.push.apple.com/${count}`, keys });
  for (let count = 0; count < 50; count++) add(count);
  expect(() => add(50)).toThrow('there are 50 already');
  add(0);
});

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '::1',
  'fd00::1',
  '::ffff:127.0.0.1',
  'fe80::1',
  '0.0.0.0',
])('a push service whose name leads to %s is not gone to', async (address) => {
  const all = subscriptions([]);
  all.add(token, { endpoint: 'https://web.push.apple.com/abc', keys });
  const resolve = ((_name: string, _options: unknown, call: (...found: unknown[]) => void) =>
    call(null, [
      { address: '17.0.0.1', family: 4 },
      { address, family: address.includes(':') ? 6 : 4 },
    ])) as unknown as typeof lookup;
  const send = pushSender({ subscriptions: all, contact: 'mailto:a@b', clock, resolve }, words);
  await expect(send(alert)).rejects.toThrow(
    `0 of 1 browsers; web.push.apple.com: web.push.apple.com is at ${address}, which is no push service`,
  );
});

describe.skipIf(!hasOpenssl)('at a push service of this machine', () => {
  let service: PushService;
  let before: typeof globalAgent.options.ca;
  beforeEach(async () => {
    service = await startPushService(folder);
    before = globalAgent.options.ca;
    globalAgent.options.ca = readFileSync(service.ca);
  });
  afterEach(async () => {
    globalAgent.options.ca = before;
    globalAgent.destroy();
    await service.close();
  });
  const sender = (all: Subscriptions) => pushSender({ subscriptions: all, contact: 'mailto:a@b', clock }, words);

  test('each browser reads the alert, signed by the key with which it subscribed', async () => {
    const all = subscriptions([service.host]);
    for (const name of ['one', 'two']) all.add(token, service.browser(name));
    expect(await sender(all)({ ...alert, urgency: 'urgent' })).toBe('2 of 2 browsers');
    expect(service.faults).toEqual([]);
    expect(service.got.map(({ path }) => path).sort()).toEqual(['/push/one', '/push/two']);
    expect(service.got[0]).toMatchObject({
      body: { title: 'lead needs you', text: 'which one?', link: null },
      claims: { aud: `https://${service.host}`, sub: 'mailto:a@b' },
      sender: all.keys.publicKey,
      headers: { 'content-encoding': 'aes128gcm', urgency: 'high', ttl: '86400' },
    });
    expect(service.got[0]!.headers.topic).toBe(service.got[0]!.body.tag);
  });

  test('one that is gone is forgotten; one that cannot take it now is tried again, and the others are not', async () => {
    for (const gone of [404, 410]) {
      const all = subscriptions([service.host]);
      for (const name of ['gone', 'late', 'well']) all.add(token, service.browser(name));
      const answerTo: Record<string, number[]> = { '/push/gone': [gone], '/push/late': [503], '/push/well': [] };
      service.got.length = 0;
      // answered in the order in which they come, which nobody promises
      const push = service.got.push.bind(service.got);
      service.got.push = (one) => {
        service.answers.push(answerTo[one!.path]!.shift() ?? 201);
        return push(one!);
      };
      const send = sender(all);
      await expect(send(alert)).rejects.toThrow(
        /^1 of 3 browsers; .* answered (?:404|410|503); .* answered (?:404|410|503)$/,
      );
      expect(all.list().map(({ endpoint }) => new URL(endpoint).pathname)).toEqual(['/push/late', '/push/well']);
      expect(await send(alert)).toBe('2 of 2 browsers');
      expect(service.got.filter(({ path }) => path === '/push/well')).toHaveLength(1);
      service.got.push = push;
    }
  });

  test('what no service takes is cut to what it takes, at no half of a letter; what it refuses is final', async () => {
    const all = subscriptions([service.host]);
    all.add(token, service.browser('one'));
    await sender(all)({ ...alert, text: '😀"\u001b'.repeat(50_000) });
    expect(service.faults).toEqual([]);
    expect(service.got[0]!.bytes).toBeLessThanOrEqual(4_096);
    expect(service.got[0]!.body.text).toMatch(/^(?:😀"\u001b)+(?:😀"?)?…$/);
    service.answers.push(403);
    await expect(sender(all)({ ...alert, id: 'a2' })).rejects.toThrow(/^0 of 1 browsers; .* answered 403$/);
    expect(all.list()).toHaveLength(1);
  });

  test('where it is not known it is not gone to, though it was when the browser asked', async () => {
    const kept = new Map<string, unknown>();
    subscriptions([service.host], () => true, kept).add(token, service.browser('one'));
    expect(subscriptions([service.host], () => true, kept).list()).toHaveLength(1);
    const later = subscriptions([], () => true, kept);
    expect(later.list()).toEqual([]);
    await expect(sender(later)(alert)).rejects.toThrow('no browser has asked for it');
    expect(service.got).toEqual([]);
  });
});
