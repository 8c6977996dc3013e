import type { Sender } from './message.ts';
import { visibleLine } from './visible.ts';

/** Who writes into a pane by hand, and where that one sits. */
export interface PaneWriter extends Sender {
  /** `%3`; null where it sits in no pane */
  readonly paneId: string | null;
  /** `session:window.pane` */
  readonly place: string | null;
  /** of its pane; null where it has none */
  readonly label: string | null;
  /** its processes show that it sits there */
  readonly isProven: boolean;
}

/** How the first line says who wrote: ours, or as smux's tmux-bridge has it. */
export const paneEnvelopes = ['bridge', 'tmux-bridge'] as const;
export type PaneEnvelope = (typeof paneEnvelopes)[number];

/** A text as it is typed for another agent to read. Further lines are indented: none of them passes for an envelope. */
export function withEnvelope(text: string, from: PaneWriter, to: string, envelope: PaneEnvelope): string {
  return `${heads[envelope](from, bare(to))} ${text.replace(/\r\n?|\n/g, '\n  ')}`;
}

const heads: Readonly<Record<PaneEnvelope, (from: PaneWriter, to: string) => string>> = {
  bridge: (from, to) => `[${nameIn(from)} -> ${to}]`,
  'tmux-bridge': (from) => {
    const name = from.label ?? from.paneId ?? from.name;
    const standing = from.paneId === null ? from.standing : from.isProven ? 'verified' : 'claimed';
    const at = from.place === null ? '' : ` at:${bare(from.place)}`;
    return `[tmux-bridge from:${nameIn({ name, standing })} pane:${from.paneId ?? 'unknown'}${at} — load the smux skill to reply]`;
  },
};

/** A name that nothing shows to be the writer's has a question mark. */
function nameIn({ name, standing }: Sender): string {
  return standing === 'claimed' ? `${bare(name)}?` : bare(name);
}

/** A name ends no bracket that it stands in. */
export function bare(name: string): string {
  return visibleLine(name).replace(/\[/g, '(').replace(/\]/g, ')');
}
