import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { quoteCommand } from '../core/command-line.ts';
import { BridgeError, messageOf } from '../core/failure.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';

/**
 * Starts a member that is gone, by the command that local configuration names for it and no other, and waits until it is there or
 * that has failed: a minute at most.
 */
export const revive = method({
  name: 'revive',
  args: z.object({ name: word(), caller: callerArgs.default({ is: 'nobody' }) }),
  result: z.object({ name: z.string(), command: z.array(z.string()).readonly() }),
  async run(bridge: Bridge, { name: given, caller }, closed) {
    await permit(bridge, { act: 'revive', target: given, about: null, caller, by: 'human' });
    const member = bridge.directory.named(given);
    const name = bridge.directory.shown(member.name);
    const command = bridge.membership.reviveOf(member);
    const failed = (reason: string, nextStep?: string) =>
      new BridgeError({ what: 'revive', target: name, reason, nextStep });
    if (command === null) throw failed('no command is named that starts it', `bridge add ${name} --revive CMD`);
    if (bridge.reviver === null) throw failed('a dry run starts nothing');
    const left = new Promise<string>((resolve) =>
      closed.addEventListener('abort', () => resolve('nobody waits any more')),
    );
    const came = bridge.reviver.start(member).catch((fault) => {
      throw failed(messageOf(fault));
    });
    const why = await Promise.race([came, left]);
    if (why !== null) throw failed(why, `its command is: ${quoteCommand(command)}`);
    return { name, command };
  },
});
