import type { CallToolResult, McpServer } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import { BridgeError, messageOf } from '../../core/failure.ts';
import { visible } from '../../core/visible.ts';
import type { Seat } from './seat.ts';

type Shape = z.ZodObject;

/** Something that an MCP client can have done. */
export interface Tool<Input extends Shape = Shape, Output extends Shape = Shape> {
  readonly name: string;
  readonly title: string;
  /** for an agent: what it does, and when to use it */
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  /** it only reads; what it does can be undone; the same again is the same */
  readonly does: 'read' | 'write' | 'write-once';
  /** @param closed aborts when the client has gone, or cancels */
  run(seat: Seat, args: z.output<Input>, closed: AbortSignal): Promise<ToolResult<Output>>;
}

/** `says`: the same in a few words, for a model that reads text alone. */
export interface ToolResult<Output extends Shape> {
  readonly says: string;
  readonly data: z.output<Output>;
}

/** Gives a tool its types. */
export function tool<Input extends Shape, Output extends Shape>(one: Tool<Input, Output>): Tool {
  return one as unknown as Tool;
}

/** What the client is told of a tool that it may call without asking its user. */
const annotations: Readonly<Record<Tool['does'], object>> = {
  read: { readOnlyHint: true, idempotentHint: true },
  write: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  'write-once': { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
};

/** Offers a tool. A fault of it is a result that says what to do, and never the end of the connection. */
export function offer(server: McpServer, seat: Seat, one: Tool): void {
  const { name, title, description, input, output } = one;
  server.registerTool(
    name,
    {
      title,
      description,
      inputSchema: input,
      outputSchema: output,
      annotations: { title, openWorldHint: false, ...annotations[one.does] },
    },
    async (args, { mcpReq }): Promise<CallToolResult> => {
      try {
        const own = seat.forCall?.(mcpReq._meta ?? {}) ?? seat;
        const { says, data } = await one.run(own, args, mcpReq.signal);
        return { content: [{ type: 'text', text: visible(says) }], structuredContent: data };
      } catch (fault) {
        return { content: [{ type: 'text', text: visible(faultInWords(fault)) }], isError: true };
      }
    },
  );
}

function faultInWords(fault: unknown): string {
  const nextStep = fault instanceof BridgeError ? fault.nextStep : undefined;
  return nextStep === undefined ? messageOf(fault) : `${messageOf(fault)}\nNext step: ${nextStep}`;
}
