import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { lineOf, refuseForgedInput } from '../app/forged.ts';
import { BridgeError, ExitCode, usageError } from '../core/failure.ts';
import { addressKey, type PaneFacts, sameServer } from '../core/pane.ts';
import { limitMs, text, word } from './arguments.ts';
import { panesFor } from './asking-panes.ts';
import { method } from './method.ts';
import { refuseWhereAsking } from './pane-act.ts';
import { type FoundParty, partyOf } from './party.ts';
import { paneArgs, reachPane } from './reach-pane.ts';
import { senderArgs } from './sender.ts';
import { outcomeOf, sendView } from './views.ts';

/**
 * One text into a pane, submitted once, for tools that name a session and no agent. An agent program that is known gets it as by
 * `send`, which types at no shell; into one that nobody knows it is typed and submitted on what was read there just before.
 */
export const input = method({
  name: 'input',
  args: z.object({
    ...senderArgs,
    pane: paneArgs,
    /** what the tool itself puts before the text, which is judged apart from it */
    head: word(1000).nullable().default(null),
    text: text(),
    /** the tmux session in whose name it is written */
    session: word().nullable().default(null),
    waitMs: limitMs.default(0),
  }),
  result: sendView,
  async run(bridge: Bridge, { pane: given, head, text: body, session, waitMs, ...evidence }, closed) {
    const pane = await reachPane(bridge, given);
    refuseForgedInput(head, { text: body, target: pane.paneId, caller: evidence.caller });
    const text = lineOf(head, body);
    const by = await partyOf(bridge, evidence);
    if (by.pane !== null && addressKey(by.pane) === addressKey(pane))
      throw usageError('input', pane.paneId, 'is your own pane');
    if (session !== null && evidence.caller.is === 'agent') {
      const panes = await panesFor(bridge, evidence.tmuxSocket);
      refuseNameOfAnother(
        by,
        session,
        panes.filter((facts) => sameServer(facts, pane)),
      );
    }
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

/** @throws BridgeError where that session is living, and the agent's processes show that it sits in another */
function refuseNameOfAnother(by: FoundParty, session: string, panes: readonly PaneFacts[]): void {
  if (by.facts?.sessionName === session || !panes.some(({ sessionName }) => sessionName === session)) return;
  throw new BridgeError({
    what: 'input',
    target: session,
    reason: 'is another session, and nothing shows that this command runs in it',
    nextStep: 'write under your own name',
  });
}
