import { expect, test } from 'vitest';
import { Tickets } from '../../bridge/app/tickets.ts';

const id = '20261121T012706.123Z-7f3k9q';

function ticketsOf(kept = new Map<string, unknown>()) {
  return new Tickets({
    memory: {
      memory: <T>(key: string) => (kept.get(key) ?? null) as T | null,
      saveMemory: (key, value) => void kept.set(key, value),
    },
  });
}

test('a ticket stands for its question, for who asked it alone, after a restart too', () => {
  const kept = new Map<string, unknown>();
  const ticket = ticketsOf(kept).give(id, 'shop/coder');
  expect(ticketsOf(kept).idIn(ticket, 'shop/coder')).toBe(id);
  expect(() => ticketsOf(kept).idIn(ticket, 'shop/critic')).toThrow('is none of yours');
});

test('what was made up, changed or given elsewhere is none', () => {
  const tickets = ticketsOf();
  const ticket = tickets.give(id, 'coder');
  const other = tickets.give(`${id.slice(0, -1)}r`, 'coder');
  const signature = ticket.slice(ticket.lastIndexOf('.'));
  const forged = [
    ...['', '.', id, `${id}.`, `${ticket}x`, ticket.slice(0, -1), `${ticket}.`, 'x'.repeat(256)],
    `${other.slice(0, other.lastIndexOf('.'))}${signature}`,
    ticketsOf().give(id, 'coder'),
  ];
  for (const one of forged) expect(() => tickets.idIn(one, 'coder'), one).toThrow('is none of yours');
});
