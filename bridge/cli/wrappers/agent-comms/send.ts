import { visibleLine } from '../../../core/visible.ts';
import { deliver, type Outcome, told } from './deliver.ts';
import type { TakenFlags } from './flags.ts';
import { senderOf } from './here.ts';
import type { Letter } from './letter.ts';
import { note, said, tagged, textOf } from './lines.ts';
import { record } from './log.ts';
import { find, type Place, type Recipient, registryIn } from './place.ts';

export async function send({ words: [to = '', ...body], ...flags }: TakenFlags, place: Place): Promise<number> {
  const text = textOf(body, 'send <to> <message>', place);
  const from = await senderOf(flags, place);
  const found = find(to, place);
  if (found.is !== 'agent') {
    note(found.reason, place);
    record(place, [from, to, found.is, text]);
    return 1;
  }
  const isSent = await sent(found.agent, letterOf(from, text, place), text, flags.isQuiet, place);
  return isSent ? 0 : 1;
}

export async function broadcast({ words, ...flags }: TakenFlags, place: Place): Promise<number> {
  const text = textOf(words, 'broadcast <message>', place);
  const from = await senderOf(flags, place);
  const others = enabled(place).filter(({ name }) => name !== from);
  let count = 0;
  for (const agent of others)
    count += (await sent(agent, letterOf(from, text, place), text, flags.isQuiet, place)) ? 1 : 0;
  if (!flags.isQuiet) said(`broadcast: ${count}/${others.length} delivered (from ${visibleLine(from)})`, place);
  return count === others.length ? 0 : 1;
}

/** All of the registry that take part. */
export function enabled(place: Place): Recipient[] {
  return Object.entries(registryIn(place).agents)
    .filter(([, agent]) => agent.enabled !== false)
    .map(([name, agent]) => ({ ...agent, name }));
}

function letterOf(from: string, text: string, place: Place): Letter {
  return { from, session: sessionOf(from, place), text: tagged(from, text), kind: 'send' };
}

/** The session of that name, where there is one. */
export function sessionOf(name: string, place: Place): string | null {
  const found = find(name, place);
  return found.is === 'agent' ? found.agent.session : null;
}

const logged: Readonly<Partial<Record<Outcome['is'], string>>> = {
  SPOOLED: 'UNDELIVERABLE_SANDBOX_SPOOLED',
  OWN_PANE: 'INJECT_FAIL',
};

async function sent(agent: Recipient, letter: Letter, text: string, isQuiet: boolean, place: Place): Promise<boolean> {
  const outcome = await deliver(agent, letter, place);
  record(place, [letter.from, agent.name, logged[outcome.is] ?? outcome.is, text]);
  return told(letter, agent, outcome, isQuiet, place);
}
