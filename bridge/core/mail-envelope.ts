import { bare } from './pane-envelope.ts';

/** How a line about mail says who wrote: ours, or as the tools have it that bridge replaces. One that `envelope:` names. */
export const envelopeLooks = ['bridge', 'agent-msg', 'tmux-bridge', 'agent-send', 'agent-chat'] as const;
export type EnvelopeLook = (typeof envelopeLooks)[number];

/** What stands before a text. */
export interface Heading {
  /** names as people see them; of one that only claims to be it, with a question mark */
  readonly from: string;
  readonly to: string;
  /** the characters by which it is answered; null: of a doorbell */
  readonly id: string | null;
  readonly at: number;
  /** null where who wrote has no pane */
  readonly fromPane: { readonly host: string; readonly paneId: string } | null;
  readonly toHost: string;
}

/** A text as it is typed for another agent to read. @param marks what is to be known of it, behind the text */
export function inEnvelope(look: EnvelopeLook, heading: Heading, text: string, marks: readonly string[]): string {
  const { head, hasId } = looks[look];
  const all = hasId || heading.id === null ? marks : [`#${heading.id}`, ...marks];
  return `${head(heading)} ${text}${all.length === 0 ? '' : ` (${all.join('; ')})`}`;
}

interface Look {
  readonly head: (heading: Heading) => string;
  /** the id stands in the head */
  readonly hasId: boolean;
  /** it only says that there is something to read: no text goes into the pane */
  readonly isNotice?: true;
}

/** Whether such a line holds texts; else it tells of each, and all are read with a command or a tool. */
export function showsTexts(look: EnvelopeLook): boolean {
  return looks[look].isNotice !== true;
}

const looks: Readonly<Record<EnvelopeLook, Look>> = {
  bridge: {
    head: ({ from, to, id }) => `[${bare(from)} -> ${bare(to)}${id === null ? '' : ` #${id}`}]`,
    hasId: true,
  },
  'agent-msg': {
    head: ({ from, at }) => `«agent-msg» from=${oneWord(from)} ${new Date(at).toISOString().slice(11, 16)}Z |`,
    hasId: false,
  },
  'tmux-bridge': {
    head({ from, fromPane, id }) {
      const pane = fromPane === null ? '' : ` pane:${fromPane.paneId}`;
      return `[tmux-bridge from:${bare(from)}${pane}${id === null ? '' : ` — reply with: bridge reply ${id}`}]`;
    },
    hasId: true,
  },
  'agent-send': {
    head: ({ from, to, fromPane, toHost }) =>
      `[${bare(fromPane?.host ?? toHost)}:${bare(from)} -> ${bare(toHost)}:${bare(to)}]`,
    hasId: false,
  },
  // the words behind it are agent-chat's: core/chat-notice.ts
  'agent-chat': { head: () => '[agent-chat]', hasId: true, isNotice: true },
};

/** A name where a blank or a bar would end it. */
function oneWord(name: string): string {
  return bare(name).replace(/[\s|«»]/g, '_');
}

/** An arrow, as any font draws it. */
const arrow = String.raw`(?:-+>|=+>|[\u2190-\u21ff\u27f0-\u27ff\u2794-\u27be\u2b00-\u2bff])`;

/** `[web1:lead -> web2:coder]` */
const headOfAgentSend = new RegExp(String.raw`\[[^\]:]+:[^\]]*${arrow}[^\]:]+:[^\]]*\]`, 'i');

const otherHeads: readonly RegExp[] = [
  new RegExp(String.raw`\[[^\]]*${arrow}[^\]]*#\s*\w{4}\s*\]`, 'i'),
  new RegExp(String.raw`\[\s*bridge\s*${arrow}`, 'i'),
  /agent-msg\s*[»>]/i,
  /\[\s*tmux-bridge/i,
  /\[\s*agent-chat\s*\]/i,
];

/** What no text may hold that goes into a pane: in none of the looks can it pass for another message. */
const heads: readonly RegExp[] = [...otherHeads, headOfAgentSend];

/** What a line that is typed by hand begins with: `[lead -> coder]`. Within a line it is a text like any other. */
const headOfLine = new RegExp(String.raw`^\s*\[[^\]\n]*${arrow}[^\]\n]*\]`, 'm');

/** Whether something in it looks like the head of an envelope, in whatever look, and however wide its letters are. */
export function holdsEnvelope(text: string): boolean {
  const plain = plainly(text);
  return heads.some((head) => head.test(plain));
}

/** How many heads there seem to be in a text that is typed by hand: none, where nobody could take it for another's message. */
export function headsIn(text: string): number {
  const plain = plainly(text);
  const found = [headOfLine, ...heads].map((head) => plain.match(new RegExp(head.source, `${head.flags}g`)));
  return found.reduce((sum, all) => sum + (all?.length ?? 0), 0);
}

/** Whether a tool that types for its user may begin a line so: with its own head and no other's, or a mark that is nobody's. */
export function isToolHead(head: string): boolean {
  if (head === '«agent-msg»') return true;
  const isAgentSend = new RegExp(`^${headOfAgentSend.source}$`, 'i').test(head);
  const others = isAgentSend ? otherHeads : [headOfLine, ...heads];
  return !head.includes('\n') && !others.some((other) => other.test(plainly(head)));
}

function plainly(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[【〔〖⟦⁅]/g, '[')
    .replace(/[】〕〗⟧⁆]/g, ']');
}
