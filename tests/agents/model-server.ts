import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { followDirectives, type ModelCall, type ModelStep } from './directives.ts';
import { type Json, sendJson, type Wire, type WireRequest } from './wire.ts';
import { chatWire } from './wire-chat.ts';
import { geminiWire } from './wire-gemini.ts';
import { messagesWire } from './wire-messages.ts';
import { responsesWire } from './wire-responses.ts';

/** One request as the model received it: the witness of what was submitted to the agent. */
export interface LoggedCall extends WireRequest {
  readonly at: number;
  readonly label: string;
  readonly wire: string;
  /** the request as it came, with all that the program adds */
  readonly body: Json;
  /** what the client did with the answer */
  ended: 'open' | 'whole' | 'aborted';
}

export interface ModelServer {
  readonly port: number;
  /** base address for one agent; its calls carry the label */
  url(label: string): string;
  /** calls of one agent's conversation, without its internal turns */
  calls(label: string): LoggedCall[];
  /** the user messages of the agent's latest conversation, byte for byte, in order */
  messages(label: string): readonly string[];
  close(): Promise<void>;
}

const wires: readonly Wire[] = [responsesWire, chatWire, geminiWire, messagesWire];

/** A scripted model on 127.0.0.1. `answer` decides what it says; without one it follows the directives in the message. */
export async function modelServer(
  answer: (call: ModelCall) => readonly ModelStep[] = followDirectives,
): Promise<ModelServer> {
  const log: LoggedCall[] = [];
  const server = createServer((request, response) => {
    serve(request, response, log, answer).catch((fault: unknown) => {
      process.stderr.write(`model server: ${request.url}: ${String(fault)}\n`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const calls = (label: string) => log.filter((call) => call.label === label && call.internal === null);
  return {
    port,
    url: (label) => `http://127.0.0.1:${port}/${label}`,
    calls,
    messages: (label) => calls(label).at(-1)?.messages ?? [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  log: LoggedCall[],
  answer: (call: ModelCall) => readonly ModelStep[],
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://model');
  const label = pathname.split('/')[1] ?? '';
  const body = await bodyOf(request);
  const wire = wires.find((one) => one.matches(pathname));
  if (wire === undefined) return answerOther(pathname, response);
  const asked = wire.read(body);
  const call: LoggedCall = { ...asked, at: Date.now(), label, wire: wire.name, body, ended: 'open' };
  log.push(call);
  response.on('close', () => {
    call.ended = response.writableFinished ? 'whole' : 'aborted';
  });
  const message = asked.messages.at(-1) ?? '';
  const steps = asked.internal === null ? answer({ ...asked, label, message }) : [{ say: asked.internal }];
  const first = steps[0];
  if (first && 'error' in first) {
    const error = { message: `scripted error ${first.error}`, type: 'server_error', code: first.error };
    return sendJson(response, first.error, { error });
  }
  await wire.write(response, body, asked, steps);
}

function answerOther(pathname: string, response: ServerResponse): void {
  if (pathname.endsWith(':countTokens')) sendJson(response, 200, { totalTokens: 100 });
  else if (pathname.endsWith('/count_tokens')) sendJson(response, 200, { input_tokens: 100 });
  else if (pathname.endsWith('/models')) sendJson(response, 200, { object: 'list', data: [], models: [] });
  else sendJson(response, 404, { error: { message: `the scripted model has no ${pathname}` } });
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return {};
  const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return JSON.parse(plain.toString('utf8')) as Json;
}
