import { join } from 'node:path';
import * as z from 'zod';
import { askerOf } from '../app/asker.ts';
import type { Bridge } from '../app/bridge.ts';
import { knownWorkers, pausesSeen, workerNamed } from '../app/pausing.ts';
import { permit } from '../app/permit.ts';
import { saidLimit, signalKinds } from '../core/agent-signal.ts';
import { isBlank } from '../core/cleaning.ts';
import { isWaiting } from '../core/delivery-machine.ts';
import { BridgeError, ExitCode, wrongUse } from '../core/failure.ts';
import { asPaneId, asServerId } from '../core/ids.ts';
import { nameMeant, shownName } from '../core/names.ts';
import { vias } from '../core/native-input.ts';
import { addressKey, type PaneAddress, type PaneFacts } from '../core/pane.ts';
import { parseResponse } from '../core/protocol.ts';
import type { Request } from '../core/request.ts';
import { systemSource } from '../host/process-source.ts';
import { readArchived } from '../journal/archive.ts';
import type { Pauses } from '../requests/budget.ts';
import type { Decision } from '../requests/requests.ts';
import type { Verb } from '../server/socket-server.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { oncePerPane } from '../tmux/facts.ts';
import { listPanes } from '../tmux/pane.ts';
import { aboveArgs, callerArgs } from './call-evidence.ts';
import {
  type AnswerView,
  type AskView,
  outcomeOf,
  type PauseView,
  type RequestView,
  type SendView,
  type TextView,
  viewOf,
} from './views.ts';

export type VerbName =
  | 'requests'
  | 'show'
  | 'answer'
  | 'dismiss'
  | 'settle'
  | 'send'
  | 'ask'
  | 'pause'
  | 'resume'
  | 'pauses'
  | 'panes'
  | 'signal'
  | 'watch'
  | 'register'
  | 'follow';

/** Which pane is meant, with the way to its server for a bridge that has not been there yet. */
const paneArgs = z.object({
  host: z.string().max(256),
  server: z.string().max(64),
  paneId: z.string().max(32),
  socketPath: z.string().min(1).max(4096),
});
const idArgs = z.object({ id: z.string().min(1, 'is empty') });
/** what stands above the command; left out by one of another version */
const caller = callerArgs.nullable().default(null);
const decisionArgs = idArgs.extend({ by: z.string().default('human'), caller });
const answerArgs = z.object({
  id: z.string().min(1, 'is empty'),
  text: z.string().default(''),
  /** the label, key or number of an option, for a request about a dialog */
  choose: z.string().min(1).optional(),
  /** types the answer in doubt once more */
  again: z.boolean().default(false),
  notes: z.string().default(''),
  by: z.string(),
  caller,
});
const sendArgs = z.object({
  pane: paneArgs,
  text: z.string(),
  from: z.string().default('human'),
  agent: z.string().nullable().default(null),
  force: z.boolean().default(false),
  allowShell: z.boolean().default(false),
  keys: z.enum(['outside-dialogs', 'in-dialog']).optional(),
  command: z.boolean().default(false),
  waitMs: z.number().min(0).default(0),
  via: z.enum(vias).optional(),
  caller,
});
const askArgs = z.object({
  text: z.string(),
  caller: callerArgs.default({ is: 'nobody' }),
  above: aboveArgs.default([]),
  tmuxSocket: z.string().max(4096).nullable().default(null),
  paneHint: z.string().max(64).nullable().default(null),
  agent: z.string().nullable().default(null),
  wait: z.boolean().default(true),
  timeoutMs: z.number().min(0).default(0),
});

const pauseArgs = z.object({
  worker: z.string().min(1).nullable().default(null),
  reason: z.string().default('asked for'),
  by: z.string().default('human'),
  caller,
});

const signalArgs = z.object({
  signal: z.object({
    agent: z.string().min(1).max(64),
    kind: z.enum(signalKinds),
    event: z.string().max(64),
    session: z.string().max(128).nullable(),
    turn: z.string().max(128).nullable(),
    input: z.string().max(64).nullable(),
    said: z.string().max(saidLimit).optional(),
    at: z.number(),
  }),
  caller: callerArgs,
  tmuxSocket: z.string().max(4096).nullable(),
  paneHint: z.string().max(64).nullable(),
  pane: z.string().max(64).nullable(),
});

