import type { Config } from '../config/config-values.ts';
import type { Member } from '../core/member.ts';
import { isCalled } from '../core/names.ts';
import { addressKey, type PaneAddress } from '../core/pane.ts';
import type { Request } from '../core/request.ts';

/** What a member may do in the affairs of another, where `peers:` of the state directory's bridge.yaml says so. */
export type PeerAct = 'answer' | 'choose';

export interface PeerQuestion {
  readonly act: PeerAct;
  readonly peers: Config['peers'];
  /** shown by its processes or its token; null where nothing shows who it is */
  readonly member: Member | null;
  /** every name by which bridge.yaml can mean it */
  readonly names: readonly string[];
  /** where it sits, or says that it sits */
  readonly pane: PaneAddress | null;
  readonly request: Pick<Request, 'worker' | 'pane'>;
  /** whose pane that is which asks; null where it is no member's */
  readonly asker: Member | null;
}

/** Why a member may not; null where it may. Nobody may in its own affairs, whatever it is called and wherever it sits. */
export function whyNoPeer({ act, peers, member, names, pane, request, asker }: PeerQuestion): string | null {
  if (member === null) return 'nothing shows that this is a member that bridge.yaml lets';
  const { called } = member;
  const isOwn =
    asker?.name === member.name ||
    [member.name, called].includes(request.worker) ||
    (pane !== null && addressKey(pane) === addressKey(request.pane));
  if (isOwn) return `it is the request of ${called} itself`;
  if (!member.isEnabled) return `${called} is disabled`;
  const granted = peers.filter((peer) => names.includes(peer.member) && peer.may.includes(act));
  if (granted.length === 0) return `bridge.yaml does not let ${called} ${acts[act]}`;
  const isLet = granted.some(({ workers }) => workers?.some((worker) => isCalled(request.worker, worker)) ?? true);
  const all = granted.flatMap(({ workers = [] }) => workers).join(', ');
  return isLet ? null : `bridge.yaml lets ${called} ${acts[act]} of ${all} only`;
}

const acts: Readonly<Record<PeerAct, string>> = { answer: 'answer requests', choose: 'choose in dialogs' };
