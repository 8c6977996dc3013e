import {
  type AllServed,
  type EventOf,
  type InputOf,
  methods,
  type ResultOf,
  type Single,
  type Streaming,
} from '../api/index.ts';
import type { Stream } from '../api/method.ts';
import type { Principal } from './principal.ts';

/** What a call says of who makes it. Whoever asks by a token does not say it himself: it follows from the token. */
export const evidenceKeys = ['caller', 'above', 'tmuxSocket', 'paneHint', 'token', 'as', 'by'] as const;
type EvidenceKey = (typeof evidenceKeys)[number];
export type Asked<Name extends Single | Streaming> = Omit<InputOf<Name>, EvidenceKey>;

/** A bridge, as one party asks it: each call carries what shows who that is, whatever its arguments say. */
export interface Asking {
  call<Name extends Single>(name: Name, args: Asked<Name>, closed?: AbortSignal): Promise<ResultOf<Name>>;
  stream<Name extends Streaming>(name: Name, args: Asked<Name>, closed: AbortSignal): Stream<EventOf<Name>>;
}

/** In the daemon itself, as the bearer of a token. */
export function askingAs(principal: Principal, served: AllServed): Asking {
  const shown = principal.is === 'person' ? person : agent(principal);
  const withheld = new Set<string>([...evidenceKeys, ...Object.keys(shown)]);
  const given = (name: Single | Streaming, args: object) => {
    const own = Object.entries(args).filter(([key]) => !withheld.has(key));
    const evidence = Object.entries(shown).filter(([key]) => shapes.get(name)!.has(key));
    return Object.fromEntries([...own, ...evidence]);
  };
  const open = new AbortController().signal;
  return {
    call: async <Name extends Single>(name: Name, args: Asked<Name>, closed = open) =>
      (await served[name](given(name, args), closed)) as ResultOf<Name>,
    stream: <Name extends Streaming>(name: Name, args: Asked<Name>, closed: AbortSignal) =>
      served[name](given(name, args), closed) as Stream<EventOf<Name>>,
  };
}

/** The names of each method's arguments. */
const shapes = new Map(
  methods.map(({ name, args }) => [name, new Set(Object.keys('shape' in args ? args.shape : {}))]),
);

const person = { caller: { is: 'nobody' }, by: 'human' };

/**
 * Nobody sees what runs there: it is no person, and decides only what `peers:` lets its member decide. Where a method can show
 * what is one member's own, it sees no more.
 */
function agent({ name, member, secret }: Extract<Principal, { is: 'agent' }>) {
  const reason = 'it came with a token of an agent';
  const caller = { is: 'apart', program: `the token "${name}"`, reason };
  return { caller, token: secret, by: `token:${name}`, of: member };
}
