import { hostname, networkInterfaces } from 'node:os';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { steadyClock } from '../../host/clock.ts';
import type { Principal } from '../principal.ts';
import { HubFault } from './faults.ts';
import { bare, type HubOptions, isLoopback } from './hub-options.ts';
import { checkSessionUse, sessionOf } from './login.ts';

/** Whom a route lets in. A route that does not say it lets nobody in but admins. */
export type Who = 'anyone' | 'any-token' | 'person' | 'admin' | 'compat';

declare module 'fastify' {
  interface FastifyContextConfig {
    who?: Who;
  }
  interface FastifyRequest {
    /** null on routes for anyone, and of agent-chat's clients */
    principal: Principal | null;
  }
}

/** A route, and whom it lets in. */
export interface OpenRoute {
  readonly method: string;
  readonly path: string;
  readonly who: Who;
}

/** Finds out whose token that is; `compat` is that of agent-chat's clients. */
export interface Doorkeeper {
  principalOf(secret: string): Principal | 'compat' | null;
}

/**
 * Stands before every route: the Host and Origin that a browser names must be ours, and the token must let its bearer in. What
 * another site's page can make a browser send has none.
 * @returns every route that is added from then on
 */
export function guard(app: FastifyInstance, options: HubOptions, keeper: Doorkeeper): readonly OpenRoute[] {
  const routes: OpenRoute[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) routes.push({ method: one, path: url, who: config?.who ?? closed });
  });
  app.decorateRequest('principal', null);
  const refusals = new Refusals(options.refusalsPerMinute);
  app.addHook('onRequest', async (request) => {
    const { host } = request.headers;
    if (!isOurs(options, host))
      throw new HubFault(421, 'unknown-host', `this is not ${host ?? 'a host without a name'}`);
    checkOrigin(request, options);
    const who = request.routeOptions.config.who ?? closed;
    if (who === 'anyone' || request.is404) return;
    const { ip } = request;
    if (refusals.areTooMany(ip))
      throw new HubFault(429, 'too-many-refusals', 'too many wrong tokens from there', 'wait a minute');
    const bearer = bearerOf(request);
    const secret = bearer ?? sessionOf(request, options);
    if (bearer === null && secret !== null) checkSessionUse(request);
    const found = secret === null ? null : keeper.principalOf(secret);
    if (found === null) {
      refusals.count(ip);
      const reason = secret === null ? 'no token came with it' : 'this token is unknown, expired or revoked';
      throw new HubFault(
        401,
        'unauthorized',
        reason,
        'send it as `Authorization: Bearer TOKEN`; `bridge token add` makes one',
      );
    }
    if (!lets(who, found)) {
      const next =
        found === 'compat' ? '`bridge token add` makes one for the rest' : 'use a token of the role that may';
      throw new HubFault(403, 'forbidden', reasonFor(who, found), next);
    }
    request.principal = found === 'compat' ? null : found;
  });
  return routes;
}

/** Whom a route lets in that does not say it. */
const closed: Who = 'admin';

function lets(who: Who, found: Principal | 'compat'): boolean {
  if (found === 'compat' || who === 'compat') return found === 'compat' && who === 'compat';
  if (who === 'admin') return found.is === 'person' && found.isAdmin;
  return who === 'any-token' || found.is === 'person';
}

function reasonFor(who: Who, found: Principal | 'compat'): string {
  if (found === 'compat') return "agent-chat's token opens agent-chat's endpoints only";
  if (who === 'admin') return 'only a token of the role admin may';
  if (who === 'person') return 'only a token of a person may';
  return "only agent-chat's token opens its endpoints";
}

function bearerOf({ headers }: FastifyRequest): string | null {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** A page elsewhere that knows this address (a name that was turned to 127.0.0.1) still names its own host. */
function isOurs({ host, names, publicUrl }: HubOptions, given: string | undefined): boolean {
  if (given === undefined) return false;
  if (publicUrl !== null && given.toLowerCase() === new URL(publicUrl).host) return true;
  const name = bare(given.replace(/:\d+$/, ''));
  if (isLoopback(name) || name === bare(host) || names.some((one) => bare(one) === name)) return true;
  return !isLoopback(host) && addressesHere().has(name);
}

function addressesHere(): ReadonlySet<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  return new Set([...addresses, hostname()].map((one) => one.toLowerCase()));
}

/** What stands in front of the server speaks TLS for it: a browser names the address that it knows. */
function checkOrigin({ headers, protocol }: FastifyRequest, { publicUrl }: HubOptions): void {
  const { origin, host } = headers;
  if (origin === undefined || origin === `${protocol}://${host}`) return;
  if (origin === publicUrl && host?.toLowerCase() === new URL(publicUrl).host) return;
  throw new HubFault(403, 'foreign-origin', `a page of ${origin} may not ask here`);
}

/** Whoever guesses tokens is soon not heard any more. */
export class Refusals {
  readonly #most: number;
  #minute = 0;
  #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  count(ip: string): void {
    this.#turn();
    this.#counts.set(ip, (this.#counts.get(ip) ?? 0) + 1);
  }

  areTooMany(ip: string): boolean {
    this.#turn();
    return (this.#counts.get(ip) ?? 0) >= this.#most;
  }

  #turn(): void {
    const minute = Math.floor(steadyClock.now() / 60_000);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#counts = new Map();
  }
}
