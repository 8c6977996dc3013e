import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { permit } from '../app/permit.ts';
import { callerArgs, word } from './arguments.ts';
import { method } from './method.ts';

/** More are no team. */
const mostNames = 200;

/** Puts members into a group, or takes them out of it. A group is there as long as somebody is in it. */
export const group = method({
  name: 'group',
  args: z.object({
    act: z.enum(['add', 'remove']),
    group: word(65),
    names: z.array(word()).min(1, 'names nobody').max(mostNames, `has more than ${mostNames} names`),
    caller: callerArgs.default({ is: 'nobody' }),
  }),
  result: z.object({ group: z.string(), changed: z.array(z.string()).readonly() }),
  async run(bridge: Bridge, { act, group, names, caller }) {
    if (act === 'remove')
      await permit(bridge, { act: 'group remove', target: group, about: null, caller, by: 'human' });
    const changed =
      act === 'add' ? bridge.membership.addToGroup(group, names) : bridge.membership.removeFromGroup(group, names);
    return { group: group.replace(/^@/, ''), changed: changed.map(({ name }) => bridge.directory.shown(name)) };
  },
});
