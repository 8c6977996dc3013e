import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelStep } from './directives.ts';
import type { Json } from './wire.ts';

/** A piece of an answer, in the order and at the time it is sent. */
export type Piece =
  | { readonly text: string }
  | { readonly thought: string }
  | { readonly call: { readonly name: string; readonly args: Json; readonly namespace?: string } };

const pieceMs = 100;
type Tools = ReadonlyArray<{ readonly name: string; readonly schema: Json; readonly namespace?: string }>;

const shells = [
  'exec_command',
  'shell_command',
  'shell',
  'run_shell_command',
  'run_commands',
  'execute_command',
  'bash',
  'Bash',
];
const writers = ['write_file', 'write_to_file', 'editor', 'write', 'Write', 'create', 'create_file'];

/** Plays the steps in their own time; stops when the client has gone. */
export async function* paced(
  steps: readonly ModelStep[],
  tools: Tools,
  response: ServerResponse,
): AsyncGenerator<Piece> {
  for (const step of steps) {
    if (response.destroyed) return;
    if ('hang' in step) await wait(step.hang, response);
    else if ('think' in step) {
      for await (const thought of slowly(step.think, step.slow, response)) yield { thought };
    } else if ('slow' in step) {
      for await (const text of slowly(step.say, step.slow, response)) yield { text };
    } else if ('say' in step) yield { text: step.say };
    else if ('run' in step) yield shellCall(step.run, step.escalate, tools);
    else if ('call' in step) yield { call: { name: step.call, args: step.args } };
    else if ('mcp' in step) yield mcpCall(step.mcp, step.args, tools);
    else if ('write' in step) yield writeCall(step.write, step.content, tools);
  }
}

async function* slowly(text: string, overMs: number, response: ServerResponse): AsyncGenerator<string> {
  const letters = [...text];
  const pieces = Math.max(1, Math.round(overMs / pieceMs));
  for (let index = 0; index < pieces && !response.destroyed; index++) {
    const from = Math.floor((index * letters.length) / pieces);
    const to = Math.floor(((index + 1) * letters.length) / pieces);
    if (to > from) yield letters.slice(from, to).join('');
    await wait(pieceMs, response);
  }
}

async function wait(ms: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const onClose = () => gone.abort();
  response.once('close', onClose);
  await delay(ms, undefined, { signal: gone.signal }).catch(() => {});
  response.off('close', onClose);
}

function shellCall(command: string, escalate: boolean, tools: Tools): Piece {
  const tool = firstOf(shells, tools);
  if (tool === undefined) return missing('shell', tools);
  const properties = propertiesOf(tool.schema);
  const key = ['cmd', 'command', 'commands'].find((one) => one in properties) ?? 'command';
  const value = properties[key]?.type !== 'array' ? command : key === 'commands' ? [command] : ['bash', '-lc', command];
  const escalation =
    escalate && 'sandbox_permissions' in properties
      ? { sandbox_permissions: 'require_escalated', justification: 'The scripted model asks to run this' }
      : {};
  return { call: { name: tool.name, args: { ...required(tool.schema), [key]: value, ...escalation } } };
}

/** Each client has its own way to name a tool of an MCP server: `mcp__bridge__reply`, `mcp_bridge_reply`, or `reply` in a namespace. */
function mcpCall(name: string, args: Json, tools: Tools): Piece {
  const isIt = (one: Tools[number]) => one.name === name || /^mcp_.*_bridge_|^mcp_bridge_|^bridge_/.test(one.name);
  const tool = tools.find((one) => isIt(one) && (one.name === name || one.name.endsWith(`_${name}`)));
  if (tool === undefined) return missing(name, tools);
  const place = tool.namespace === undefined ? {} : { namespace: tool.namespace };
  return { call: { name: tool.name, args, ...place } };
}

function writeCall(path: string, content: string, tools: Tools): Piece {
  const tool = firstOf(writers, tools);
  if (tool === undefined) return missing('file', tools);
  const properties = propertiesOf(tool.schema);
  const pathKey = ['file_path', 'filePath', 'filepath', 'path'].find((one) => one in properties) ?? 'path';
  const contentKey = ['content', 'file_text', 'new_text'].find((one) => one in properties) ?? 'content';
  return { call: { name: tool.name, args: { ...required(tool.schema), [pathKey]: path, [contentKey]: content } } };
}

function firstOf(names: readonly string[], tools: Tools): Tools[number] | undefined {
  return names.map((name) => tools.find((one) => one.name === name)).find((one) => one !== undefined);
}

function missing(kind: string, tools: Tools): Piece {
  return { text: `There is no ${kind} tool among ${tools.map((one) => one.name).join(', ')}.` };
}

interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
}

function propertiesOf(schema: Json): Record<string, Property> {
  return (schema.properties ?? {}) as Record<string, Property>;
}

/** Something for every argument that the tool insists on. */
function required(schema: Json): Json {
  const names = (schema.required ?? []) as readonly string[];
  return Object.fromEntries(names.map((name) => [name, example(propertiesOf(schema)[name])]));
}

function example(property: Property | undefined): unknown {
  if (property?.enum) return property.enum[0];
  if (property?.type === 'boolean') return false;
  if (property?.type === 'number' || property?.type === 'integer') return 1;
  return property?.type === 'array' ? [] : 'What the scripted model wants';
}
