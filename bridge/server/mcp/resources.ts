import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { BridgeError } from '../../core/failure.ts';
import type { JournalEvent } from '../../core/journal-event.ts';
import type { Message } from '../../core/message.ts';
import type { Seat } from './seat.ts';
import { messageIn, requestIn } from './views.ts';

const inboxUri = 'bridge://inbox';
const requestsUri = 'bridge://requests';
const threadUri = (name: string) => `bridge://threads/${encodeURIComponent(name)}`;

/** More messages of a thread no client shows. */
const lastOfThread = 200;

/** What a client may read and watch: unread mail, threads, and what was asked. Each is JSON. */
export function offerResources(server: McpServer, seat: Seat): void {
  const { asking } = seat;
  const one = (name: string, uri: string, title: string, description: string, read: () => Promise<unknown>) =>
    server.registerResource(name, uri, { title, description, mimeType }, async () => contents(uri, await read()));
  one('inbox', inboxUri, 'Unread messages', 'What others wrote to you and you have not read', async () => {
    const { messages } = await asking.call('inbox', { peek: true });
    return { messages: messages.map(messageIn) };
  });
  one('requests', requestsUri, 'Open requests', 'What agents have asked and nobody has answered', async () => ({
    requests: (await asking.call('requests', {})).map(requestIn),
  }));
  server.registerResource(
    'thread',
    new ResourceTemplate('bridge://threads/{name}', {
      list: async () => ({
        resources: (await asking.call('threads', {})).map(({ name, messages }) => ({
          ...{ name, uri: threadUri(name), mimeType, description: `${messages} messages` },
        })),
      }),
    }),
    { title: 'Threads', description: 'The last messages of a thread, oldest first', mimeType },
    async (uri, { name }) => {
      const messages = await asking.call('thread', { name: decodeURIComponent(String(name)), last: lastOfThread });
      return contents(uri.href, { messages: messages.map(messageIn) });
    },
  );
  server.registerResource(
    'request',
    new ResourceTemplate('bridge://requests/{id}', { list: undefined }),
    { title: 'A request', description: 'One request, and its answer', mimeType },
    async (uri, { id }) => {
      const found = await asking.call('show', { id: String(id) });
      if (!('kind' in found)) throw new BridgeError({ what: 'request', target: String(id), reason: 'unknown' });
      return contents(uri.href, requestIn(found));
    },
  );
}

const mimeType = 'application/json';

function contents(uri: string, value: unknown) {
  return { contents: [{ uri, mimeType, text: JSON.stringify(value) }] };
}

/** What is not any more as it was read. */
export interface News {
  readonly uris: readonly string[];
  /** there is a thread or a request more, or less */
  readonly isListChanged: boolean;
}

/** @param key the member whose mail it is, by the name under which it is kept */
export function newsIn({ kind, subject, data }: JournalEvent, key: string): News {
  if (kind.startsWith('request-')) {
    const isListChanged = kind === 'request-opened';
    return { uris: [requestsUri, `${requestsUri}/${subject}`], isListChanged };
  }
  const { message, member } = (data ?? {}) as { readonly message?: Message; readonly member?: string };
  if (kind === 'message-sent' && message !== undefined) {
    const inbox = message.to.includes(key) ? [inboxUri] : [];
    return { uris: [...inbox, threadUri(message.thread)], isListChanged: true };
  }
  return { uris: kind.startsWith('message-') && member === key ? [inboxUri] : [], isListChanged: false };
}

/**
 * Tells the client of one connection what has changed: of what it has subscribed to, by the protocol of 2025 here, by that of 2026
 * in the transport.
 * @param listen calls back with each event until what it returns is called
 */
export function watchResources(
  server: McpServer,
  era: 'legacy' | 'modern',
  listen: (take: (event: JournalEvent, key: string) => void) => () => void,
): void {
  const wanted = new Set<string>();
  const low = server.server;
  if (era === 'legacy') {
    low.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
      if (wanted.size < mostSubscriptions) wanted.add(uri);
      return {};
    });
    low.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
      wanted.delete(uri);
      return {};
    });
  }
  const tell = (sent: Promise<void>) => void sent.catch(() => {}); // it has hung up
  low.onclose = listen((event, key) => {
    const { uris, isListChanged } = newsIn(event, key);
    for (const uri of uris) if (era === 'modern' || wanted.has(uri)) tell(low.sendResourceUpdated({ uri }));
    if (isListChanged) tell(low.sendResourceListChanged());
  });
}

/** Nobody watches more. */
const mostSubscriptions = 1_000;
