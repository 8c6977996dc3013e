import type { ServerResponse } from 'node:http';
import type { ModelStep } from './directives.ts';

/** One way in which agent programs talk to a model: how a request is read and an answer written. */
export interface Wire {
  readonly name: string;
  matches(path: string): boolean;
  read(body: Json): WireRequest;
  write(response: ServerResponse, body: Json, request: WireRequest, steps: readonly ModelStep[]): Promise<void>;
}

export interface WireRequest {
  /** every text part of the conversation's user messages, oldest first, without what the program adds by itself */
  readonly messages: readonly string[];
  readonly system: string;
  readonly toolResult: string | null;
  /** `namespace`: of codex, which has the tools of an MCP server in one */
  readonly tools: ReadonlyArray<{ readonly name: string; readonly schema: Json; readonly namespace?: string }>;
  /** a turn of the program's own (a title, a routing question), with the answer it wants */
  readonly internal: string | null;
}

export type Json = { readonly [key: string]: unknown };

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
