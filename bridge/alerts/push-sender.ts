import { createHash } from 'node:crypto';
import { lookup } from 'node:dns';
import { request } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Alert } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import { Refusal, type Sender } from './alert-queue.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';
import { mostPayloadBytes, sealed, vapidHeader } from './web-push.ts';

/** What a browser is sent; its worker (`dashboard/public/push/worker.js`) shows it. */
export interface PushedAlert {
  /** the same for the same matter: a later notification takes the place of an earlier one */
  readonly tag: string;
  readonly title: string;
  readonly text: string;
  /** null: the dashboard */
  readonly link: string | null;
  /** its matter is settled: said without a sound */
  readonly isSettled?: true;
}

export interface PushParts {
  readonly subscriptions: Subscriptions;
  /** `mailto:` or `https:`, by which a push service reaches who runs this */
  readonly contact: string;
  readonly clock: Clock;
  /** of the machine; a test has its own */
  readonly resolve?: typeof lookup;
}

const limitMs = 10_000;
/** A push service that cannot reach the browser by then forgets it. */
const lastsSeconds = 86_400;
const mostRemembered = 200;

/**
 * Sends an alert to each browser that wants it. A service that says that there is none any more (404, 410) ends its subscription;
 * an alert is tried again only for those that it has not reached.
 * @param wordsFor what is said of an alert
 */
export function pushSender(parts: PushParts, wordsFor: (alert: Alert) => Omit<PushedAlert, 'tag'>): Sender {
  const reached = new Map<string, Set<string>>();
  return async (alert) => {
    const { subscriptions } = parts;
    const all = subscriptions.list();
    if (all.length === 0) throw new Refusal('no browser has asked for it: Settings of the dashboard');
    const done = reached.get(alert.id) ?? new Set();
    if (reached.size >= mostRemembered) reached.delete(reached.keys().next().value!);
    reached.set(alert.id, done);
    const payload = payloadOf({ tag: tagOf(alert.matter), ...wordsFor(alert) });
    const ends = await Promise.all(
      all.filter(({ id }) => !done.has(id)).map((one) => attempt(parts, one, alert, payload)),
    );
    for (const { end, id } of ends) {
      if (end === 'gone') subscriptions.remove(id);
      if (end === 'sent') done.add(id);
    }
    const faults = ends.flatMap(({ end, said }) => (end === 'sent' ? [] : [said]));
    const receipt = [`${done.size} of ${all.length} browsers`, ...faults].join('; ');
    if (ends.some(({ end }) => end === 'later')) throw new Error(receipt);
    if (done.size === 0) throw new Refusal(receipt);
    return receipt;
  };
}

interface End {
  readonly id: string;
  readonly end: 'sent' | 'gone' | 'refused' | 'later';
  readonly said: string;
}

async function attempt(parts: PushParts, one: Subscription, { urgency, matter }: Alert, payload: Buffer): Promise<End> {
  const { subscriptions, contact, clock } = parts;
  const { id, endpoint, keys } = one;
  const { host } = new URL(endpoint);
  const headers = {
    'content-type': 'application/octet-stream',
    'content-encoding': 'aes128gcm',
    ttl: String(lastsSeconds),
    urgency: urgency === 'urgent' ? 'high' : 'normal',
    topic: tagOf(matter),
    authorization: vapidHeader(endpoint, contact, subscriptions.keys, clock.now()),
  };
  const reach = subscriptions.isNamed(endpoint) ? undefined : publicOnly(parts.resolve ?? lookup);
  try {
    const status = await posted(endpoint, headers, sealed(payload, keys), reach);
    const said = `${host} answered ${status}`;
    if (status >= 200 && status < 300) return { id, end: 'sent', said };
    if (status === 404 || status === 410) return { id, end: 'gone', said };
    return { id, end: status >= 500 || status === 429 || status === 408 ? 'later' : 'refused', said };
  } catch (fault) {
    return { id, end: fault instanceof Refusal ? 'refused' : 'later', said: `${host}: ${messageOf(fault)}` };
  }
}

/** A redirect is an answer as any other: nobody follows it. @returns its status */
function posted(
  endpoint: string,
  headers: Record<string, string>,
  body: Buffer,
  reach: LookupFunction | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(limitMs);
    const asked = request(endpoint, { method: 'POST', headers, signal, ...(reach && { lookup: reach }) }, (reply) => {
      resolve(reply.statusCode!);
      reply.destroy();
    });
    asked.once('error', (fault) => reject(fault.cause instanceof Refusal ? fault.cause : fault));
    asked.end(body);
  });
}

/** A push service is in the internet: a name that leads to this machine or its network is none. */
function publicOnly(resolve: typeof lookup): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (fault, addresses) => {
      const inner = fault === null && addresses.find(({ address }) => isInner(address));
      const refused = inner
        ? new Error('', { cause: new Refusal(`${name} is at ${inner.address}, which is no push service`) })
        : null;
      if (fault !== null || refused !== null) callback(fault ?? refused, '', 0);
      else if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

const innerAddresses = new BlockList();
for (const [net, bits] of [
  ...(['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'] as const),
  ...(['192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3'] as const),
].map((range) => range.split('/') as [string, string]))
  innerAddresses.addSubnet(net, Number(bits), 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['64:ff9b::', 96],
] as const)
  innerAddresses.addSubnet(net, bits, 'ipv6');

/** Of this machine, of a network that is not the internet, or of none. */
function isInner(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  return innerAddresses.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

function tagOf(matter: string): string {
  return createHash('sha256').update(matter).digest('base64url').slice(0, 32);
}

/** As long as it may be: the text is cut, at no half of a character. */
function payloadOf(pushed: PushedAlert): Buffer {
  const whole = (text: string) => Buffer.from(JSON.stringify({ ...pushed, text }));
  let payload = whole(pushed.text);
  for (let most = 2_000; payload.length > mostPayloadBytes; most = Math.floor(most / 2))
    payload = whole(`${[...pushed.text].slice(0, most).join('')}…`);
  return payload;
}
