import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { paced } from './answer-pace.ts';
import { type Json, sendJson, type Wire, type WireRequest } from './wire.ts';

interface Item {
  readonly type?: string;
  readonly role?: string;
  readonly content?: string | ReadonlyArray<{ readonly text?: string }>;
  readonly output?: unknown;
}

interface Tool {
  readonly type?: string;
  readonly name?: string;
  readonly parameters?: Json;
  readonly tools?: readonly Tool[];
}

/** User messages that codex 0.169.0 puts into a conversation by itself. */
const added =
  /^\s*(<(environment_context|user_instructions|permissions|skills|apps|plugins|turn_aborted)\b|# AGENTS\.md)/;
const titleTurn = /^Generate a concise, single-line task title/;

/** OpenAI Responses, as codex speaks it. */
export const responsesWire: Wire = {
  name: 'responses',
  matches: (path) => path.endsWith('/responses'),
  read(body) {
    const input = (typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : body.input) as Item[];
    const messages = input
      .filter((item) => item.role === 'user')
      .map(textOf)
      .filter((text) => !added.test(text));
    const system = input.filter((item) => item.role === 'developer' || item.role === 'system').map(textOf);
    const last = input.findLast((item) => item.type !== 'reasoning' && item.role !== 'developer');
    return {
      messages,
      system: [String(body.instructions ?? ''), ...system].join('\n'),
      toolResult: last?.type?.endsWith('_output') ? textOfOutput(last.output) : null,
      tools: flatten((body.tools ?? []) as Tool[]),
      internal: titleTurn.test(messages.at(-1) ?? '') ? 'A scripted title' : null,
    };
  },
  async write(response, body, request, steps) {
    const stream = new Answer(response, body);
    for await (const piece of paced(steps, request.tools, response)) {
      if ('thought' in piece) stream.thought(piece.thought);
      else if ('text' in piece) stream.text(piece.text);
      else stream.call(piece.call);
    }
    stream.end();
  },
};

function textOf(item: Item): string {
  return typeof item.content === 'string' ? item.content : (item.content ?? []).map((part) => part.text ?? '').join('');
}

function textOfOutput(output: unknown): string {
  return typeof output === 'string' ? output : JSON.stringify(output);
}

function flatten(tools: readonly Tool[]): WireRequest['tools'] {
  return tools.flatMap((tool) =>
    tool.tools
      ? flatten(tool.tools).map((one) => ({ ...one, namespace: tool.name ?? '' }))
      : [{ name: tool.name ?? tool.type ?? '', schema: tool.parameters ?? {} }],
  );
}

/** One answer under way: text goes into the open message item, a call closes it. */
class Answer {
  readonly #response: ServerResponse;
  readonly #streams: boolean;
  readonly #base: Json;
  readonly #output: Json[] = [];
  #open: { id: string; text: string } | null = null;
  #thinking: { id: string; text: string } | null = null;
  #number = 0;

  constructor(response: ServerResponse, body: Json) {
    this.#response = response;
    this.#streams = body.stream === true;
    this.#base = {
      id: `resp_${randomUUID()}`,
      object: 'response',
      created_at: Math.floor(Date.now() / 1000),
      model: body.model,
    };
    if (this.#streams) response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    this.#event('response.created', { response: { ...this.#base, status: 'in_progress', output: [] } });
  }

  thought(delta: string): void {
    if (this.#thinking === null) {
      this.#thinking = { id: `rs_${randomUUID()}`, text: '' };
      const item = { type: 'reasoning', id: this.#thinking.id, summary: [] };
      this.#event('response.output_item.added', { output_index: this.#output.length, item });
      this.#event('response.reasoning_summary_part.added', { ...this.#thinkingPlace() });
    }
    this.#thinking.text += delta;
    this.#event('response.reasoning_summary_text.delta', { ...this.#thinkingPlace(), delta });
  }

  text(delta: string): void {
    this.#closeThinking();
    if (this.#open === null) {
      this.#open = { id: `msg_${randomUUID()}`, text: '' };
      this.#event('response.output_item.added', {
        output_index: this.#output.length,
        item: this.#message('in_progress'),
      });
    }
    this.#open.text += delta;
    const place = { item_id: this.#open.id, output_index: this.#output.length, content_index: 0 };
    this.#event('response.output_text.delta', { ...place, delta });
  }

  call({ args, ...named }: { readonly name: string; readonly args: Json; readonly namespace?: string }): void {
    this.#closeThinking();
    this.#closeText();
    const ids = { id: `fc_${randomUUID()}`, call_id: `call_${randomUUID()}` };
    this.#done({ type: 'function_call', ...ids, ...named, arguments: JSON.stringify(args), status: 'completed' });
  }

  end(): void {
    if (this.#response.destroyed) return;
    this.#closeThinking();
    this.#closeText();
    const usage = { input_tokens: 100, output_tokens: 20, total_tokens: 120 };
    const response = { ...this.#base, status: 'completed', output: this.#output, usage };
    this.#event('response.completed', { response });
    if (this.#streams) this.#response.end();
    else sendJson(this.#response, 200, response);
  }

  #thinkingPlace(): Json {
    return { item_id: this.#thinking!.id, output_index: this.#output.length, summary_index: 0 };
  }

  #closeThinking(): void {
    if (this.#thinking === null) return;
    const { id, text } = this.#thinking;
    this.#done({ type: 'reasoning', id, summary: [{ type: 'summary_text', text }], encrypted_content: 'scripted' });
    this.#thinking = null;
  }

  #message(status: string): Json {
    const content = status === 'completed' ? [{ type: 'output_text', text: this.#open!.text, annotations: [] }] : [];
    return { type: 'message', id: this.#open!.id, role: 'assistant', status, content };
  }

  #closeText(): void {
    if (this.#open === null) return;
    this.#done(this.#message('completed'));
    this.#open = null;
  }

  #done(item: Json): void {
    this.#event('response.output_item.done', { output_index: this.#output.length, item });
    this.#output.push(item);
  }

  #event(type: string, fields: Json): void {
    if (!this.#streams || this.#response.destroyed) return;
    const event = { type, sequence_number: this.#number++, ...fields };
    this.#response.write(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
}
