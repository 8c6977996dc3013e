import type * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import type { Reader } from '../app/reader.ts';
import { ack } from './ack.ts';
import { add } from './add.ts';
import { addToken } from './add-token.ts';
import { alerts } from './alerts.ts';
import { answer } from './answer.ts';
import { archive } from './archive.ts';
import { ask } from './ask.ts';
import { bells } from './bells.ts';
import { changes } from './changes.ts';
import { discover } from './discover.ts';
import { dismiss } from './dismiss.ts';
import { enable } from './enable.ts';
import { enrol } from './enrol.ts';
import { explain } from './explain.ts';
import { follow } from './follow.ts';
import { group } from './group.ts';
import { groups } from './groups.ts';
import { history } from './history.ts';
import { hosts } from './hosts.ts';
import { id } from './id.ts';
import { importMail } from './import-mail.ts';
import { inbox } from './inbox.ts';
import { input } from './input.ts';
import { join } from './join.ts';
import { keys } from './keys.ts';
import { leave } from './leave.ts';
import { list } from './list.ts';
import { log } from './log.ts';
import { mailLog } from './mail-log.ts';
import { members } from './members.ts';
import { message } from './message.ts';
import { type Method, type Served, type StreamMethod, served } from './method.ts';
import { name } from './name.ts';
import { overview } from './overview.ts';
import { panes } from './panes.ts';
import { pause } from './pause.ts';
import { pauses } from './pauses.ts';
import { read } from './read.ts';
import { register } from './register.ts';
import { relay } from './relay.ts';
import { release } from './release.ts';
import { remove } from './remove.ts';
import { rename } from './rename.ts';
import { requests } from './requests.ts';
import { resolve } from './resolve.ts';
import { resume } from './resume.ts';
import { revive } from './revive.ts';
import { revokeToken } from './revoke-token.ts';
import { sayStatus } from './say-status.ts';
import { search } from './search.ts';
import { send } from './send.ts';
import { settings } from './settings.ts';
import { settle } from './settle.ts';
import { show } from './show.ts';
import { signal } from './signal.ts';
import { snapshot } from './snapshot.ts';
import { start } from './start.ts';
import { startable } from './startable.ts';
import { status } from './status.ts';
import { story } from './story.ts';
import { target } from './target.ts';
import { tell } from './tell.ts';
import { thread } from './thread.ts';
import { threads } from './threads.ts';
import { ticket } from './ticket.ts';
import { tokens } from './tokens.ts';
import { tryAlerts } from './try-alerts.ts';
import { tryRule } from './try-rule.ts';
import { type } from './type.ts';
import { unsend } from './unsend.ts';
import { waiting } from './waiting.ts';
import { watch } from './watch.ts';
import { whoami } from './whoami.ts';

/** What only reads: a state directory where no bridge has run stays as it is. */
const reading = [
  list,
  status,
  snapshot,
  explain,
  target,
  resolve,
  discover,
  pauses,
  log,
  changes,
  follow,
  archive,
  hosts,
] as const;

/** What is done by the bridge itself, or by the same modules in a command's own process. */
const acting = [
  overview,
  alerts,
  tryAlerts,
  settings,
  tryRule,
  requests,
  show,
  story,
  answer,
  dismiss,
  settle,
  send,
  ask,
  ticket,
  pause,
  resume,
  panes,
  signal,
  watch,
  register,
  add,
  tell,
  relay,
  importMail,
  inbox,
  bells,
  ack,
  thread,
  threads,
  history,
  search,
  mailLog,
  waiting,
  members,
  remove,
  enable,
  rename,
  revive,
  startable,
  start,
  group,
  groups,
  join,
  enrol,
  sayStatus,
  leave,
  release,
  unsend,
  whoami,
  addToken,
  tokens,
  revokeToken,
  read,
  type,
  message,
  keys,
  input,
  id,
  name,
] as const;

/** Everything that can be asked of a bridge, in the order in which people meet it. */
export const methods = [...acting, ...reading] as const;

export type AnyMethod = (typeof methods)[number];
export type MethodName = AnyMethod['name'];

type Named<Name extends MethodName> = Extract<AnyMethod, { readonly name: Name }>;
/** Those with one result, and those that yield events. */
export type Single = Exclude<AnyMethod, { readonly event: z.ZodType }>['name'];
export type Streaming = Extract<AnyMethod, { readonly event: z.ZodType }>['name'];
export type InputOf<Name extends MethodName> = z.input<Named<Name>['args']>;
export type ResultOf<Name extends Single> = z.output<Extract<Named<Name>, { readonly result: z.ZodType }>['result']>;
export type EventOf<Name extends Streaming> = z.output<Extract<Named<Name>, { readonly event: z.ZodType }>['event']>;

/** By name, with what each works on. */
export type AllServed = Readonly<Record<MethodName, Served>>;

export function allServed(bridge: Bridge, reader: Reader): AllServed {
  const served = [...entries<Bridge>(acting, bridge), ...entries<Reader>(reading, reader)];
  return Object.fromEntries(served) as AllServed;
}

/** Of a method that only reads; null for another, which needs a bridge. */
export function servedToRead(name: MethodName, reader: Reader): Served | null {
  return Object.fromEntries(entries<Reader>(reading, reader))[name] ?? null;
}

function entries<Uses>(methods: ReadonlyArray<Method<Uses> | StreamMethod<Uses>>, uses: Uses): Array<[string, Served]> {
  return methods.map((one) => [one.name, served(one, uses)]);
}
