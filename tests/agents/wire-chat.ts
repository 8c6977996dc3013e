import { randomUUID } from 'node:crypto';
import { paced } from './answer-pace.ts';
import { type Json, sendJson, type Wire, type WireRequest } from './wire.ts';

interface Message {
  readonly role: string;
  readonly content?: string | ReadonlyArray<string | { readonly text?: string }> | null;
}

interface Tool {
  /** one whose only argument is plain text: Copilot 1.0.102 */
  readonly custom?: { readonly name?: string };
  readonly function?: { readonly name?: string; readonly parameters?: Json };
}

/** User text that a program puts into a conversation by itself: qwen-code 0.24.4, cline 3.0.65, opencode 1.18.33. */
const added = /^\s*(<(system-reminder|session_context|environment_details|environment)\b|This is the Qwen Code\b)/;
/** What cline 3.0.65 wraps around a message. */
const wrapped = /^<user_input[^>]*>([\s\S]*?)<\/user_input>/;
/** What Copilot 1.0.102 puts before a message, and behind one that names files. */
const dated = /^<current_datetime>[^<]*<\/current_datetime>\n+|\n+<tagged_files>[\s\S]*<\/tagged_files>\s*$/g;
/** How the programs ask for a title, a summary or a suggestion of their own. */
const internalTurn =
  /\b(?:title generator|reply with a title for the chat|generate a (?:short|concise|brief)[^.]{0,60}title)/i;

/** qwen-code 0.24.4 shows the answer in its composer, grey, as if it were a draft: the scripted model has none to suggest. Its memory task asks unbidden as well. */
const ownTask = /^(?:\[SUGGESTION MODE|Managed memory has TWO directories)/;

/** OpenAI chat completions, as qwen, cline, continue, opencode and pi speak it. */
export const chatWire: Wire = {
  name: 'chat',
  matches: (path) => path.endsWith('/chat/completions'),
  read(body) {
    const all = (body.messages ?? []) as Message[];
    const system = all.filter((one) => one.role === 'system' || one.role === 'developer').map((one) => textOf(one));
    const asked = all.filter((one) => one.role === 'user').map((one) => textOf(one, (part) => !added.test(part)));
    const messages = asked
      .filter((text) => text !== '')
      .map((text) => (wrapped.exec(text)?.[1] ?? text).replace(dated, ''));
    const last = all.at(-1);
    const isInternal = internalTurn.test(`${system.join('\n').slice(0, 600)}\n${messages.at(-1)?.slice(0, 600)}`);
    return {
      messages,
      system: system.join('\n'),
      toolResult: last?.role === 'tool' ? textOf(last) : null,
      tools: toolsOf(body),
      internal: ownTask.test(messages.at(-1) ?? '') ? '' : isInternal ? 'A scripted title' : null,
    };
  },
  async write(response, body, request, steps) {
    const streams = body.stream === true;
    const id = `chatcmpl-${randomUUID()}`;
    const base = { id, created: Math.floor(Date.now() / 1000), model: body.model };
    const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
    const send = (choices: readonly Json[], more: Json = {}) => {
      if (!streams || response.destroyed) return;
      const data = { ...base, object: 'chat.completion.chunk', choices, ...more };
      response.write(`data: ${JSON.stringify(data)}\n\n`);
    };
    const delta = (fields: Json) => send([{ index: 0, delta: fields, finish_reason: null }]);
    if (streams) response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    if (streams) response.flushHeaders();
    let content = '';
    const calls: Json[] = [];
    for await (const piece of paced(steps, request.tools, response)) {
      if ('thought' in piece) delta({ role: 'assistant', reasoning_content: piece.thought });
      else if ('text' in piece) {
        content += piece.text;
        delta({ role: 'assistant', content: piece.text });
      } else {
        const { name, args } = piece.call;
        const id = `call_${randomUUID()}`;
        const call = isCustom(name, body)
          ? { id, type: 'custom', custom: { name, input: args.input } }
          : { id, type: 'function', function: { name, arguments: JSON.stringify(args) } };
        delta({ role: 'assistant', tool_calls: [{ index: calls.length, ...call }] });
        calls.push(call);
      }
    }
    if (response.destroyed) return;
    const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
    const message = { role: 'assistant', content, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
    const choices = [{ index: 0, message, finish_reason }];
    if (!streams) return sendJson(response, 200, { ...base, object: 'chat.completion', choices, usage });
    send([{ index: 0, delta: {}, finish_reason }]);
    send([], { usage });
    response.end('data: [DONE]\n\n');
  },
};

function textOf({ content }: Message, keeps: (part: string) => boolean = () => true): string {
  const parts = typeof content === 'string' ? [content] : (content ?? []);
  return parts
    .map((part) => (typeof part === 'string' ? part : (part.text ?? '')))
    .filter(keeps)
    .join('');
}

function toolsOf(body: Json): WireRequest['tools'] {
  return ((body.tools ?? []) as Tool[]).map((tool) => ({
    name: tool.custom?.name ?? tool.function?.name ?? '',
    schema: tool.function?.parameters ?? {},
  }));
}

function isCustom(name: string, body: Json): boolean {
  return ((body.tools ?? []) as Tool[]).some(({ custom }) => custom?.name === name);
}
