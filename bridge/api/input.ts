import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { ExitCode } from '../core/failure.ts';
import { limitMs, text } from './arguments.ts';
import { method } from './method.ts';
import { refuseWhereAsking } from './pane-act.ts';
import { partyOf } from './party.ts';
import { paneArgs, reachPane } from './reach-pane.ts';
import { senderArgs } from './sender.ts';
import { outcomeOf, sendView } from './views.ts';

/**
 * One text into a pane, submitted once, for tools that name a session and no agent. An agent program that is known gets it as by
 * `send`, which types at no shell; into one that nobody knows it is typed and submitted on what was read there just before.
 */
export const input = method({
  name: 'input',
  args: z.object({ ...senderArgs, pane: paneArgs, text: text(), waitMs: limitMs.default(0) }),
  result: sendView,
  async run(bridge: Bridge, { pane: given, text, waitMs, ...evidence }, closed) {
    const pane = await reachPane(bridge, given);
    const by = await partyOf(bridge, evidence);
    await refuseWhereAsking(bridge, pane, evidence.caller, by.name);
    const read = () => bridge.acts.read(pane, { by, lines: 1, agent: null }, closed);
    const { reading, snapshot } = await read();
    // a shell, ssh or a REPL would run it, and nobody has looked
    const isRun = !['agent', 'program'].includes(snapshot.foreground);
    if (reading.agent !== 'unknown' || isRun) {
      const plain = { agent: null, force: false, allowShell: false, waitMs: isRun ? 0 : waitMs };
      const delivery = await bridge.texts.send({ pane, text, from: by.name, ...plain }, closed);
      return { delivery, ...outcomeOf(delivery.state) };
    }
    const order = { pane, by, caller: evidence.caller, agent: null, inDialog: false, takesLines: true };
    const typed = await bridge.acts.act({ ...order, is: 'draft', text }, closed);
    const outcome = outcomeOf(typed.delivery.state);
    if (outcome.exitCode !== ExitCode.done) return { delivery: typed.delivery, ...outcome };
    await read();
    const { delivery } = await bridge.acts.act({ ...order, is: 'keys', text: 'Enter' }, closed);
    return { delivery, ...outcomeOf(delivery.state) };
  },
});
