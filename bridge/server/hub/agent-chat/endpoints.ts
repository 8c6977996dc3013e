import type {} from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Bridge } from '../../../app/bridge.ts';
import { ClaimedMail } from '../../../app/claimed-mail.ts';
import { messageOf } from '../../../core/failure.ts';
import { groupsOf } from '../../../core/groups.ts';
import { isProgram, type Member } from '../../../core/member.ts';
import { safeJson } from '../../../core/visible.ts';
import { systemClock } from '../../../host/clock.ts';
import { faultOf, HubFault } from '../faults.ts';
import type { Feed } from '../feed.ts';
import { instantIn, limitIn, textIn, textsIn, wordIn } from './given.ts';
import { Presence } from './presence.ts';
import { Pushes } from './pushes.ts';
import { type ChatAgent, type ChatStatus, chatId, chatMessage, inIso, messageIdIn } from './shapes.ts';

const usualUnread = 20;
const usualHistory = 50;

/** What a pane shows, as agent-chat says it. */
const statusOfState: Readonly<Record<string, ChatStatus>> = { busy: 'working', idle: 'idle' };

interface Route {
  readonly verb: 'GET' | 'POST';
  readonly path: string;
  answer(request: FastifyRequest): unknown;
}

/**
 * agent-chat's endpoints, with its paths, shapes and status codes, for programs with agent-chat's token. Whoever has that speaks as any name that
 * was registered here, and as no other.
 * @returns what is to be waited for before sockets are closed
 */
export function mountAgentChat(app: FastifyInstance, bridge: Bridge, feed: Feed): () => Promise<void> {
  const mail = new ClaimedMail(bridge);
  const pushes = new Pushes(bridge, feed);
  const shown = (name: string) => bridge.directory.shown(name);
  const presence = new Presence({
    clock: systemClock,
    isConnected: (name) => pushes.isConnected(name),
    changed: (name, status) => pushes.tellAll('agent_status', statusData(shown(name), status)),
  });
  app.addHook('onClose', async () => {
    presence.close();
    pushes.close();
  });
  answerFaults(app, (text) => bridge.say('warning', text));
  for (const { verb, path, answer } of routesOf({ bridge, mail, pushes, presence, shown }))
    app.route({
      method: verb,
      url: path,
      config: { who: 'compat' },
      schema: { hide: true } as object,
      handler: async (request, reply) => sendJson(reply, await answer(request)),
    });
  app.get(
    '/ws',
    {
      websocket: true,
      config: { who: 'compat' },
      schema: { hide: true } as object,
      preValidation: async (request) => void mail.as(wordIn(request.query, 'agent')),
    },
    (socket, request) => {
      const { name } = mail.as(wordIn(request.query, 'agent'));
      pushes.open(name, socket, () => presence.seen(name));
      presence.seen(name);
    },
  );
  return () => pushes.settle();
}

