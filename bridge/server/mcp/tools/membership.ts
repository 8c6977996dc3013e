import * as z from 'zod';
import { memberStatuses } from '../../../core/member.ts';
import { tool } from '../tool.ts';
import { nameInput } from '../views.ts';

const groupsInput = z.array(z.string().min(1).max(65)).max(100);

export const register = tool({
  name: 'register',
  title: 'Register',
  description:
    'Take a name and join groups, so that other agents can write to you. You are registered already when this server starts; call it only to change your name or to join a group.',
  input: z.object({
    name: nameInput.describe('how the others are to call you'),
    groups: groupsInput.optional().describe('groups to join'),
  }),
  output: z.object({
    status: z.literal('ok'),
    name: z.string().describe('the name that you have now'),
    groups: z.array(z.string()),
    pane: z.string().nullable(),
    unread: z.number(),
  }),
  does: 'write-once',
  async run(seat, { name, groups = [] }) {
    const found = await seat.register({ name, groups });
    const { isTaken, ...mine } = found;
    const says = [
      `You are ${found.name}${found.groups.length === 0 ? '' : ` in ${found.groups.join(', ')}`}.`,
      ...(isTaken ? [`${name} is another agent: your name has a number.`] : []),
      ...(found.unread === 0 ? [] : [`${found.unread} unread: call check_messages.`]),
    ];
    return { says: says.join(' '), data: { status: 'ok' as const, ...mine, groups: [...mine.groups] } };
  },
});

export const deregister = tool({
  name: 'deregister',
  title: 'Leave all groups',
  description:
    'Leave all groups: no more group messages come. Your name stays yours, and what others write to you by name is kept.',
  input: z.object({}),
  output: z.object({ name: z.string(), left: z.array(z.string()) }),
  does: 'write-once',
  async run({ asking }) {
    const { name, left } = await asking.call('leave', {});
    return {
      says: left.length === 0 ? 'You were in no group.' : `You have left ${left.join(', ')}.`,
      data: { name, left: [...left] },
    };
  },
});

export const updateStatus = tool({
  name: 'update_status',
  title: 'Say whether you work',
  description: "Tell the other agents whether you are busy: 'working' when you begin a task, 'idle' when it is done.",
  input: z.object({ status: z.enum(memberStatuses) }),
  output: z.object({ name: z.string(), status: z.enum(memberStatuses) }),
  does: 'write-once',
  async run({ asking }, { status }) {
    const data = await asking.call('sayStatus', { status });
    return { says: `${data.name} is ${status}.`, data };
  },
});

export const listAgents = tool({
  name: 'list_agents',
  title: 'List agents',
  description: 'List the agents that you can write to: their names, groups, and what each is doing.',
  input: z.object({}),
  output: z.object({
    agents: z.array(
      z.object({
        name: z.string(),
        groups: z.array(z.string()),
        state: z.string().describe('what its screen shows: idle, busy, dialog; gone: it has no pane'),
        status: z.string().nullable().describe('what it says of itself: idle, working'),
        program: z.string().nullable(),
        role: z.string(),
        unread: z.number(),
      }),
    ),
  }),
  does: 'read',
  async run({ asking }, _, closed) {
    const found = await asking.call('members', {}, closed);
    const agents = found.map(({ name, groups, state, status, agent, role, unread }) => ({
      ...{ name, groups: [...groups], state, status, program: agent, role, unread },
    }));
    const lines = agents.map(
      ({ name, state, groups }) => `${name}: ${state}${groups.length === 0 ? '' : `, in ${groups.join(', ')}`}`,
    );
    return { says: lines.length === 0 ? 'There are no agents yet.' : lines.join('\n'), data: { agents } };
  },
});

export const listGroups = tool({
  name: 'list_groups',
  title: 'List groups',
  description: 'List the groups, and who is in each.',
  input: z.object({}),
  output: z.object({ groups: z.array(z.object({ name: z.string(), members: z.array(z.string()) })) }),
  does: 'read',
  async run({ asking }) {
    const found = await asking.call('groups', {});
    const groups = found.map(({ name, members }) => ({ name, members: [...members] }));
    const lines = groups.map(({ name, members }) => `${name}: ${members.join(', ')}`);
    return { says: lines.length === 0 ? 'There are no groups yet.' : lines.join('\n'), data: { groups } };
  },
});
