import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Bridge } from '../../app/bridge.ts';
import { steadyClock } from '../../host/clock.ts';
import { principalOf } from '../principal.ts';
import { HubFault } from './faults.ts';
import type { HubOptions } from './hub-options.ts';
import { pagePolicy, plainPage } from './plain-page.ts';

/** So long a code waits for the browser that it was made for. */
const codeLimitMs = 5 * 60_000;
/** So long a browser stays logged in. */
const sessionMs = 30 * 86_400_000;
const mostCodes = 100;

/** Words that let one browser in, once. They are kept as hashes, in memory: a restart forgets them. */
export class LoginCodes {
  readonly #until = new Map<string, number>();

  mint(): string {
    if (this.#until.size >= mostCodes) this.#until.delete(this.#until.keys().next().value!);
    const code = randomBytes(24).toString('base64url');
    this.#until.set(hashOf(code), steadyClock.now() + codeLimitMs);
    return code;
  }

  /** @returns whether it lets in; it does not once more */
  spend(code: string): boolean {
    const until = this.#until.get(hashOf(code));
    this.#until.delete(hashOf(code));
    return until !== undefined && steadyClock.now() < until;
  }
}

/**
 * `/login`: a page that asks for a click, since programs that look at links before people do follow every GET; its POST spends the
 * code, and a cookie that no script reads lets the browser in. A token of a person does the same.
 */
export function mountLogin(
  app: FastifyInstance,
  { bridge, codes, options }: { readonly bridge: Bridge; readonly codes: LoginCodes; readonly options: HubOptions },
): void {
  const cookie = cookieName(options);
  const flags = `Path=/; HttpOnly; SameSite=Strict${options.tls === null ? '' : '; Secure'}`;
  void app.register(async (pages) => {
    pages.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    pages.get('/login', { config: { who: 'anyone' }, schema: { hide: true } as object }, async (request, reply) => {
      const { code = '' } = request.query as { code?: string };
      return html(reply, page(/^[\w-]{1,64}$/.test(code) ? code : null));
    });
    pages.post('/login', { config: { who: 'anyone' }, schema: { hide: true } as object }, async (request, reply) => {
      const given = (request.body ?? {}) as { code?: unknown; token?: unknown };
      const isAdmin = roleOf(bridge, codes, given);
      if (isAdmin === null)
        return html(
          reply.code(401),
          page(null, 'This code or token does not let in: it is unknown, used, or too old.'),
        );
      const secret = newSession(bridge, isAdmin);
      return reply
        .header('set-cookie', `${cookie}=${secret}; ${flags}; Max-Age=${sessionMs / 1000}`)
        .redirect('/', 303);
    });
    pages.post('/logout', { config: { who: 'person' }, schema: { hide: true } as object }, async (request, reply) => {
      const name = request.principal!.name;
      if (isSession(name)) bridge.tokens.revoke(name);
      return reply.header('set-cookie', `${cookie}=; ${flags}; Max-Age=0`).redirect('/login', 303);
    });
  });
}

/** Of a browser that has logged in. @returns the token in its cookie; null where it has none */
export function sessionOf({ headers }: FastifyRequest, options: HubOptions): string | null {
  const name = cookieName(options);
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? null;
}

/** What a browser sends by itself must come from a page of ours: one that says nothing of itself may only read. */
export function checkSessionUse({ method, headers }: FastifyRequest): void {
  const isReading = (method === 'GET' || method === 'HEAD') && headers.upgrade === undefined;
  if (isReading || headers.origin !== undefined) return;
  throw new HubFault(403, 'foreign-origin', 'a browser says from which page this is, and this says nothing');
}

function cookieName({ tls }: HubOptions): string {
  return tls === null ? 'bridge-session' : '__Host-bridge-session';
}

/** Whether as admin; null where nothing lets in. */
function roleOf(
  bridge: Bridge,
  codes: LoginCodes,
  { code, token }: { code?: unknown; token?: unknown },
): boolean | null {
  if (typeof code === 'string' && code !== '') return codes.spend(code) ? true : null;
  const principal = typeof token === 'string' ? principalOf(bridge, token.trim()) : null;
  return principal?.is === 'person' ? principal.isAdmin : null;
}

const sessionPrefix = 'browser-';

function isSession(name: string): boolean {
  return name.startsWith(sessionPrefix);
}

function newSession({ tokens }: Bridge, isAdmin: boolean): string {
  const name = `${sessionPrefix}${randomBytes(4).toString('hex')}`;
  return tokens.add(name, { role: isAdmin ? 'admin' : 'human' }, sessionMs);
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('base64');
}

function html(reply: FastifyReply, text: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .headers({ 'cache-control': 'no-store', 'content-security-policy': pagePolicy })
    .send(text);
}

/** @param code of which the caller has seen that it is made of letters, digits, `-` and `_` */
function page(code: string | null, fault = ''): string {
  const ask =
    code === null
      ? '<label>A token of yours<input name="token" type="password" autocomplete="off" autofocus required></label>'
      : `<input type="hidden" name="code" value="${code}">`;
  return plainPage(`<h1>bridge</h1>
<p>${code === null ? 'Log this browser in.' : 'This link lets this browser in, once.'}</p>
${fault === '' ? '' : `<p class="note" role="alert">${fault}</p>`}
<form method="post" action="/login">${ask}
<button class="send"${code === null ? '' : ' autofocus'}>Open</button></form>
<p class="soft">${code === null ? '<code>bridge dashboard</code>, where the bridge runs, prints a link that lets a browser in without one.' : 'It stays logged in for 30 days, or until you log out.'}</p>`);
}
