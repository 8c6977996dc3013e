import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AllServed } from '../../api/index.ts';
import type { AnswerView } from '../../api/views.ts';
import type { Bridge } from '../../app/bridge.ts';
import { isBlank } from '../../core/cleaning.ts';
import { messageOf } from '../../core/failure.ts';
import type { Request } from '../../core/request.ts';
import { HubFault } from './faults.ts';
import { Refusals } from './gate.ts';
import type { HubOptions } from './hub-options.ts';
import { askingPage, outcomePage, overPage, stalePage, whyNotHere } from './link-page.ts';
import { checkSessionUse } from './login.ts';
import { pagePolicy } from './plain-page.ts';

/** Bytes of a form: an answer of a person, and no more. */
const mostBytes = 65_536;
/** In whose name it is answered. */
const by = 'human:link';

type Asking = FastifyRequest<{ Params: { code: string }; Body: unknown }>;

/**
 * `/a/CODE`: the page that an alert links to. To look at it spends nothing, however often: programs follow links before people do.
 * Only its own form decides: once, for the one request that the code opens, and only while that stands as the page showed it. A code
 * opens nothing else, needs no cookie and gives none. Whoever guesses is soon refused, and whoever has a code that counts never is:
 * behind a proxy both come from one address.
 */
export function mountLinks(
  app: FastifyInstance,
  parts: { readonly bridge: Bridge; readonly served: AllServed; readonly options: HubOptions },
): void {
  const { bridge, served, options } = parts;
  const nonces = new Nonces();
  const refusals = new Refusals(options.refusalsPerMinute);
  const config = { who: 'anyone' as const };
  const schema = { hide: true } as object;

  const opened = ({ ip, params: { code } }: Asking): Request | null => {
    const request = linkedBy(bridge, code);
    if (request !== null) return request;
    if (refusals.areTooMany(ip))
      throw new HubFault(429, 'too-many-refusals', 'too many wrong links from there', 'wait a minute');
    refusals.count(ip);
    return null;
  };
  const asking = (request: Request, code: string, fault?: string) =>
    askingPage(request, bridge.shown(request.worker), { code, nonce: nonces.give(code) }, fault);

  void app.register(async (pages) => {
    pages.removeContentTypeParser('application/json');
    pages.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    pages.get(linkRoute, { config, schema }, async (request: Asking, reply) => {
      const found = opened(request);
      return found === null ? html(reply.code(404), overPage) : html(reply, asking(found, request.params.code));
    });
    pages.post(linkRoute, { config, schema, bodyLimit: mostBytes }, async (request: Asking, reply) => {
      checkSessionUse(request);
      const { code } = request.params;
      const found = opened(request);
      if (found === null) return html(reply.code(404), overPage);
      const { nonce, ...given } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
      if (!nonces.spend(code, nonce)) return html(reply.code(403), stalePage);
      const wanted = wantedIn(found, given);
      if ('fault' in wanted) return html(reply.code(400), asking(found, code, wanted.fault));
      // from here on the link is used, whatever becomes of the answer: another that comes meanwhile finds it gone
      bridge.links.end(found.id);
      const closed = new AbortController();
      reply.raw.once('close', () => closed.abort());
      const args = { id: found.id, ...wanted, isFirst: true, by, caller: { is: 'nobody' } };
      const said = await (served.answer(args, closed.signal) as Promise<AnswerView>).then(becameOf, (fault) => ({
        status: 409,
        title: 'Not done',
        text: messageOf(fault),
      }));
      return html(reply.code(said.status), outcomePage(said.title, said.text));
    });
  });
}

/** @returns the code of the link that a request comes by, where it opens something now; else null */
export function linkCodeOf(
  { bridge }: { readonly bridge: Bridge },
  { params, routeOptions }: FastifyRequest,
): string | null {
  if (routeOptions.url !== linkRoute) return null;
  const { code } = params as { readonly code: string };
  return linkedBy(bridge, code) === null ? null : code;
}

const linkRoute = '/a/:code';

function linkedBy({ links }: Bridge, code: string): Request | null {
  return /^[\w-]{32}$/.test(code) ? links.requestOf(code) : null;
}

/** Whether it counts, and whether it has arrived: that may still come. */
function becameOf({ accepted, message, exitCode }: AnswerView): { status: number; title: string; text: string } {
  if (accepted === 'refused' || accepted === 'late') return { status: 409, title: 'Not done', text: message };
  return { status: 200, title: exitCode === 0 ? 'Done' : 'Taken, and not yet confirmed', text: message };
}

/** What the form says, as the method takes it; or what is wrong with it, which spends no link. */
function wantedIn(
  request: Request,
  { text, choose }: Readonly<Record<string, unknown>>,
): { readonly text: string } | { readonly choose: string } | { readonly fault: string } {
  const why = whyNotHere(request);
  if (why !== null) return { fault: `it cannot be decided here: ${why}` };
  if (request.dialog === undefined) {
    if (typeof text !== 'string' || isBlank(text)) return { fault: 'The answer is empty.' };
    return { text: text.replaceAll('\r\n', '\n') };
  }
  const option = request.dialog.options.find((_option, index) => String(index + 1) === choose);
  return option === undefined ? { fault: 'None of its options was chosen.' } : { choose: option.label };
}

/** Words of a page that its form brings back, once. They are signed and not kept: a thousand looks at a page cost nothing. */
class Nonces {
  readonly #key = randomBytes(32);
  readonly #spent = new Set<string>();

  give(code: string): string {
    const word = randomBytes(16).toString('base64url');
    return `${word}${this.#sign(code, word)}`;
  }

  /** @returns whether it was given for this code, and has not come before */
  spend(code: string, nonce: unknown): boolean {
    if (typeof nonce !== 'string' || this.#spent.has(nonce)) return false;
    const [word, given] = [nonce.slice(0, 22), Buffer.from(nonce.slice(22))];
    const wanted = Buffer.from(this.#sign(code, word));
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false;
    if (this.#spent.size >= mostSpent) this.#spent.delete(this.#spent.values().next().value!);
    this.#spent.add(nonce);
    return true;
  }

  #sign(code: string, word: string): string {
    return createHmac('sha256', this.#key).update(`${code}.${word}`).digest('base64url');
  }
}

/** Only who has a link that counts can spend one. */
const mostSpent = 10_000;

function html(reply: FastifyReply, text: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .headers({
      'cache-control': 'no-store',
      'content-security-policy': pagePolicy,
      'x-robots-tag': 'noindex, nofollow',
    })
    .send(text);
}
