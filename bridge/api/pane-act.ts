import type * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { refuseForged } from '../app/forged.ts';
import type { ActOrder } from '../app/pane-acts.ts';
import { permit } from '../app/permit.ts';
import { addressKey, type PaneAddress } from '../core/pane.ts';
import { openRequests } from '../core/request.ts';
import type { Caller } from '../host/caller.ts';
import { caller, text, word } from './arguments.ts';
import { type FoundParty, partyOf } from './party.ts';
import { paneArgs, reachPane } from './reach-pane.ts';
import { senderArgs } from './sender.ts';
import { outcomeOf, type SendView } from './views.ts';

/** What every act is given on a pane that was read before. */
export const actArgs = {
  ...senderArgs,
  caller,
  pane: paneArgs,
  text: text(),
  agent: word().nullable().default(null),
};

type Act = Pick<ActOrder, 'is' | 'inDialog' | 'takesLines'>;
type Given = z.output<z.ZodObject<typeof actArgs>>;

/**
 * Does it, once the pane is found to be as it was read.
 * @param textOf the text that is typed, by whoever acts
 * @throws BridgeError where it is refused before
 */
export async function actOn(
  bridge: Bridge,
  { pane: given, text, agent, ...shown }: Given,
  act: Act,
  closed: AbortSignal,
  textOf?: (by: FoundParty, pane: PaneAddress) => Promise<string>,
): Promise<SendView> {
  const pane = await reachPane(bridge, given);
  // what a message says of its writer is put before it, and not judged
  if (act.is === 'draft')
    refuseForged(textOf === undefined ? 'type' : 'message', { text, target: pane.paneId, caller: shown.caller });
  const by = await partyOf(bridge, { ...shown, caller: shown.caller ?? { is: 'nobody' } });
  if (act.inDialog) {
    if (!isTrusted(bridge, by))
      await permit(bridge, { ...about(pane, shown.caller, by.name), act: 'send --in-dialog' });
  } else await refuseWhereAsking(bridge, pane, shown.caller, by.name);
  const { caller } = shown;
  const order = { pane, by, agent, caller, text: textOf === undefined ? text : await textOf(by, pane), ...act };
  const { delivery, typedAs } = await bridge.acts.act(order, closed);
  const { message, exitCode } = outcomeOf(delivery.state);
  return { delivery, message: typedAs === null ? message : `${message}, as ${inShort(typedAs)}`, exitCode };
}

/** Characters of a text that was not typed as it was given, by which one sees how. */
const shownLength = 60;

function inShort(text: string): string {
  return JSON.stringify(text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);
}

/** bridge.yaml lets this member press keys in dialogs. */
function isTrusted({ config, directory }: Pick<Bridge, 'config' | 'directory'>, { member }: FoundParty): boolean {
  return member !== null && config.dialogKeys.some((name) => name === member || name === directory.shown(member));
}

/** @throws BridgeError where the pane waits for an answer, and it is not for the caller to give one */
export async function refuseWhereAsking(
  bridge: Bridge,
  pane: PaneAddress,
  caller: Caller | null,
  by: string,
): Promise<void> {
  if (isAsking(bridge, pane)) await permit(bridge, { ...about(pane, caller, by), act: 'answer' });
}

function about(pane: PaneAddress, caller: Caller | null, by: string) {
  return { target: pane.paneId, about: pane, caller, by };
}

/** What only an answer may end: an input in a pane that waits for one would be taken for it. */
const answered = ['request', 'question', 'approval'];

function isAsking({ journal }: Pick<Bridge, 'journal'>, pane: PaneAddress): boolean {
  const key = addressKey(pane);
  return journal
    .requests({ states: openRequests })
    .some(({ pane: at, via, kind }) => via === 'screen' && answered.includes(kind) && addressKey(at) === key);
}
