import { type AuthInfo, createMcpHandler } from '@modelcontextprotocol/server';
import type { AllServed } from '../../api/index.ts';
import { askingAs } from '../asking.ts';
import type { Principal } from '../principal.ts';
import { bearerSeat } from './bearer.ts';
import { mcpServerFor } from './mcp-server.ts';

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

/**
 * MCP's Streamable HTTP, without sessions: clients of 2026-07-28 and those of 2025 are served one call at a time, and nothing is
 * kept between them.
 */
export function mcpOverHttp(served: AllServed): McpOverHttp {
  const handler = createMcpHandler(({ authInfo }) => {
    const principal = authInfo?.extra?.principal as Principal;
    return mcpServerFor(bearerSeat(principal, askingAs(principal, served)));
  });
  return {
    answer({ method, url, headers, body, principal, closed }) {
      const request = new Request(url, { method, headers, signal: closed });
      return handler.fetch(request, {
        authInfo: authInfoOf(principal),
        ...(method === 'POST' && { parsedBody: body }),
      });
    },
    close: () => handler.close(),
  };
}

function authInfoOf(principal: Principal): AuthInfo {
  return { token: '', clientId: principal.name, scopes: [], extra: { principal } };
}
