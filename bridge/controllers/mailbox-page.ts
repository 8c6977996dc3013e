import { parse, stringify } from 'yaml';
import { parseResponse } from '../core/block-protocol.ts';
import { choicesFor, listChoices } from '../core/choices.ts';
import { senderIn } from '../core/mail-lines.ts';
import type { Message } from '../core/message.ts';
import { doubtOf, type Request } from '../core/request.ts';
import { visible } from '../core/visible.ts';

/** The file of a request in `inbox/`, and of a message to the person. */
export const requestPage = (id: string) => `${id}.request.md`;
export const messagePage = (id: string) => `${id}.message.md`;

/** `inbox/<id>.request.md`: what a person needs in order to answer, in any editor or on a terminal. */
export function renderRequest(request: Request, why: string): string {
  const attributes = Object.entries(request.attributes).map((one) => one.map(visible));
  const front = {
    id: request.id,
    worker: visible(request.worker),
    agent: visible(request.agent),
    kind: request.kind,
    time: new Date(request.openedAt).toISOString(),
    reason: visible(why),
    ...(attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
    answer: request.dialog
      ? `bridge answer ${request.id} --choose N, or write the number of the option to outbox/${request.id}.response.md`
      : `write outbox/${request.id}.response.md, or run: bridge answer ${request.id} 'TEXT'`,
  };
  const parts = [`---\n${stringify(front, { lineWidth: 0 })}---`, ...doubtIn(request), request.text.trimEnd()];
  if (request.context.trim() !== '') {
    parts.push(`${screenTitle}\n\n${quoted(request.context)}`);
  }
  return visible(`${parts.join('\n\n')}\n`.replace(/\r\n/g, '\n'));
}

/** `inbox/<id>.message.md`: what a member wrote to the person. @param message with the names of members as people see them */
export function renderMessage(message: Message): string {
  const { id, thread, to, body, sentAt } = message;
  const front = {
    id,
    from: visible(senderIn(message)),
    to: to.map(visible).join(', '),
    thread: visible(thread),
    time: new Date(sentAt).toISOString(),
    answer: message.noReply
      ? `none is needed; bridge inbox marks it as read`
      : `write outbox/${id}.response.md, or run: bridge reply ${id} 'TEXT'; bridge inbox marks it as read`,
  };
  return visible(`---\n${stringify(front, { lineWidth: 0 })}---\n\n${body.trimEnd()}\n`);
}

/** The question that only a person can settle: what is known, and what can be done. */
function doubtIn(request: Request): string[] {
  const doubt = doubtOf(request);
  if (doubt === null || request.state.is !== 'asked') return [];
  const { answer, seen, delivery } = doubt;
  const choices = listChoices(choicesFor(request)).map((line) => `    ${line}`);
  const [title, again] =
    delivery === 'not-typed' ? ['Has this been answered?', ''] : ['Did this answer arrive?', ' again'];
  return [
    `## ${title}\n\n${request.state.why}.`,
    `The answer of ${answer.by}, given ${new Date(answer.at).toISOString()}, is not typed${again} unless you say so:`,
    quoted(answer.instructions),
    ...(seen && seen.lines.length > 0
      ? [`Last seen of it, ${new Date(seen.at).toISOString()}:`, quoted(seen.lines.join('\n'))]
      : []),
    `Look at the pane, then\n\n${choices.join('\n')}`,
    `Or write outbox/${request.id}.response.md: another answer; or \`arrived: yes\` between two lines of \`---\`.`,
    '## What was asked',
  ];
}

/** Text of others, as an indented block: nothing in it is markdown. */
function quoted(text: string): string {
  const rows = text.trimEnd().split('\n');
  return rows.map((row) => `    ${row}`.trimEnd()).join('\n');
}

export type AnswerPage =
  | { readonly is: 'answer'; readonly instructions: string; readonly notes: string }
  /** front matter alone, saying `arrived: yes`: the answer in doubt did */
  | { readonly is: 'arrived' }
  | { readonly is: 'refused'; readonly reason: string };

/** What a person wrote into `outbox/`: plain text, with or without front matter, with or without the two headers. */
export function readAnswer(text: string, requestId: string, split: boolean): AnswerPage {
  const { front, body } = takeFrontMatter(text);
  if (front.id !== undefined && String(front.id) !== requestId) {
    return { is: 'refused', reason: `its front matter names another request: ${String(front.id).slice(0, 60)}` };
  }
  if (isPage(front) || screenSection.test(body)) {
    return {
      is: 'refused',
      reason: 'it is the page from inbox/, with all that the worker wrote: write the answer alone',
    };
  }
  if (front.arrived !== undefined) {
    const isYes = front.arrived === true || front.arrived === 'yes';
    if (isYes && body.trim() === '') return { is: 'arrived' };
    return { is: 'refused', reason: '`arrived: yes` stands alone; an answer has no `arrived`' };
  }
  const parsed = parseResponse(body, { split, requireBlock: false, requestId });
  switch (parsed.is) {
    case 'answer': {
      const notes = [parsed.notes, typeof front.notes === 'string' ? front.notes.trim() : ''].filter(
        (note) => note !== '',
      );
      return { is: 'answer', instructions: parsed.instructions, notes: notes.join('\n') };
    }
    case 'empty':
      return { is: 'refused', reason: 'it holds no instructions for the worker' };
    case 'escalate':
      return { is: 'refused', reason: 'it says ESCALATE, and there is nobody above you' };
    case 'malformed':
      return { is: 'refused', reason: parsed.reason };
  }
}

/** Keys of a request page and of an answer. Front matter with any other key is the answer's own text. */
const knownKeys = new Set([
  'id',
  'from',
  'to',
  'thread',
  'worker',
  'agent',
  'kind',
  'time',
  'reason',
  'attributes',
  'answer',
  'notes',
  'arrived',
]);

/** Front matter that only `renderRequest` writes. */
function isPage(front: Record<string, unknown>): boolean {
  return (
    front.id !== undefined &&
    ['worker', 'agent', 'time', 'reason', 'from', 'thread'].some((key) => front[key] !== undefined)
  );
}

/** Where the page quotes the worker's screen. */
const screenTitle = "## The worker's screen";
const screenSection = new RegExp(`^${screenTitle}\\r?\\n\\r?\\n {4}`, 'm');

/** Far more than a request page's own; YAML compares every key with all others, and a page may be 256 KB. */
const longestFront = 16 * 1024;

function takeFrontMatter(text: string): { front: Record<string, unknown>; body: string } {
  const whole = { front: {}, body: text };
  const match = /^---[ \t]*\r?\n([\s\S]*?\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(text);
  if (match === null || match[0].length > longestFront) return whole;
  let front: unknown;
  try {
    front = parse(match[1] ?? '', { maxAliasCount: 0, logLevel: 'error' });
  } catch {
    return whole; // two rules of dashes around prose
  }
  if (front === null || typeof front !== 'object' || Array.isArray(front)) return whole;
  if (!Object.keys(front).every((key) => knownKeys.has(key))) return whole;
  return { front: front as Record<string, unknown>, body: text.slice(match[0].length) };
}
