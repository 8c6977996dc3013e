import { createMcpHandler, type McpHttpHandler, type ServerEventBus } from '@modelcontextprotocol/server';
import type { AllServed } from '../../api/index.ts';
import type { JournalEvent } from '../../core/journal-event.ts';
import { askingAs } from '../asking.ts';
import type { Principal } from '../principal.ts';
import { bearerSeat } from './bearer.ts';
import { mcpServerFor } from './mcp-server.ts';
import { newsIn } from './resources.ts';

/** One call of an MCP client over HTTP, whoever it comes from. */
export interface McpCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  /** the body, as JSON has it */
  readonly body: unknown;
  readonly principal: Principal;
  /** aborts when the client has gone */
  readonly closed: AbortSignal;
}

export interface McpOverHttp {
  answer(call: McpCall): Promise<Response>;
  close(): Promise<void>;
}

/** Calls back with each event that a party may hear of, until what it returns is called. */
export type Listen = (principal: Principal, take: (event: JournalEvent, key: string) => void) => () => void;

/**
 * MCP's Streamable HTTP, without sessions: clients of 2026-07-28 and those of 2025 are served one call at a time, and nothing is
 * kept between them. A subscription lasts as long as its call.
 */
export function mcpOverHttp(served: AllServed, listen: Listen): McpOverHttp {
  const open = new Set<McpHttpHandler>();
  return {
    async answer({ method, url, headers, body, principal, closed }) {
      const seat = bearerSeat(principal, askingAs(principal, served));
      const handler = createMcpHandler(({ era }) => mcpServerFor(seat, era === 'modern'), {
        bus: busOf(principal, listen),
        maxSubscriptions: 1,
      });
      open.add(handler);
      closed.addEventListener('abort', () => open.delete(handler));
      const request = new Request(url, { method, headers, signal: closed });
      return handler.fetch(request, method === 'POST' ? { parsedBody: body } : {});
    },
    async close() {
      await Promise.all([...open].map((handler) => handler.close()));
    },
  };
}

/** What one party's subscription is told: what changed of its own. */
function busOf(principal: Principal, listen: Listen): ServerEventBus {
  return {
    publish() {},
    subscribe: (hear) =>
      listen(principal, (event, key) => {
        const { uris, isListChanged } = newsIn(event, key);
        for (const uri of uris) hear({ kind: 'resource_updated', uri });
        if (isListChanged) hear({ kind: 'resources_list_changed' });
      }),
  };
}
