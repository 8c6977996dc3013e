import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AllServed } from '../../api/index.ts';
import type { Bridge } from '../../app/bridge.ts';
import type { JournalEvent } from '../../core/journal-event.ts';
import { humanName } from '../../core/member.ts';
import { mcpOverHttp } from '../mcp/http.ts';
import { own } from './events.ts';
import type { Feed } from './feed.ts';

/** MCP, as its Streamable HTTP has it. Each call needs its token; the answer says which methods there are. */
export function mountMcp(
  app: FastifyInstance,
  { bridge, served, feed }: { readonly bridge: Bridge; readonly served: AllServed; readonly feed: Feed },
): void {
  const isOf = own(bridge);
  const mcp = mcpOverHttp(served, (principal, take) => {
    const key = principal.is === 'person' ? humanName : principal.member;
    const hear = (event: JournalEvent) => isOf(event, principal) && take(event, key);
    return feed.subscribe({ take: hear, isFull: () => false, hasRoom: async () => true }, null);
  });
  app.addHook('onClose', () => mcp.close());
  app.route({
    method: ['POST', 'GET', 'DELETE'],
    url: '/mcp',
    config: { who: 'any-token' },
    schema: { hide: true },
    handler: async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const { method, body, principal } = request;
      if (principal === null) throw new Error('a route of tokens was entered without one');
      const url = `${request.protocol}://${request.headers.host ?? 'localhost'}/mcp`;
      const response = await mcp.answer({
        method,
        url,
        headers: headersOf(request),
        body,
        principal,
        closed: gone.signal,
      });
      return reply.send(response);
    },
  });
}

function headersOf({ headers }: FastifyRequest): Headers {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value ?? []].flat()) found.append(name, one);
  }
  return found;
}
