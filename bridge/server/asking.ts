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
const evidenceKeys = ['caller', 'above', 'tmuxSocket', 'paneHint', 'token', 'as', 'by'] as const;
export type EvidenceKey = (typeof evidenceKeys)[number];
export type Asked<Name extends Single | Streaming> = Omit<InputOf<Name>, EvidenceKey>;

/** A bridge, as one party asks it: each call carries what shows who that is, whatever its arguments say. */
export interface Asking {
  call<Name extends Single>(name: Name, args: Asked<Name>, closed?: AbortSignal): Promise<ResultOf<Name>>;
  stream<Name extends Streaming>(name: Name, args: Asked<Name>, closed: AbortSignal): Stream<EventOf<Name>>;
}

/** Of each method, the words of evidence that its arguments have. */
const evidenceOf = new Map(
  methods.map((one) => [one.name, evidenceKeys.filter((key) => Object.hasOwn(shapeOf(one.args), key))]),
);

/** In the daemon itself, as the bearer of a token. */
export function askingAs(principal: Principal, served: AllServed): Asking {
  const shown = principal.is === 'person' ? person : agent(principal);
  const given = (name: Single | Streaming, args: object) => {
    const wanted = evidenceOf.get(name) ?? [];
    const own = Object.fromEntries(Object.entries(args).filter(([key]) => !evidenceKeys.includes(key as EvidenceKey)));
    return { ...own, ...Object.fromEntries(wanted.flatMap((key) => (key in shown ? [[key, shown[key]]] : []))) };
  };
  const open = new AbortController().signal;
  return {
    call: async <Name extends Single>(name: Name, args: Asked<Name>, closed = open) =>
      (await served[name](given(name, args), closed)) as ResultOf<Name>,
    stream: <Name extends Streaming>(name: Name, args: Asked<Name>, closed: AbortSignal) =>
      served[name](given(name, args), closed) as Stream<EventOf<Name>>,
  };
}

type Shown = { readonly [Key in EvidenceKey]?: unknown };

const person: Shown = { caller: { is: 'nobody' }, by: 'human' };

/** Nobody sees what runs there: it is no person, and decides only what `peers:` lets its member decide. */
function agent({ name, secret }: Extract<Principal, { is: 'agent' }>): Shown {
  const reason = 'it came with a token of an agent';
  return { caller: { is: 'apart', program: `the token "${name}"`, reason }, token: secret, by: `token:${name}` };
}

function shapeOf(args: { readonly shape?: object }): object {
  return args.shape ?? {};
}
