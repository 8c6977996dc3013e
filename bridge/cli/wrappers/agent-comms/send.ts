import { deliver, record, toldOf } from './deliver.ts';
import type { TakenFlags } from './flags.ts';
import { senderOf } from './here.ts';
import { lineOf, textOf } from './lines.ts';
import { type Place, recipientOf, registryIn } from './place.ts';

export async function send({ words: [to, ...body], ...flags }: TakenFlags, place: Place): Promise<number> {
  const text = textOf(body, 'send <to> <message>');
  const from = await senderOf(flags, place);
  const agent = recipientOf(to ?? '', place);
  const outcome = await deliver(to!, agent, lineOf(from, text), from, place);
  record(place, from, to!, outcome, text);
  return toldOf(outcome, flags.isQuiet);
}

export async function broadcast({ words, ...flags }: TakenFlags, place: Place): Promise<number> {
  const text = textOf(words, 'broadcast <message>');
  const from = await senderOf(flags, place);
  const { agents } = registryIn(place);
  let worst = 0;
  for (const [name, agent] of Object.entries(agents)) {
    if (agent.enabled === false || name === from) continue;
    const outcome = await deliver(name, agent, lineOf(from, text), from, place);
    record(place, from, name, outcome, text);
    worst = Math.max(worst, toldOf(outcome, flags.isQuiet));
  }
  return worst;
}
