import type { Bridge } from '../app/bridge.ts';
import { answer } from './answer.ts';
import { ask } from './ask.ts';
import { dismiss } from './dismiss.ts';
import { follow } from './follow.ts';
import { type Served, served } from './method.ts';
import { panes } from './panes.ts';
import { pause } from './pause.ts';
import { pauses } from './pauses.ts';
import { register } from './register.ts';
import { requests } from './requests.ts';
import { resume } from './resume.ts';
import { send } from './send.ts';
import { settle } from './settle.ts';
import { show } from './show.ts';
import { signal } from './signal.ts';
import { watch } from './watch.ts';

/** Everything that can be asked of a bridge, in the order in which people meet it. */
export const methods = [
  requests,
  show,
  answer,
  dismiss,
  settle,
  send,
  ask,
  pause,
  resume,
  pauses,
  panes,
  signal,
  watch,
  register,
  follow,
] as const;

export type MethodName = (typeof methods)[number]['name'];

/** All of them with what they work on, by name. */
export function allServed(bridge: Bridge): Record<MethodName, Served> {
  return Object.fromEntries(methods.map((one) => [one.name, served<Bridge>(one, bridge)])) as Record<
    MethodName,
    Served
  >;
}
