import type { Bridge } from '../app/bridge.ts';
import { humanName } from '../core/member.ts';

/** Who comes with a token. */
export type Principal =
  | { readonly is: 'person'; readonly name: string; readonly isAdmin: boolean }
  /** `secret`: the token itself, by which the methods know it again; `member`: under which its mail is kept */
  | { readonly is: 'agent'; readonly name: string; readonly member: string; readonly secret: string };

/** Whose token that is; null where nobody gave it, or it is over. */
export function principalOf({ tokens }: Pick<Bridge, 'tokens'>, secret: string): Principal | null {
  const token = tokens.find(secret);
  if (token === null) return null;
  const { name, role = 'agent', member } = token;
  if (member === humanName) return { is: 'person', name, isAdmin: role === 'admin' };
  return { is: 'agent', name, member, secret };
}