function routesOf(parts: {
  readonly bridge: Bridge;
  readonly mail: ClaimedMail;
  readonly pushes: Pushes;
  readonly presence: Presence;
  readonly shown: (name: string) => string;
}): Route[] {
  const { bridge, mail, pushes, presence, shown } = parts;
  const post = (path: string, answer: (body: object, request: FastifyRequest) => unknown): Route => ({
    verb: 'POST',
    path,
    answer: (request) => answer(objectIn(request.body), request),
  });
  const get = (path: string, answer: (query: object) => unknown): Route => ({
    verb: 'GET',
    path,
    answer: ({ query }) => answer(query as object),
  });
  const send = async (body: object, { headers }: FastifyRequest) => {
    const from = textIn(body, 'from');
    const [to, group] = [textIn(body, 'to', ''), textIn(body, 'group', '')];
    if ((to === '') === (group === ''))
      throw new HubFault(400, 'invalid', to === '' ? 'to or group is required' : 'give to or group, not both');
    const answers = textIn(body, 'in_reply_to', '');
    const key = headers['idempotency-key'];
    const message = await mail.send({
      from,
      to: group === '' ? { member: to } : { group },
      body: textIn(body, 'content'),
      answers: answers === '' ? null : messageIdIn(answers),
      key: typeof key === 'string' ? keyOf(key) : null,
    });
    presence.seen(message.from.name);
    return { status: 'ok', id: chatId(message.id) };
  };
  return [
    post('/api/register', (body) => {
      const groups = 'groups' in body ? textsIn(body, 'groups') : null;
      const { name } = mail.register(textIn(body, 'name'), groups);
      presence.seen(name);
      return { status: 'ok', name: shown(name) };
    }),
    post('/api/send', send),
    post('/api/send-group', send),
    post('/api/messages/read', (body) => {
      const agent = textIn(body, 'agent_name');
      const marked = mail.markRead(agent, textsIn(body, 'message_ids').map(messageIdIn));
      presence.seen(mail.as(agent).name);
      return { status: 'ok', marked };
    }),
    post('/api/agents/status', (body) => {
      const status = textIn(body, 'status');
      if (status !== 'idle' && status !== 'working')
        throw new HubFault(400, 'invalid', 'status must be idle or working');
      presence.says(mail.as(textIn(body, 'agent_name')).name, status);
      return { status: 'ok' };
    }),
    post('/api/deregister', (body) => {
      const member = mail.deregister(textIn(body, 'agent_name'));
      if (member !== null) {
        pushes.forget(member.name);
        presence.gone(member.name);
      }
      return { status: 'ok' };
    }),
    get('/api/messages', (query) => {
      const { name } = mail.as(wordIn(query, 'agent'));
      presence.seen(name);
      // the oldest first of all, so that none starves; among them the newest first, as agent-chat has it
      const unread = mail.unread(name, limitIn(query, usualUnread)).reverse();
      return unread.map((message) => chatMessage(message, name, shown));
    }),
    get('/api/messages/recent', () => mail.recent(usualHistory).map((message) => chatMessage(message, null, shown))),
    get('/api/messages/history', (query) => {
      const { name } = mail.as(wordIn(query, 'agent'));
      const [partner, group] = [wordIn(query, 'with', ''), wordIn(query, 'group', '')];
      const found = mail.history(name, {
        with: partner === '' ? null : partner,
        group: group === '' ? null : group,
        since: instantIn(query, 'since'),
        until: instantIn(query, 'until'),
        limit: limitIn(query, usualHistory),
      });
      return found.map((message) => chatMessage(message, name, shown));
    }),
    get('/api/agents', () => agentsOf(bridge, presence)),
    get('/api/groups', () => groupsOf(bridge.directory.members()).map(({ name }) => name)),
  ];
}

/** Everybody who can be written to. */
function agentsOf({ directory, watchedMembers }: Bridge, presence: Presence): ChatAgent[] {
  const states = new Map(
    watchedMembers.map(({ identity, state }) => [directory.at(identity)?.name, state ?? 'unknown']),
  );
  const statusOf = (member: Member): ChatStatus => {
    if (isProgram(member)) return presence.statusOf(member.name);
    const state = states.get(member.name);
    return state === undefined ? 'offline' : (statusOfState[state] ?? 'online');
  };
  return directory.members().map((member) => ({
    name: directory.shown(member.name),
    groups: member.groups,
    status: statusOf(member),
    registered_at: inIso(member.addedAt),
    last_seen_at: inIso(presence.seenAt(member.name) ?? member.lastSeenAt ?? member.addedAt),
  }));
}

function statusData(name: string, status: ChatStatus) {
  return { name, agent_name: name, status, last_seen_at: inIso(systemClock.now()) };
}

function objectIn(body: unknown): object {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new HubFault(400, 'invalid', 'the body is no JSON object');
}

/** The bound of /api/v1. */
function keyOf(given: string): string {
  if (given.length >= 1 && given.length <= 128) return given;
  throw new HubFault(400, 'invalid', 'Idempotency-Key has 1 to 128 characters');
}

function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(safeJson(value));
}

/** agent-chat's clients show `error` as it is; what the other routes say of a fault stands beside it. */
function answerFaults(app: FastifyInstance, tell: (text: string) => void): void {
  app.setErrorHandler((fault, request, reply) => {
    const { status, body } = faultOf(fault);
    if (status === 500) tell(`server: ${request.method} ${request.routeOptions.url ?? '?'}: ${messageOf(fault)}`);
    const { message, code, next_step } = body.error;
    return sendJson(reply.code(status), { error: message, code, next_step });
  });
}
