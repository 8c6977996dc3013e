import type * as z from 'zod';
import { refuse } from '../app/authority.ts';
import type { Bridge } from '../app/bridge.ts';
import { type PeerAct, whyNoPeer } from '../app/peers.ts';
import { authorityIn, type ForPermit } from '../app/permit.ts';
import type { Member } from '../core/member.ts';
import type { Request } from '../core/request.ts';
import { caller, word } from './arguments.ts';
import { askerIn } from './find-request.ts';
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
  const act = actOn(request);
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

export type ForOwn = Pick<Bridge, 'directory' | 'config' | 'requests'>;

/** Whether this member asked it, or may answer it now: of other requests it is not even told that they are there. */
export function isShownTo(bridge: ForOwn, request: Request, member: string): boolean {
  return askerIn(bridge, request) === member || mayAnswer(bridge, request, member);
}

/** By `peers:`, in words or in its dialog. */
function mayAnswer({ directory, config, requests }: ForOwn, request: Request, name: string): boolean {
  if (config.peers.length === 0 || !requests.isForMembers(request)) return false;
  const member = directory.member(name);
  const names = namesOf(directory, member);
  const [act, asker] = [actOn(request), directory.at(request.pane)];
  return whyNoPeer({ act, peers: config.peers, member, names, pane: null, request, asker }) === null;
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
  const names = namesOf(directory, member);
  const asker = directory.at(request.pane);
  const why = whyNoPeer({ act, peers: config.peers, member, names, pane: party.pane, request, asker });
  return { called: member?.called ?? '', why };
}

function actOn({ dialog }: Request): PeerAct {
  return dialog === undefined ? 'answer' : 'choose';
}

/** Every name by which bridge.yaml can mean it. */
function namesOf(directory: Bridge['directory'], member: Member | null): string[] {
  return member === null ? [] : [member.name, member.called, directory.shown(member.name)];
}
