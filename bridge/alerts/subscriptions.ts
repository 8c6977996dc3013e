import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Documents } from '../core/documents.ts';
import { usageError } from '../core/failure.ts';
import { areBrowserKeys, type BrowserKeys, type VapidKeys, vapidKeys } from './web-push.ts';

/** A person's token, by its name and when it was given: another of the same name is another. */
export interface TokenRef {
  readonly name: string;
  readonly addedAt: number;
}

/** A browser that wants to be called. */
export interface Subscription {
  /** tells it from others, and does not tell where it is */
  readonly id: string;
  /** where its push service takes what is for it: whoever knows that, and the keys, can call it */
  readonly endpoint: string;
  readonly keys: BrowserKeys;
  /** with which it asked, and ends */
  readonly token: TokenRef;
  /** our public key when it asked: its push service takes no other */
  readonly sender: string;
  readonly addedAt: number;
}

const subscriptionsKey = 'push-subscriptions';
const mostSubscriptions = 50;
const mostEndpoint = 1_024;

/** The push services of the browsers that have one. A page of others could name any address: ours is never asked to go there. */
const knownServices = [
  /^fcm\.googleapis\.com$/,
  /^(?:[\w-]+\.)*push\.services\.mozilla\.com$/,
  /^(?:[\w-]+\.)*notify\.windows\.com$/,
  /^(?:[\w-]+\.)*push\.apple\.com$/,
];

/** The browsers that are called, each as long as the token with which it asked. */
export class Subscriptions {
  readonly #memory: Documents;
  readonly #clock: Clock;
  readonly #keyFile: string;
  readonly #hosts: readonly string[];
  readonly #counts: (token: TokenRef) => boolean;

  constructor(parts: {
    memory: Documents;
    clock: Clock;
    /** where our own keys are, or are put at the first use */
    keyFile: string;
    /** `HOST` or `HOST:PORT` of push services besides those that are known */
    hosts: readonly string[];
    /** whether this token counts still */
    counts: (token: TokenRef) => boolean;
  }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#keyFile = parts.keyFile;
    this.#hosts = parts.hosts;
    this.#counts = parts.counts;
  }

  get keys(): VapidKeys {
    return vapidKeys(this.#keyFile);
  }

  /** Those that count. */
  list(): readonly Subscription[] {
    const kept = this.#kept();
    if (kept.length === 0) return kept;
    const { publicKey } = this.keys;
    return kept.filter(
      ({ token, sender, endpoint }) => sender === publicKey && this.#counts(token) && this.whyNotTo(endpoint) === null,
    );
  }

  /** @returns its id @throws BridgeError where its service is none to which we go, or it is none */
  add(token: TokenRef, { endpoint, keys }: Pick<Subscription, 'endpoint' | 'keys'>): string {
    const why = this.whyNotTo(endpoint);
    if (why !== null) throw usageError('subscription', 'endpoint', `invalid: ${why}`);
    if (!areBrowserKeys(keys)) throw usageError('subscription', 'keys', 'invalid: they are none of a browser');
    const id = idOf(endpoint);
    const others = this.list().filter((one) => one.id !== id);
    if (others.length >= mostSubscriptions)
      throw usageError(
        'subscription',
        'this one',
        `there are ${mostSubscriptions} already`,
        'end one that nobody needs',
      );
    const sender = this.keys.publicKey;
    this.#save([...others, { id, endpoint, keys, token, sender, addedAt: this.#clock.now() }]);
    return id;
  }

  /** @returns whether it was there */
  remove(id: string): boolean {
    const kept = this.#kept();
    const left = kept.filter((one) => one.id !== id);
    if (left.length < kept.length) this.#save(left);
    return left.length < kept.length;
  }

  /** Whether bridge.yaml names its service: then it may be anywhere, on this machine too. */
  isNamed(endpoint: string): boolean {
    return this.#hosts.includes(new URL(endpoint).host);
  }

  /** Why nothing is sent there; null where it may be. */
  whyNotTo(endpoint: string): string | null {
    if (endpoint.length > mostEndpoint || !URL.canParse(endpoint)) return 'it is no address';
    const { protocol, hostname, port, username, password } = new URL(endpoint);
    if (protocol !== 'https:') return 'it is no https: address';
    if (username !== '' || password !== '') return 'it holds a name or a password';
    if (this.isNamed(endpoint)) return null;
    if (port === '' && knownServices.some((one) => one.test(hostname))) return null;
    return 'it is at no push service that is known; `webpush: hosts` of bridge.yaml names others';
  }

  #kept(): readonly Subscription[] {
    return this.#memory.memory<readonly Subscription[]>(subscriptionsKey) ?? [];
  }

  #save(all: readonly Subscription[]): void {
    this.#memory.saveMemory(subscriptionsKey, all);
  }
}

function idOf(endpoint: string): string {
  return createHash('sha256').update(endpoint).digest('base64url');
}
