import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { paced } from './answer-pace.ts';
import { type Json, sendJson, type Wire, type WireRequest } from './wire.ts';

interface Block {
  readonly type?: string;
  readonly text?: string;
  readonly content?: string | readonly Block[];
}

interface Message {
  readonly role: string;
  readonly content: string | readonly Block[];
}

interface Tool {
  readonly name: string;
  readonly input_schema?: Json;
}

/** User text that Claude Code 2.1.332 puts into a conversation by itself. */
const added =
  /^\s*(?:<(?:system-reminder|local-command-caveat|local-command-stdout|command-name)\b|\[Request interrupted by user)/;

/** Anthropic Messages, as Claude Code speaks it. */
export const messagesWire: Wire = {
  name: 'messages',
  matches: (path) => path.endsWith('/messages'),
  read(body) {
    const all = (body.messages ?? []) as Message[];
    const asked = all.filter(({ role }) => role === 'user').flatMap(({ content }) => textsOf(content));
    const last = all.at(-1)?.content ?? '';
    // the result of a call that was denied comes together with the next prompt
    const results = textsOf(last).length > 0 ? [] : blocksOf(last).filter(({ type }) => type === 'tool_result');
    const tools = ((body.tools ?? []) as Tool[]).map(({ name, input_schema = {} }) => ({ name, schema: input_schema }));
    return {
      messages: asked,
      // what it adds in a mode of its own comes between the messages
      system: [{ role: 'system', content: (body.system ?? '') as Message['content'] }, ...all]
        .filter(({ role }) => role === 'system')
        .flatMap(({ content }) => textsOf(content))
        .join('\n'),
      toolResult: results.length > 0 ? results.map(({ content = '' }) => textsOf(content).join('')).join('\n') : null,
      tools,
      internal: wantedOfItself(body, tools),
    };
  },
  async write(response, body, request, steps) {
    const answer = new Answer(response, body);
    for await (const piece of paced(steps, request.tools, response)) {
      if ('thought' in piece) answer.add('thinking', piece.thought);
      else if ('text' in piece) answer.add('text', piece.text);
      else answer.call(piece.call.name, piece.call.args);
    }
    answer.end();
  },
};

/** What it asks for its own ends (a title, a summary) comes without tools; some of it wants JSON. */
function wantedOfItself(body: Json, tools: WireRequest['tools']): string | null {
  if (tools.length > 0) return null;
  const format = (body.output_config as Json | undefined)?.format ?? body.output_format;
  return format === undefined ? 'A scripted title' : JSON.stringify({ title: 'A scripted title', isNewTopic: true });
}

function blocksOf(content: Message['content']): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** Each text of it that is not empty, without what the program adds. */
function textsOf(content: Message['content']): readonly string[] {
  const texts = blocksOf(content).map(({ type, text = '' }) => (type === 'text' ? text : ''));
  return texts.filter((text) => text !== '' && !added.test(text));
}

/** One answer under way: words go into the open block of their kind, another kind opens the next. */
class Answer {
  readonly #response: ServerResponse;
  readonly #streams: boolean;
  readonly #message: Json;
  readonly #content: Json[] = [];
  #open: { type: 'text' | 'thinking'; words: string } | null = null;
  #stopReason = 'end_turn';

  constructor(response: ServerResponse, body: Json) {
    this.#response = response;
    this.#streams = body.stream === true;
    const usage = { input_tokens: 100, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    this.#message = { id: `msg_${randomUUID()}`, type: 'message', role: 'assistant', model: body.model, usage };
    if (this.#streams) response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    const message = { ...this.#message, content: [], stop_reason: null, stop_sequence: null };
    this.#event('message_start', { message });
    this.#event('ping');
  }

  add(type: 'text' | 'thinking', words: string): void {
    if (this.#open?.type !== type) {
      this.#close();
      this.#open = { type, words: '' };
      const empty = type === 'text' ? { type, text: '' } : { type, thinking: '', signature: '' };
      this.#event('content_block_start', { content_block: empty });
    }
    this.#open.words += words;
    this.#delta(type === 'text' ? { type: 'text_delta', text: words } : { type: 'thinking_delta', thinking: words });
  }

  call(name: string, input: Json): void {
    this.#close();
    const call = { type: 'tool_use', id: `toolu_${randomUUID()}`, name };
    this.#event('content_block_start', { content_block: { ...call, input: {} } });
    this.#delta({ type: 'input_json_delta', partial_json: JSON.stringify(input) });
    this.#event('content_block_stop');
    this.#content.push({ ...call, input });
    this.#stopReason = 'tool_use';
  }

  end(): void {
    if (this.#response.destroyed) return;
    this.#close();
    const end = { stop_reason: this.#stopReason, stop_sequence: null };
    if (this.#streams) {
      this.#event('message_delta', { delta: end, usage: { output_tokens: 20 } });
      this.#event('message_stop');
      this.#response.end();
    } else sendJson(this.#response, 200, { ...this.#message, content: this.#content, ...end });
  }

  #close(): void {
    if (this.#open === null) return;
    const { type, words } = this.#open;
    this.#open = null;
    const signature = 'c2NyaXB0ZWQ=';
    if (type === 'thinking') this.#delta({ type: 'signature_delta', signature });
    this.#event('content_block_stop');
    this.#content.push(type === 'text' ? { type, text: words } : { type, thinking: words, signature });
  }

  #delta(delta: Json): void {
    this.#event('content_block_delta', { delta });
  }

  #event(type: string, fields: Json = {}): void {
    if (!this.#streams || this.#response.destroyed) return;
    const place = type.startsWith('content_block') ? { index: this.#content.length } : {};
    this.#response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...place, ...fields })}\n\n`);
  }
}
