import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelStep } from './directives.ts';
import type { Json } from './model-server.ts';

/** A piece of an answer, in the order and at the time it is sent. */
export type Piece = { readonly text: string } | { readonly call: { readonly name: string; readonly args: Json } };

const pieceMs = 100;
const shells = ['exec_command', 'shell_command', 'shell', 'run_shell_command'];

/** Plays the steps in their own time; stops when the client has gone. */
export async function* paced(
  steps: readonly ModelStep[],
  tools: ReadonlyArray<{ readonly name: string; readonly schema: Json }>,
  response: ServerResponse,
): AsyncGenerator<Piece> {
  for (const step of steps) {
    if (response.destroyed) return;
    if ('hang' in step) await wait(step.hang, response);
    else if ('slow' in step) yield* slowly(step.say, step.slow, response);
    else if ('say' in step) yield { text: step.say };
    else if ('run' in step) yield shellCall(step.run, step.escalate, tools);
  }
}

async function* slowly(text: string, overMs: number, response: ServerResponse): AsyncGenerator<Piece> {
  const letters = [...text];
  const pieces = Math.max(1, Math.round(overMs / pieceMs));
  for (let index = 0; index < pieces && !response.destroyed; index++) {
    const from = Math.floor((index * letters.length) / pieces);
    const to = Math.floor(((index + 1) * letters.length) / pieces);
    if (to > from) yield { text: letters.slice(from, to).join('') };
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

function shellCall(
  command: string,
  escalate: boolean,
  tools: ReadonlyArray<{ readonly name: string; readonly schema: Json }>,
): Piece {
  const tool = shells.map((name) => tools.find((one) => one.name === name)).find((one) => one !== undefined);
  if (tool === undefined) return { text: `There is no shell tool among ${tools.map((one) => one.name).join(', ')}.` };
  const properties = (tool.schema.properties ?? {}) as Record<string, { type?: string }>;
  const key = 'cmd' in properties ? 'cmd' : 'command';
  const value = properties[key]?.type === 'array' ? ['bash', '-lc', command] : command;
  const escalation =
    escalate && 'sandbox_permissions' in properties
      ? { sandbox_permissions: 'require_escalated', justification: 'The scripted model asks to run this' }
      : {};
  return { call: { name: tool.name, args: { [key]: value, ...escalation } } };
}