/** Pauses as people see them: by the names that workers are shown with. */
function shownPauses(bridge: Bridge): Pauses {
  const known = knownWorkers(bridge);
  return Object.fromEntries(
    Object.entries(bridge.requests.pauses).map(([name, pause]) => [
      name === '*' ? name : shownName(name, known),
      pause,
    ]),
  );
}

const watchArgs = z.object({ socketPath: z.string().min(1).max(4096), session: z.string().nullable() });
const registerArgs = z.object({
  pane: paneArgs,
  panePid: z.number(),
  project: z.string().min(1).max(4096),
  label: z.string().max(256),
  session: z.string().max(256),
});

/** How long `answer` stays to see whether the answer it gave goes out at once: a long text, shown late, takes a while. */
const firstAttempt = { beginMs: 8_000, endMs: 60_000 };

/** Everything that can be asked of a bridge: served by the daemon on its socket, or done in place by a command. */
export function verbs(bridge: Bridge): Record<VerbName, Verb> {
  const all = verbsOf(bridge);
  const inWords = Object.entries(all).map(([name, verb]): [string, Verb] => [
    name,
    (args, closed, tell) => verb(args, closed, tell).catch((fault: unknown) => explain(name, fault)),
  ]);
  return Object.fromEntries(inWords) as Record<VerbName, Verb>;
}

/** What a verb was given that it does not take. */
function explain(verb: string, fault: unknown): never {
  if (!(fault instanceof z.ZodError)) throw fault;
  const { path, message } = fault.issues[0]!;
  throw wrongUse(verb, path.join('.'), message);
}

