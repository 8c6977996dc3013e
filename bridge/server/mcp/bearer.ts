import { usageError } from '../../core/failure.ts';
import type { Asking } from '../asking.ts';
import type { Principal } from '../principal.ts';
import type { Registration, Seat } from './seat.ts';

/** Whoever comes with a token: it says who that is, and no tool changes it. */
export function bearerSeat(principal: Principal, asking: Asking): Seat {
  const member = async () => (principal.is === 'person' ? null : (await asking.call('whoami', {})).name);
  return {
    asking,
    member,
    seesOwnOnly: principal.is === 'agent',
    async register({ name, groups }): Promise<Registration> {
      const own = await member();
      if (own === null)
        throw usageError('register', name, 'your token is a person’s, who is no agent', 'go on without');
      if (own !== name && !own.endsWith(`/${name}`))
        throw usageError('register', name, `your token speaks for ${own}`, `register as ${own}, or go on without`);
      for (const group of groups) await asking.call('group', { act: 'add', group, names: [own] });
      const [{ messages }, all] = await Promise.all([asking.call('inbox', { peek: true }), asking.call('members', {})]);
      const found = all.find((one) => one.name === own);
      return {
        name: own,
        groups: found?.groups ?? [],
        pane: found?.pane ?? null,
        isTaken: false,
        unread: messages.length,
      };
    },
  };
}
