import * as z from 'zod';
import { askerOf } from '../app/asker.ts';
import type { Bridge } from '../app/bridge.ts';
import { type Writer, whoWrites } from '../app/who-writes.ts';
import { identityKey, type PaneFacts } from '../core/pane.ts';
import { systemSource } from '../host/process-source.ts';
import { aboveArgs, callerArgs, word } from './arguments.ts';
import { panesFor } from './asking-panes.ts';

/** What a command can show for who runs it, and the name that it gives. */
export const senderArgs = {
  caller: callerArgs.default({ is: 'nobody' }),
  above: aboveArgs.default([]),
  tmuxSocket: word(4096).nullable().default(null),
  paneHint: word(64).nullable().default(null),
  /** of a member, where its processes do not show it */
  token: word(256).nullable().default(null),
  /** a claim, where nothing shows it */
  as: word().nullable().default(null),
};
const evidence = z.object(senderArgs);
export type Evidence = z.output<typeof evidence>;

/** What a command can show for the pane in which it runs. */
export const placeArgs = {
  above: senderArgs.above,
  tmuxSocket: senderArgs.tmuxSocket,
  paneHint: senderArgs.paneHint,
};

export type ForSender = Pick<Bridge, 'panes' | 'directory' | 'projects' | 'workers' | 'tokens'>;

/** Who runs the command, as `whoWrites` judges it by the processes that live now. @param isLook nothing is written in its name */
export async function senderOf(
  bridge: ForSender,
  given: Evidence,
  { isLook = false }: { isLook?: boolean } = {},
): Promise<Writer> {
  const { as, token, ...shown } = given;
  const { directory } = bridge;
  // where nothing is to be seen of who calls, and it names nobody, no pane tells more: a token alone decides
  const isUnseen = given.caller.is === 'apart' && given.paneHint === null && as === null;
  const panes = isUnseen ? [] : await panesFor(bridge, given.tmuxSocket);
  const asker = askerOf(shown, panes, {
    identify: (facts) => bridge.panes.identify(facts).identity,
    startOf: (pid) => systemSource().read(pid)?.startedAt ?? null,
  });
  return whoWrites({
    caller: given.caller,
    proven: asker.is === 'proven' ? memberIn(bridge, asker.pane) : null,
    hinted: asker.is === 'claimed' && asker.pane !== null ? memberIn(bridge, asker.pane) : null,
    token: token === null ? null : bridge.tokens.memberOf(token),
    as: as === null ? null : directory.named(as).name,
    isLiving: (name) => directory.paneOf(name) !== null || panes.some((facts) => memberIn(bridge, facts) === name),
    isLook,
    shown: (name) => directory.shown(name),
  });
}

/** The pane in which the command is shown to run; null where nothing shows it. */
export async function provenPane(
  { panes }: Pick<Bridge, 'panes'>,
  given: Pick<Evidence, 'caller' | 'above' | 'tmuxSocket' | 'paneHint'>,
): Promise<PaneFacts | null> {
  const asker = askerOf(given, await panesFor({ panes }, given.tmuxSocket), {
    identify: (facts) => panes.identify(facts).identity,
    startOf: (pid) => systemSource().read(pid)?.startedAt ?? null,
  });
  return asker.is === 'proven' ? asker.pane : null;
}

/** The member of whom this pane is; null where it is nobody's. */
function memberIn({ panes, workers, projects, directory }: ForSender, facts: PaneFacts): string | null {
  const { identity } = panes.identify(facts);
  const bound = directory.at(identity);
  if (bound !== null) return bound.name;
  const key = identityKey(identity);
  const name = workers.find((worker) => identityKey(worker.identity) === key)?.name ?? projects.records[key]?.name;
  return directory.members().find((member) => member.name === name && member.pane === null)?.name ?? null;
}