function verbsOf(bridge: Bridge): Record<VerbName, Verb> {
  return {
    async requests(args) {
      const known = knownWorkers(bridge);
      return bridge.journal.requests({ open: args.all !== true }).map((request) => view(bridge, request, known));
    },

    async show(args): Promise<RequestView | TextView> {
      const { id } = idArgs.parse(args);
      const sent = bridge.journal.delivery(id) ?? bridge.journal.deliveries().find((one) => one.id.endsWith(id));
      const request = bridge.journal.request(id) ?? bridge.journal.requests().find((one) => one.id.endsWith(id));
      if (sent && !request) return { sent };
      return request ? view(bridge, find(bridge, id)) : (archivedView(bridge, id) ?? view(bridge, find(bridge, id)));
    },

    async answer(args, closed): Promise<AnswerView> {
      const { id, text, choose, again, notes, ...who } = answerArgs.parse(args);
      const request = find(bridge, id);
      const by = await permit(bridge, { act: 'answer', target: request.id, about: request.pane, ...who });
      if (again) {
        decided('answer --again', request, bridge.requests.retry(request.id, by));
        return outcomeFor(bridge, request, 'first', closed);
      }
      if (choose !== undefined && request.dialog === undefined) {
        throw wrongUse('answer', request.id, 'is not about a dialog: there is nothing to choose', 'answer with a text');
      }
      const said =
        choose === undefined
          ? parseResponse(text, {
              split: bridge.projects.configFor(request.pane).splitResponse,
              requireBlock: false,
              requestId: request.id,
            })
          : ({ is: 'answer', instructions: choose, notes: '' } as const);
      if (said.is !== 'answer') throw wrongUse('answer', request.id, 'the text holds no instructions for the worker');
      const outcome = bridge.requests.answer(request.id, {
        by,
        instructions: said.instructions,
        notes: [said.notes, notes].filter(Boolean).join('\n'),
      });
      if (outcome.accepted === 'refused' || outcome.accepted === 'late') {
        const message = `request ${request.id}: ${outcome.accepted}: ${outcome.reason}`;
        return { id: request.id, accepted: outcome.accepted, message, delivery: null, exitCode: ExitCode.failed };
      }
      return outcomeFor(bridge, request, outcome.accepted, closed);
    },

    async dismiss(args) {
      const { id, ...who } = decisionArgs.parse(args);
      const request = find(bridge, id);
      const by = await permit(bridge, { act: 'dismiss', target: request.id, about: request.pane, ...who });
      decided('dismiss', request, bridge.requests.dismiss(request.id, by));
      return { id: request.id, message: `request ${request.id}: dismissed` };
    },

    async settle(args) {
      const { id, ...who } = decisionArgs.parse(args);
      const request = find(bridge, id);
      const by = await permit(bridge, { act: 'settle', target: request.id, about: request.pane, ...who });
      decided('settle', request, bridge.requests.confirmDelivered(request.id, by));
      return { id: request.id, message: `request ${request.id}: settled` };
    },

    async pause(args): Promise<PauseView> {
      const { worker: given, reason, by } = pauseArgs.parse(args);
      const worker = given === null || given === '*' ? null : await workerNamed(bridge, given);
      bridge.requests.pause(worker, by, reason);
      const name = worker === null ? '*' : bridge.shown(worker, knownWorkers(bridge));
      const message = `${worker === null ? 'all workers' : name}: paused; nothing automatic is typed, what is asked goes to you`;
      bridge.say('info', `${worker === null ? 'all workers' : name}: paused (${by}): ${reason}`);
      return { message, changed: [name], pauses: shownPauses(bridge) };
    },

    async resume(args): Promise<PauseView> {
      const { worker: given, ...who } = pauseArgs.parse(args);
      // a pause may be of a worker that has gone
      const paused = Object.keys(bridge.requests.pauses);
      const worker = given === null ? null : (nameMeant(given, paused) ?? given);
      const about = worker === null ? null : await paneNamed(bridge, worker);
      const by = await permit(bridge, { act: 'resume', target: given ?? 'all workers', about, ...who });
      const known = knownWorkers(bridge);
      const resumed = bridge.requests.endPause(worker, by);
      const names = resumed.map((name) => (name === '*' ? name : bridge.shown(name, known)));
      const words = names.map((name) => (name === '*' ? 'all workers' : name)).join(', ');
      if (names.length > 0) bridge.say('info', `${words}: resumed (${by})`);
      const nobody = `${given ?? 'nobody'}: not paused${given === null ? '' : ' by that name'}`;
      return {
        message: names.length === 0 ? nobody : `${words}: resumed`,
        changed: names,
        pauses: shownPauses(bridge),
      };
    },

    pauses: async () => pausesSeen(bridge.requests.pauses, knownWorkers(bridge)),

    panes: async () => bridge.panes.watched(),

    async watch(args) {
      const { socketPath, session } = watchArgs.parse(args);
      return { isNew: await bridge.watchAlso(socketPath, session) };
    },

    /** Hands over everything that happens, until whoever called hangs up. */
    async follow(_args, closed, emit) {
      const stop = bridge.listen(emit);
      await new Promise<void>((resolve) => {
        if (closed.aborted) resolve();
        else closed.addEventListener('abort', () => resolve());
      });
      stop();
    },

    async register(args) {
      const { pane, panePid, project, label, session } = registerArgs.parse(args);
      const { host, server } = await reached(bridge, pane);
      const paneId = asPaneId(pane.paneId)!;
      const { socketPath } = pane;
      bridge.projects.register(
        { host, server, paneId, panePid },
        { project, host, server, socketPath, session, label },
      );
      return { isNew: await bridge.watchAlso(pane.socketPath, session) };
    },

    signal: async (args) => bridge.receiveHook(signalArgs.parse(args)),

    async send(args, closed): Promise<SendView> {
      const { pane: given, caller, ...rest } = sendArgs.parse(args);
      const pane = await reached(bridge, given);
      const act = rest.command ? 'send --command' : rest.keys === 'in-dialog' ? 'send --in-dialog' : null;
      if (act !== null) await permit(bridge, { act, target: pane.paneId, about: pane, caller, by: rest.from });
      const delivery = await bridge.texts.send({ pane, ...rest }, closed);
      return { delivery, ...outcomeOf(delivery.state) };
    },

    async ask(args, closed): Promise<AskView> {
      const { text, agent, wait, timeoutMs, ...evidence } = askArgs.parse(args);
      if (isBlank(text)) throw wrongUse('ask', 'text', 'holds nothing visible');
      const asker = askerOf(evidence, await panesFor(bridge, evidence.tmuxSocket), {
        identify: (facts) => bridge.panes.identify(facts).identity,
        startOf: (pid) => systemSource().read(pid)?.startedAt ?? null,
      });
      if (asker.is === 'proven') await bridge.servers.reach(asker.pane, asker.pane.socketPath);
      const request = await bridge.opener.fromShell({ text, asker, agent, wait, timeoutMs }, closed);
      const { state } = request;
      const answer = 'answer' in state ? state.answer : null;
      return {
        id: request.id,
        state: state.is,
        status: view(bridge, request).status,
        answer: answer?.instructions ?? null,
        notes: answer?.notes ?? null,
        claimed: request.claimed ?? null,
      };
    },
  };
}

