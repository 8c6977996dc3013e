import type * as z from 'zod';
import { refuse } from '../app/authority.ts';
import type { Bridge } from '../app/bridge.ts';
import { type PeerAct, whyNoPeer } from '../app/peers.ts';
import { authorityIn, type ForPermit } from '../app/permit.ts';
import type { Request } from '../core/request.ts';
import { caller, word } from './arguments.ts';
import { partyOf } from './party.ts';
import { placeArgs, senderArgs } from './sender.ts';

/** In whose name it is answered, where it is a person's, and what shows who runs the command. A name that it gives itself counts for nothing. */
export const answererArgs = { by: word(), caller, ...placeArgs, token: senderArgs.token };
type Evidence = { readonly [Key in keyof typeof answererArgs]: z.output<(typeof answererArgs)[Key]> };

export type ForAnswerer = ForPermit & Parameters<typeof partyOf>[0] & Pick<Bridge, 'config'>;

/**
 * In whose name a request is answered: a person's, that of the worker's live controller, or that of a member that `peers:` of
 * bridge.yaml lets. In a dialog no controller is heard; a member may be.
 * @throws BridgeError with the reason of the refusal
 */
export async function answererOf(bridge: ForAnswerer, request: Request, evidence: Evidence): Promise<string> {
  const { by, caller } = evidence;
  const act = request.dialog === undefined ? 'answer' : 'choose';
  const authority = await authorityIn(bridge, { act: 'answer', caller, about: request.pane });
  if (authority.is === 'person') return by;
  const isController = authority.is === 'controller';
  if (bridge.config.peers.length > 0 && !(isController && act === 'answer')) {
    const peer = await peerOf(bridge, request, act, evidence);
    if (peer.why === null) return `member:${peer.called}`;
    if (!isController) {
      const reason = `${authority.reason}; ${peer.why}`;
      const nextStep = `${authority.nextStep}; \`peers:\` in the bridge.yaml of the state directory lets members answer`;
      return refuse('answer', request.id, { ...authority, reason, nextStep });
    }
  }
  return isController ? `controller:${authority.program}` : refuse('answer', request.id, authority);
}

/** @returns why the member that runs the command may not; null where it may, by the name that it is called */
async function peerOf(
  bridge: ForAnswerer,
  request: Request,
  act: PeerAct,
  { by: _by, caller, ...shown }: Evidence,
): Promise<{ readonly called: string; readonly why: string | null }> {
  const { directory, config } = bridge;
  const party = await partyOf(bridge, { ...shown, caller: caller ?? { is: 'nobody' }, as: null });
  const member = caller === null || party.member === null ? null : directory.member(party.member);
  const names = member === null ? [] : [member.name, member.called, directory.shown(member.name)];
  const asker = directory.at(request.pane);
  const why = whyNoPeer({ act, peers: config.peers, member, names, pane: party.pane, request, asker });
  return { called: member?.called ?? '', why };
}
