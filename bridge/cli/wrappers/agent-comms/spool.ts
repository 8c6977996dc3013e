import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { messageOf } from '../../../core/failure.ts';
import { leaveWhole } from '../../../host/mail-outbox.ts';
import { Refusal } from '../refusal.ts';
import type { Line } from '../submit.ts';
import type { Letter, LetterKind } from './letter.ts';
import { stamp } from './lines.ts';
import type { Place, Recipient } from './place.ts';

/** What a sender leaves that cannot reach tmux: the original's fields, and what shows who wrote it. */
export interface Spooled {
  readonly ts: string;
  readonly sender: string;
  readonly target: string;
  readonly session: string;
  /** the whole line, with its marker */
  readonly text: string;
  readonly enter_delay: number | null;
  readonly kind: LetterKind;
  /** absent where the original left it */
  readonly writer?: NonNullable<Line['writer']>;
  readonly writer_session?: string | null;
}

/** Leaves it for whoever reaches tmux. @throws Refusal where nothing can be left either */
export async function spool({ from, session, text, kind }: Letter, agent: Recipient, place: Place): Promise<void> {
  const { token: _secret, ...writer } = await place.run.sender();
  const ts = `${stamp(19)}Z`;
  const plain = agent.name.replace(/[^\p{L}\p{N}._-]/gu, '_').slice(0, 60);
  const name = `${ts.replace(/[-:]/g, '')}-${plain}-${randomBytes(4).toString('hex')}.json`;
  const left: Spooled = {
    ts,
    sender: from,
    target: agent.name,
    session: agent.session,
    text: `${place.settings.marker} ${text}`,
    enter_delay: null,
    kind,
    writer,
    writer_session: session,
  };
  try {
    leaveWhole(place.paths.spool, name, left);
  } catch (fault) {
    throw new Refusal(
      `tmux cannot be reached from here, and nothing can be left for a relay (${messageOf(fault)}); nothing was sent`,
    );
  }
}

/** What lies there, in the order in which it was left. */
export function spooledIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
}
