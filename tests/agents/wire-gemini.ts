import { randomUUID } from 'node:crypto';
import { type Piece, paced } from './answer-pace.ts';
import { type Json, sendJson, type Wire } from './wire.ts';

interface Part {
  readonly text?: string;
  readonly functionResponse?: { readonly response?: unknown };
}

interface Content {
  readonly role?: string;
  readonly parts?: readonly Part[];
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** A part that gemini-cli 0.61.0 puts before the user's own in the first message. */
const added = /^<session_context>\n/;

/** Gemini's streamGenerateContent and generateContent. */
export const geminiWire: Wire = {
  name: 'gemini',
  matches: (path) => /:(stream)?generateContent$/i.test(path),
  read(body) {
    const contents = (body.contents ?? []) as Content[];
    const partsOf = (content: Content) => content.parts ?? [];
    const messages = contents
      .filter((content) => content.role !== 'model')
      .map((content) => partsOf(content).filter((part) => part.text !== undefined && !added.test(part.text)))
      .filter((parts) => parts.length > 0)
      .map((parts) => parts.map((part) => part.text).join(''));
    const results = partsOf(contents.at(-1) ?? {}).flatMap((part) => part.functionResponse ?? []);
    return {
      messages,
      system: textOf(body.systemInstruction as Content | undefined),
      toolResult: results.length > 0 ? JSON.stringify(results.map((result) => result.response)) : null,
      tools: toolsOf(body),
      internal: wantedJson(body),
    };
  },
  async write(response, body, request, steps) {
    const streams = !isWhole(response.req.url ?? '');
    const parts: Json[] = [];
    const send = (fields: Json) => response.write(`data: ${JSON.stringify(chunk(body, fields))}\r\n\r\n`);
    if (streams) response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    for await (const piece of paced(steps, request.tools, response)) {
      const part = partOf(piece);
      parts.push(part);
      if (streams) send({ content: { role: 'model', parts: [part] }, index: 0 });
    }
    if (response.destroyed) return;
    const last = { index: 0, finishReason: 'STOP' };
    if (!streams) return sendJson(response, 200, chunk(body, { content: { role: 'model', parts }, ...last }));
    send({ content: { role: 'model', parts: [{ text: '' }] }, ...last });
    response.end();
  },
};

function partOf(piece: Piece): Json {
  if ('thought' in piece) return { text: piece.thought, thought: true };
  return 'text' in piece ? piece : { functionCall: { id: randomUUID(), ...piece.call } };
}

function isWhole(path: string): boolean {
  return /:generateContent/.test(path);
}

function chunk(body: Json, candidate: Json): Json {
  const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120 };
  return { candidates: [candidate], usageMetadata, modelVersion: String(body.model ?? 'scripted-model') };
}

function textOf(content: Content | undefined): string {
  return (content?.parts ?? []).map((part) => part.text ?? '').join('');
}

function toolsOf(body: Json): Array<{ name: string; schema: Json }> {
  const groups = (body.tools ?? []) as Array<{
    functionDeclarations?: Array<{ name: string; parametersJsonSchema?: Json; parameters?: Json }>;
  }>;
  return groups.flatMap((group) =>
    (group.functionDeclarations ?? []).map((one) => ({
      name: one.name,
      schema: one.parametersJsonSchema ?? one.parameters ?? {},
    })),
  );
}

/** The program's own questions (who speaks next, which model) want JSON of a given shape. */
function wantedJson(body: Json): string | null {
  const config = (body.generationConfig ?? {}) as Json;
  const schema = (config.responseJsonSchema ?? config.responseSchema) as Schema | undefined;
  if (schema !== undefined) return JSON.stringify(example(schema));
  return config.responseMimeType === 'application/json' ? '{}' : null;
}

function example(schema: Schema): unknown {
  if (schema.enum) return schema.enum.includes('user') ? 'user' : schema.enum[0];
  const kind = schema.type?.toLowerCase();
  if (kind === 'object' || schema.properties) {
    const entries = Object.entries(schema.properties ?? {}).filter(([key]) => schema.required?.includes(key));
    return Object.fromEntries(entries.map(([key, value]) => [key, example(value)]));
  }
  if (kind === 'array') return [];
  if (kind === 'boolean') return false;
  return kind === 'number' || kind === 'integer' ? 1 : 'scripted';
}
