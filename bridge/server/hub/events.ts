import type {} from '@fastify/swagger';
import type {} from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Bridge } from '../../app/bridge.ts';
import type { JournalEvent } from '../../core/journal-event.ts';
import type { Principal } from '../principal.ts';
import { HubFault } from './faults.ts';
import type { Feed } from './feed.ts';
import { type Bound, SocketReader } from './socket-reader.ts';

/**
 * `/events`: everything that is journaled, one `{"cursor", "event"}` a message, from now on or after the cursor that the caller names:
 * whoever comes back with his last one misses nothing. An agent gets what is its own. The first message is `{"hello": {"cursor"}}`.
 */
export function mountEvents(
  app: FastifyInstance,
  { bridge, feed, options }: { readonly bridge: ForOwn; readonly feed: Feed; readonly options: Bound },
): void {
  app.get(
    '/events',
    {
      websocket: true,
      config: { who: 'any-token' },
      schema: { summary: 'Everything that happens (WebSocket)', tags: ['events'] },
      preValidation: async (request) => void cursorIn(request),
    },
    (socket, request) => {
      const after = cursorIn(request);
      const isFor = whatIsFor(bridge, request.principal!);
      let cursor = after ?? feed.cursor;
      const reader = new SocketReader(socket, options, () => `slow: go on with ?after=${cursor}`);
      reader.send({ hello: { cursor: feed.cursor } });
      const end = feed.subscribe(
        {
          take: (event) => {
            if (isFor(event)) reader.send({ cursor: event.seq, event });
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
  );
}

/** @throws where it is none */
function cursorIn({ query }: FastifyRequest): number | null {
  const { after } = query as { after?: string };
  if (after === undefined) return null;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new HubFault(400, 'invalid', `invalid argument 'after': expected the number of an event`);
}

/** Events are read here, and nothing is said. */
function refuseWords(socket: WebSocket): void {
  socket.on('message', () => socket.close(1008, 'nothing is said here: POST /api/v1/messages'));
  socket.on('error', () => socket.terminate());
}

type ForOwn = Pick<Bridge, 'journal' | 'directory'>;

/** All of it for a person; for an agent what it wrote, was written or asked. */
function whatIsFor(bridge: ForOwn, principal: Principal): (event: JournalEvent) => boolean {
  if (principal.is === 'person') return () => true;
  const { journal, directory } = bridge;
  const { member } = principal;
  return ({ subject }) => {
    const message = journal.mail.message(subject);
    if (message !== null) return message.from.name === member || message.to.includes(member);
    const delivery = journal.delivery(subject);
    const request = journal.request(delivery?.envelope.inReplyTo ?? subject);
    return request !== null && directory.at(request.pane)?.name === member;
  };
}
