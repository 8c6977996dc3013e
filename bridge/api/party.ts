import type * as z from 'zod';
import { askerOf } from '../app/asker.ts';
import type { Bridge } from '../app/bridge.ts';
import type { Party } from '../app/pane-acts.ts';
import { BridgeError } from '../core/failure.ts';
import type { Sender } from '../core/message.ts';
import { identityKey, type PaneFacts, placeIn } from '../core/pane.ts';
import type { PaneWriter } from '../core/pane-envelope.ts';
import { systemSource } from '../host/process-source.ts';
import { panesFor } from './asking-panes.ts';
import { type senderArgs, senderOf } from './sender.ts';

type Evidence = z.output<z.ZodObject<typeof senderArgs>>;

export interface FoundParty extends Party {
  readonly writer: PaneWriter;
  /** the member that it is shown to be, by the name under which it is kept; null where it is none, or nothing shows it */
  readonly member: string | null;
  /** null where it sits in none, or that is not known */
  readonly facts: PaneFacts | null;
  /** its processes show that it sits there */
  readonly isProven: boolean;
}

/**
 * Who reads a pane or acts on it. Nobody needs a name for that: an agent in a pane that no bridge watches is known by its processes.
 * @throws BridgeError for a name that is another's
 */
export async function partyOf(bridge: Parameters<typeof senderOf>[0], evidence: Evidence): Promise<FoundParty> {
  const asker = askerOf(evidence, await panesFor(bridge, evidence.tmuxSocket), {
    identify: (facts) => bridge.panes.identify(facts).identity,
    startOf: (pid) => systemSource().read(pid)?.startedAt ?? null,
  });
  const isProven = asker.is === 'proven';
  const facts = asker.is === 'unknown' ? null : asker.pane;
  const { member, ...sender } = await senderAmong(bridge, evidence, facts, isProven);
  return {
    key: keyOf(bridge, evidence, facts, isProven),
    name: sender.name,
    pane: facts === null ? null : placeIn(facts),
    writer: {
      ...sender,
      paneId: facts?.paneId ?? null,
      place: facts === null ? null : placeOf(facts),
      label: facts?.label || null,
      isProven,
    },
    member,
    facts,
    isProven,
  };
}

/** A member by its name; whoever is none by its pane's label, or its id. */
async function senderAmong(
  bridge: Parameters<typeof senderOf>[0],
  evidence: Evidence,
  facts: PaneFacts | null,
  isProven: boolean,
): Promise<Sender & Pick<FoundParty, 'member'>> {
  try {
    const { name, standing } = await senderOf(bridge, evidence);
    return { name: bridge.directory.shown(name), standing, member: standing === 'verified' ? name : null };
  } catch (fault) {
    if (!(fault instanceof BridgeError) || evidence.as !== null) throw fault;
    const name = facts === null ? (evidence.paneHint ?? 'an agent') : facts.label || facts.paneId;
    return { name, standing: isProven ? 'verified' : 'claimed', member: null };
  }
}

function keyOf(
  { panes }: Pick<Bridge, 'panes'>,
  { caller, paneHint, tmuxSocket }: Evidence,
  facts: PaneFacts | null,
  isProven: boolean,
): string {
  if (facts === null) return JSON.stringify([caller.is, paneHint, tmuxSocket]);
  const { identity } = panes.identify(facts);
  // a person's shell runs now this program and now that
  const agent = caller.is === 'agent' ? [identity.agentPid, identity.agentStartedAt] : [];
  return JSON.stringify([isProven ? 'pane' : 'claimed', identityKey(identity), ...agent]);
}

function placeOf({ sessionName, windowIndex, paneIndex }: PaneFacts): string {
  return `${sessionName}:${windowIndex}.${paneIndex}`;
}
