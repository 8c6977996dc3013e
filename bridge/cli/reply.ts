import type { Command } from 'commander';
import { BridgeError, usageError } from '../core/failure.ts';
import { answered } from './answer.ts';
import { act, type Context, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { bodyOf, type MailFlags, told, withMailOptions } from './tell.ts';

export function registerReply(command: Command): void {
  const declared = command
    .argument(
      '<id>',
      'the characters behind # in the line that landed, or in `bridge inbox`; or a request, as `answer` takes',
    )
    .argument('[message...]', 'the answer; - reads stdin');
  withOptions(withMailOptions(declared), 'place').action(
    act(async (context, command) => {
      const flags = command.opts<MailFlags>();
      const [given = '', ...words] = command.args;
      const id = given.replace(/^#/, '');
      const body = await bodyOf(flags, words, 'reply');
      try {
        return await told(context, { to: [], thread: null, answers: id, body }, flags);
      } catch (fault) {
        if (id !== given || !isNoMessage(fault) || !(await isRequest(context, id))) throw fault;
      }
      const option = mailOptions.find((name) => command.getOptionValueSource(name) === 'cli');
      if (option !== undefined)
        throw usageError(
          'reply',
          id,
          'is a request, and its answer takes no options of a message',
          `bridge answer ${id}`,
        );
      return answered(context, { id, text: body });
    }),
  );
}

/** What says how a message is told; an answer is typed as soon as the worker can take it, once. */
const mailOptions: readonly string[] = [
  'as',
  'from',
  'reply',
  'wait',
  'timeout',
  'ttl',
  'priority',
  'urgent',
  'idempotencyKey',
  'inline',
] satisfies ReadonlyArray<keyof MailFlags>;

/** Nothing has that id that a member wrote. */
function isNoMessage(fault: unknown): boolean {
  return fault instanceof BridgeError && fault.what === 'message' && fault.reason === 'unknown';
}

/** It is what a worker asked, as `bridge requests` lists it. */
async function isRequest(context: Context, id: string): Promise<boolean> {
  try {
    const found = await invoke(context, 'show', { id });
    return !('message' in found) && !('sent' in found);
  } catch (fault) {
    if (fault instanceof BridgeError) return false;
    throw fault;
  }
}
