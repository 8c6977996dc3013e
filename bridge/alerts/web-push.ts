import {
  createCipheriv,
  createECDH,
  createPrivateKey,
  type ECDH,
  generateKeyPairSync,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { readPrivately, writePrivately } from '../host/private-file.ts';

/** What a browser gives of its own for the encryption, as base64url: a point of P-256, uncompressed, and 16 bytes. */
export interface BrowserKeys {
  readonly p256dh: string;
  readonly auth: string;
}

/** By which push services know who sends. */
export interface VapidKeys {
  readonly privateKey: KeyObject;
  /** a point of P-256, uncompressed, as base64url */
  readonly publicKey: string;
}

const curve = 'prime256v1';
const recordBytes = 4_096;
/** What a push service takes, less the header, the end of the record and its tag: RFC 8291, 4. */
export const mostPayloadBytes = recordBytes - 86 - 1 - 16;
/** A push service takes a day at most: RFC 8292, 2. */
const vapidLastsMs = 12 * 3_600_000;

/**
 * A payload as only this browser reads it: RFC 8291, one record of aes128gcm (RFC 8188).
 * @param given the sender's pair and salt, which are new for each message; a test gives those of the RFC
 */
export function sealed(
  payload: Buffer,
  { p256dh, auth }: BrowserKeys,
  given: { readonly sender: ECDH; readonly salt: Buffer } = fresh(),
): Buffer {
  if (payload.length > mostPayloadBytes) throw new Error(`a payload of ${payload.length} bytes is too long`);
  const { sender, salt } = given;
  const receiver = Buffer.from(p256dh, 'base64url');
  const own = sender.getPublicKey();
  const about = Buffer.concat([Buffer.from('WebPush: info\0'), receiver, own]);
  const secret = derived(sender.computeSecret(receiver), Buffer.from(auth, 'base64url'), about, 32);
  const key = derived(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derived(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(recordBytes);
  // 2 ends the last record
  const body = [cipher.update(payload), cipher.update(Buffer.from([2])), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([salt, size, Buffer.from([own.length]), own, ...body]);
}

function fresh() {
  const sender = createECDH(curve);
  sender.generateKeys();
  return { sender, salt: randomBytes(16) };
}

function derived(secret: Buffer, salt: Buffer, about: Buffer, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, about, bytes));
}

/** Whether a browser could have given them. */
export function areBrowserKeys({ p256dh, auth }: BrowserKeys): boolean {
  try {
    fresh().sender.computeSecret(Buffer.from(p256dh, 'base64url'));
  } catch {
    return false;
  }
  return Buffer.from(p256dh, 'base64url').length === 65 && Buffer.from(auth, 'base64url').length === 16;
}

/**
 * Who sends, signed for this push service: RFC 8292.
 * @param contact `mailto:` or `https:`, by which the service reaches who runs this
 */
export function vapidHeader(endpoint: string, contact: string, keys: VapidKeys, now: number): string {
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor((now + vapidLastsMs) / 1_000), sub: contact };
  const signedPart = [{ typ: 'JWT', alg: 'ES256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(signedPart), { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${signedPart}.${signature.toString('base64url')}, k=${keys.publicKey}`;
}

/** Those of a state directory: made at the first use, and lost with the file: then each browser asks anew. */
export function vapidKeys(file: string): VapidKeys {
  const kept = readPrivately(file);
  const known = kept === null ? null : keysIn(kept);
  if (known !== null) return known;
  const jwk = generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ format: 'jwk' });
  writePrivately(file, `${JSON.stringify(jwk)}\n`);
  return keysIn(JSON.stringify(jwk))!;
}

/** Null where it is no key: a file that somebody wrote into. */
function keysIn(text: string): VapidKeys | null {
  try {
    const jwk = JSON.parse(text) as JsonWebKey;
    const point = [Buffer.from([4]), ...[jwk.x, jwk.y].map((part) => Buffer.from(part!, 'base64url'))];
    return {
      privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
      publicKey: Buffer.concat(point).toString('base64url'),
    };
  } catch {
    return null;
  }
}
