import type { Delivery, DeliveryState } from '../../bridge/core/envelope.ts';
import type { JournaledKind } from '../../bridge/core/events.ts';
import {
  type DeliveryId,
  type EnvelopeId,
  type PaneId,
  type RequestId,
  serverId,
  type TurnId,
} from '../../bridge/core/ids.ts';
import type { PaneIdentity } from '../../bridge/core/pane.ts';
import type { Request } from '../../bridge/core/request.ts';

export const somePane: PaneIdentity = {
  socketPath: '/run/tmux/s',
  host: 'here',
  server: serverId(100, 1_764_000_000),
  paneId: '%3' as PaneId,
  panePid: 200,
  agentPid: 300,
  agentStartedAt: '4711',
};

export function sampleRequest(id: string, over: Partial<Request> = {}): Request {
  return {
    id: id as RequestId,
    worker: 'worker',
    pane: somePane,
    agent: 'codex',
    turn: `turn-of-${id}` as TurnId,
    kind: 'request',
    text: 'May I add a dependency?',
    attributes: {},
    context: '',
    via: 'screen',
    openedAt: 1000,
    deadlineAt: null,
    state: { is: 'open' },
    late: [],
    ...over,
  };
}

export function sampleDelivery(id: string, state: DeliveryState = { is: 'queued' }, body = 'Yes.'): Delivery {
  return {
    id: id as DeliveryId,
    envelope: {
      id: `e-${id}` as EnvelopeId,
      thread: 'r1',
      from: 'human',
      to: 'worker',
      inReplyTo: 'r1' as RequestId,
      kind: 'response',
      body,
      notes: '',
      expectsReply: false,
      createdAt: 1000,
    },
    recipient: somePane,
    agent: 'codex',
    options: { force: false, allowShell: false },
    state,
    attempts: 0,
    createdAt: 1000,
    deadlineAt: null,
  };
}

export const now = Date.parse('2026-11-21T01:27:06.123Z');

export function happened(kind: string, subject: string, data: unknown = null) {
  return { at: now, kind: kind as JournaledKind, subject, data };
}
