import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Documents } from '../core/documents.ts';
import { unknownName, usageError } from '../core/failure.ts';
import { humanName } from '../core/member.ts';
import type { TokenRole } from '../core/token-role.ts';

/** A token as it is kept: what it is cannot be told from its hash. */
export interface Token {
  readonly name: string;
  /** absent in a token of an older bridge: an agent's */
  readonly role?: TokenRole;
  /** full name of the member that it speaks for; `human` where it is a person's */
  readonly member: string;
  readonly hash: string;
  readonly addedAt: number;
  /** null: it does not expire */
  readonly expiresAt: number | null;
  /** it ends with this process of this machine; absent: with none */
  readonly process?: ProcessRef;
}

/** A process by its pid and its start. */
export interface ProcessRef {
  readonly pid: number;
  readonly startedAt: string;
  /** of several that it serves; absent: it serves one */
  readonly thread?: string;
}

/** For whom a token speaks. */
export type Speaker =
  | { readonly role: 'agent'; readonly member: string }
  | { readonly role: Exclude<TokenRole, 'agent'> };

const tokensKey = 'tokens';
const mostTokens = 200;

/** Secrets with which a member shows who it is where its processes do not: a container, a sandbox, a script. */
export class Tokens {
  readonly #memory: Documents;
  readonly #clock: Clock;
  readonly #isLiving: (process: ProcessRef) => boolean;

  constructor(parts: { memory: Documents; clock: Clock; isLiving: (process: ProcessRef) => boolean }) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#isLiving = parts.isLiving;
  }

  /** Those that have not expired, and whose process lives. */
  list(): readonly Token[] {
    return this.#kept().filter((token) => this.#counts(token));
  }

  /**
   * @param speaker the member for whom it speaks, or the role of a person
   * @param ttlMs null: for good
   * @param process with which it ends
   * @returns the secret, which is told this once
   */
  add(name: string, speaker: Speaker, ttlMs: number | null, process?: ProcessRef): string {
    const known = this.list();
    if (known.some((one) => one.name === name)) throw usageError('token', name, 'is there already', 'revoke it first');
    if (known.length >= mostTokens)
      throw usageError('token', name, `there are ${mostTokens} already`, 'revoke those that nobody needs');
    const secret = `bridge_${randomBytes(24).toString('base64url')}`;
    const addedAt = this.#clock.now();
    const expiresAt = ttlMs === null ? null : addedAt + ttlMs;
    const member = speaker.role === 'agent' ? speaker.member : humanName;
    const bound = process === undefined ? {} : { process };
    const token: Token = { name, role: speaker.role, member, hash: hashOf(secret), addedAt, expiresAt, ...bound };
    this.#memory.saveMemory(tokensKey, [...known, token]);
    return secret;
  }

  revoke(name: string): void {
    const known = this.list();
    const left = known.filter((one) => one.name !== name);
    if (left.length === known.length)
      throw unknownName(
        'token',
        name,
        known.map((one) => one.name),
        'bridge token list',
      );
    this.#memory.saveMemory(tokensKey, left);
  }

  /** Null where nobody gave it, or it is over. */
  find(secret: string): Token | null {
    const wanted = hashOf(secret);
    const found = this.#kept().find(({ hash }) => hash === wanted);
    return found !== undefined && this.#counts(found) ? found : null;
  }

  /** The member that it speaks for. @throws BridgeError where nobody gave it, it is over, or it is a person's */
  memberOf(secret: string): string {
    const found = this.find(secret);
    if (found === null)
      throw usageError('token', 'this one', 'is unknown, expired or revoked', 'bridge token add NAME gives another');
    // a command that an agent runs must not become a person by a word in its environment
    if (found.member === humanName)
      throw usageError('token', found.name, "is a person's, and counts at the server only", 'bridge token add NAME');
    return found.member;
  }

  #counts({ expiresAt, process }: Token): boolean {
    const isInTime = expiresAt === null || expiresAt > this.#clock.now();
    return isInTime && (process === undefined || this.#isLiving(process));
  }

  #kept(): readonly Token[] {
    return this.#memory.memory<readonly Token[]>(tokensKey) ?? [];
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