/** The pane's address, once its server is connected. @throws BridgeError where that server is not there any more */
async function reached(
  bridge: Bridge,
  { host, server, paneId, socketPath }: z.infer<typeof paneArgs>,
): Promise<PaneAddress> {
  const id = asPaneId(paneId);
  if (id === null) throw wrongUse('pane', paneId, 'is not a pane id');
  const serverId = asServerId(server);
  if (serverId === null) throw wrongUse('tmux server', server, 'is not the id of a server');
  const address = { host, server: serverId, paneId: id };
  await bridge.servers.reach(address, socketPath);
  return address;
}

/** What became of an answer that was given just now, as far as it goes out at once. */
async function outcomeFor(
  bridge: Bridge,
  { id }: Request,
  accepted: 'first' | 'replaced',
  closed: AbortSignal,
): Promise<AnswerView> {
  const delivery = await bridge.texts.settled(id, firstAttempt, closed);
  const end = delivery ? outcomeOf(delivery.state) : { message: 'answered', exitCode: ExitCode.done };
  const kept = delivery !== null && isWaiting(delivery.state);
  const message = `request ${id}: ${end.message}${kept ? '; it goes out when it may' : ''}`;
  return { id, accepted, message, delivery, exitCode: end.exitCode };
}

function decided(what: string, { id }: Request, { accepted, reason }: Decision): void {
  if (!accepted) throw new BridgeError({ what, target: id, reason });
}

/** A request that has left the journal, out of its archive. */
function archivedView(bridge: Bridge, id: string): RequestView | null {
  const place = bridge.journal.archived(id);
  const kept = place && readArchived(join(bridge.config.home, 'archive'), place);
  if (!kept) return null;
  const answering = kept.deliveries.findLast((delivery) => delivery.envelope.inReplyTo === kept.request.id);
  return viewOf(
    { ...kept.request, worker: bridge.shown(kept.request.worker, knownWorkers(bridge)) },
    answering ?? null,
  );
}

/** A request by its id, or by the last characters of it. */
function find(bridge: Bridge, id: string): Request {
  const exact = bridge.journal.request(id);
  if (exact) return exact;
  const matching = bridge.journal.requests().filter((request) => request.id.endsWith(id));
  if (matching.length === 1) return matching[0]!;
  throw wrongUse(
    'request',
    id,
    matching.length === 0 ? 'is not known' : `names several: ${matching.map((request) => request.id).join(', ')}`,
    '`bridge requests --all` lists them',
  );
}

function view(bridge: Bridge, request: Request, known: Iterable<string> = knownWorkers(bridge)): RequestView {
  const { state } = request;
  const deliveryId = 'deliveryId' in state ? state.deliveryId : null;
  return viewOf(
    { ...request, worker: bridge.shown(request.worker, known) },
    deliveryId === null ? bridge.texts.deliveryOf(request.id) : bridge.journal.delivery(deliveryId),
  );
}

/** The pane of a worker by its full name; null where there is none. */
async function paneNamed(bridge: Bridge, worker: string): Promise<PaneAddress | null> {
  const panes = oncePerPane(await bridge.panes.list().catch(() => []));
  const named = panes.filter((pane) => bridge.projects.nameOf(bridge.panes.identify(pane).identity, pane) === worker);
  return named.length === 1 ? named[0]! : null;
}

/** All panes that are known, and those of the server that a caller says it is in: a claim, which only says where to look. */
async function panesFor(bridge: Bridge, tmuxSocket: string | null): Promise<PaneFacts[]> {
  const known = await bridge.panes.list().catch(() => []);
  if (tmuxSocket === null) return known;
  const there = await listPanes(new ExecCommands({ socketPath: tmuxSocket })).catch(() => []);
  return [...known, ...there.filter((pane) => !known.some((one) => addressKey(one) === addressKey(pane)))];
}
