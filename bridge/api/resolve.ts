import * as z from 'zod';
import { aim, lookToRead } from '../app/choose-pane.ts';
import type { Reader } from '../app/reader.ts';
import { whereMembersAre } from '../app/where-members-are.ts';
import { BridgeError } from '../core/failure.ts';
import { memberNamed, memberShown } from '../core/member.ts';
import { isCalled } from '../core/names.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { describePane, paneView } from './pane-view.ts';
import { targetArgs } from './target-argument.ts';

/** The pane of a member; of what is no member's name the pane that it names: by a label, a place, a title. */
export const resolve = method({
  name: 'resolve',
  args: z.object({ name: word().min(1, 'is empty'), target: targetArgs }),
  result: z.object({ name: z.string().nullable(), socketPath: z.string(), found: paneView }),
  async run(reader: Reader, { name, target }) {
    const members = reader.journal()?.mail.members() ?? [];
    if (!members.some((one) => [one.called, one.name].some((own) => isCalled(own, name)))) {
      const { pane } = await aim(reader, { ...target, pane: name }, lookToRead);
      return { name: null, socketPath: pane.socketPath, found: describePane(pane) };
    }
    const member = memberNamed(name, members);
    const facts = (await whereMembersAre([member], (socketPath) => reader.look(socketPath, null).tmux)).paneOf(member);
    const shown = memberShown(member.name, members);
    if (facts === null)
      throw new BridgeError({
        what: 'resolve',
        target: shown,
        reason: member.pane === null ? 'has had no pane yet' : `its pane ${member.pane.paneId} is gone`,
        nextStep: 'mail for it waits; `bridge members` shows who has one',
      });
    return { name: shown, socketPath: facts.socketPath, found: describePane(facts) };
  },
});
