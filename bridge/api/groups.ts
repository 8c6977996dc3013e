import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { groupsOf } from '../core/groups.ts';
import { method } from './method.ts';

/** Every group with its members. */
export const groups = method({
  name: 'groups',
  args: z.object({}),
  result: z.array(z.object({ name: z.string(), members: z.array(z.string()).readonly() })),
  run: async ({ directory }: Pick<Bridge, 'directory'>) =>
    groupsOf(directory.members()).map(({ name, members }) => ({
      name,
      members: members.map((member) => directory.shown(member.name)),
    })),
});
