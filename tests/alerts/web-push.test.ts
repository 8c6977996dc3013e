import { createECDH, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { areBrowserKeys, mostPayloadBytes, sealed, vapidHeader, vapidKeys } from '../../bridge/alerts/web-push.ts';
import { opened, signatureIn } from '../fixtures/push-service.ts';

/** What a browser's push service takes: RFC 8291 and RFC 8292. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-push-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const curve = 'prime256v1';
const receiver = () => {
  const own = createECDH(curve);
  own.generateKeys();
  const auth = randomBytes(16);
  return { own, auth, keys: { p256dh: own.getPublicKey('base64url'), auth: auth.toString('base64url') } };
};

test('the example of RFC 8291 comes out to the letter', () => {
  const sender = createECDH(curve);
  sender.setPrivateKey('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url');
  const salt = Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url');
  const keys = {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  };
  const body = sealed(Buffer.from('When I grow up, I want to be a watermelon'), keys, { sender, salt });
  expect(body.toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('only the browser that it is for can read it, whole, and no two are alike', () => {
  const [one, other] = [receiver(), receiver()];
  for (const text of ['', 'x', 'é€😀', 'x'.repeat(mostPayloadBytes)]) {
    const [body, again] = [sealed(Buffer.from(text), one.keys), sealed(Buffer.from(text), one.keys)];
    expect(opened(body, one.own, one.auth)).toBe(text);
    expect(body.equals(again)).toBe(false);
    expect(body.length).toBeLessThanOrEqual(4_096);
    expect(() => opened(body, other.own, one.auth)).toThrow();
    expect(() => opened(body, one.own, other.auth)).toThrow();
  }
  expect(() => sealed(Buffer.alloc(mostPayloadBytes + 1), one.keys)).toThrow('too long');
});

test('keys that no browser gives are told', () => {
  const { keys } = receiver();
  expect(areBrowserKeys(keys)).toBe(true);
  const wrong = [
    { ...keys, auth: '' },
    { ...keys, auth: 'AAAA' },
    { ...keys, p256dh: '' },
    { ...keys, p256dh: keys.p256dh.slice(0, -4) },
    // on no curve
    { ...keys, p256dh: Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url') },
    { ...keys, p256dh: 'BAAA' },
  ];
  expect(wrong.filter(areBrowserKeys)).toEqual([]);
});

test('who sends is signed for that service, for twelve hours, with a key that stays and is ours alone', async () => {
  const file = join(folder, 'push.key');
  const keys = vapidKeys(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(vapidKeys(file).publicKey).toBe(keys.publicKey);
  const now = 1_800_000_000_000;
  const header = vapidHeader('https://fcm.googleapis.com/fcm/send/x:y', 'mailto:you@example.org', vapidKeys(file), now);
  expect(await signatureIn(header)).toEqual({
    claims: { aud: 'https://fcm.googleapis.com', exp: now / 1_000 + 12 * 3_600, sub: 'mailto:you@example.org' },
    sender: keys.publicKey,
  });
  const [head, , rest] = header.split('.');
  const others = Buffer.from('{"aud":"https://evil.example"}').toString('base64url');
  await expect(signatureIn([head, others, rest].join('.'))).rejects.toThrow('not signed');
});

test('a key file that others can read, or that is none, gives way to a new one', () => {
  const file = join(folder, 'push.key');
  writeFileSync(file, '{"kty":"EC"}\n', { mode: 0o600 });
  const first = vapidKeys(file).publicKey;
  expect(vapidKeys(file).publicKey).toBe(first);
});
