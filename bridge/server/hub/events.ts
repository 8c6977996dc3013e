import type {} from '@fastify/swagger';
import type {} from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import * as z from 'zod';
import type { Bridge } from '../../app/bridge.ts';
import type { JournalEvent } from '../../core/journal-event.ts';
import { safeJson } from '../../core/visible.ts';
import type { Principal } from '../principal.ts';
import { HubFault } from './faults.ts';
import type { Feed } from './feed.ts';
import { type Bound, SocketReader } from './socket-reader.ts';

/** So many events a page has, where nobody says how many; and at most. */
const usualPage = 50;
const mostInPage = 1_000;

const query = z.object({
  after: z.coerce.number().int().min(0).optional(),
  last: z.coerce.number().int().min(1).max(mostInPage).default(usualPage),
});

/**
 * `/events`: everything that is journaled; an agent gets what is its own. As a WebSocket one `{"cursor", "event"}` a message, from now on or
 * behind the cursor that the caller names, after `{"hello": {"cursor"}}`: whoever comes back with his last one misses nothing. As HTTP
 * a page of the same: `{"events": [{"cursor", "event"}], "cursor"}`, the first behind a cursor or the last ones.
 */
export function mountEvents(
  app: FastifyInstance,
  { bridge, feed, options }: { readonly bridge: ForOwn; readonly feed: Feed; readonly options: Bound },
): void {
  const isOf = own(bridge);
  app.route({
    method: 'GET',
    url: '/events',
    config: { who: 'any-token' },
    schema: {
      summary: 'What happened, a page; as a WebSocket what happens',
      tags: ['events'],
      querystring: query,
    } as object,
    preValidation: async (request) => void askedIn(request),
    handler: async (request, reply) => {
      const { after, last } = askedIn(request);
      const filter = after === undefined ? { limit: last } : { since: after, limit: last };
      const events = bridge.journal.events(filter);
      const cursor = events.at(-1)?.seq ?? after ?? 0;
      const page = events
        .filter((event) => isOf(event, request.principal!))
        .map((event) => ({ cursor: event.seq, event }));
      return reply.type('application/json; charset=utf-8').send(safeJson({ events: page, cursor }));
    },
    wsHandler: (socket, request) => {
      const { after = null } = askedIn(request);
      const principal = request.principal!;
      let cursor = after ?? feed.cursor;
      const reader = new SocketReader(socket, options, () => `slow: go on with ?after=${cursor}`);
      reader.send({ hello: { cursor: feed.cursor } });
      const end = feed.subscribe(
        {
          take: (event) => {
            if (isOf(event, principal)) reader.send({ cursor: event.seq, event });
            if (socket.readyState === socket.OPEN) cursor = event.seq;
          },
          isFull: () => reader.isFull(),
          hasRoom: () => reader.hasRoom(),
        },
        after,
      );
      socket.once('close', end);
      refuseWords(socket);
    },
  });
}

function askedIn(request: FastifyRequest): z.output<typeof query> {
  const found = query.safeParse(request.query);
  if (found.success) return found.data;
  const { path, message } = found.error.issues[0]!;
  throw new HubFault(400, 'invalid', `invalid argument '${path.join('.')}': ${message}`);
}

/** Events are read here, and nothing is said. */
function refuseWords(socket: WebSocket): void {
  socket.on('message', () => socket.close(1008, 'nothing is said here: POST /api/v1/messages'));
  socket.on('error', () => socket.terminate());
}

type ForOwn = Pick<Bridge, 'journal' | 'directory'>;

/** All of it for a person; for an agent what it wrote, was written or asked. Found out once for all who listen. */
export function own({ journal, directory }: ForOwn): (event: JournalEvent, principal: Principal) => boolean {
  const known = new WeakMap<JournalEvent, readonly string[]>();
  const partiesIn = ({ subject }: JournalEvent): readonly string[] => {
    const message = journal.mail.message(subject);
    if (message !== null) return [message.from.name, ...message.to];
    const delivery = journal.delivery(subject);
    const request = journal.request(delivery?.envelope.inReplyTo ?? subject);
    const asker = request === null ? undefined : (request.member ?? directory.at(request.pane)?.name);
    return asker === undefined ? [] : [asker];
  };
  return (event, principal) => {
    if (principal.is === 'person') return true;
    const parties = known.get(event) ?? partiesIn(event);
    known.set(event, parties);
    return parties.includes(principal.member);
  };
}
