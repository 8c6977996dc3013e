import * as z from 'zod';
import { unknownName, usageError } from '../../../core/failure.ts';
import type { Seat } from '../seat.ts';
import { tool } from '../tool.ts';
import { nameInput } from '../views.ts';

export const readPane = tool({
  name: 'read_pane',
  title: "Read an agent's pane",
  description:
    "Read the last lines of an agent's terminal pane. To know whether a message has arrived, use message_state instead.",
  input: z.object({
    agent: nameInput.describe('name of the agent, as list_agents shows it'),
    lines: z.number().int().min(1).max(1_000).default(50),
  }),
  output: z.object({
    agent: z.string(),
    pane: z.string(),
    program: z.string(),
    state: z.string(),
    dialog: z.string().nullable().describe('the question of the open dialog'),
    lines: z.array(z.string()),
  }),
  does: 'read',
  async run(seat, { agent, lines }, closed) {
    const pane = await paneOf(seat, agent, closed);
    const {
      agent: program,
      pane: paneId,
      state,
      dialog,
      lines: rows,
    } = await seat.asking.call('read', { pane, lines }, closed);
    const data = { agent, pane: paneId, program, state, dialog, lines: [...rows] };
    return { says: [`${agent} in ${paneId} is ${state}`, ...rows.map((row) => `  ${row}`)].join('\n'), data };
  },
});

async function paneOf(seat: Seat, name: string, closed: AbortSignal) {
  const members = await seat.asking.call('members', {}, closed);
  const found = members.find((one) => [one.name, one.fullName].includes(name));
  if (found === undefined)
    throw unknownName(
      'agent',
      name,
      members.map((one) => one.name),
      'list_agents shows them',
    );
  const own = seat.seesOwnOnly ? await seat.member() : null;
  if (own !== null && ![found.name, found.fullName].includes(own))
    throw usageError('read_pane', name, 'is not yours, and your token shows what is yours alone');
  if (found.address === null || found.pane === null)
    throw usageError('read_pane', name, 'has no pane now', 'write to it: the message waits');
  const { host, server, paneId, socketPath } = found.address;
  return { host, server, paneId, socketPath };
}
