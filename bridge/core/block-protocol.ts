import { isBlank } from './cleaning.ts';

/**
 * The delimiters that workers and controllers write, and the grammar of a response.
 *
 *   <<CONTROLLER_REQUEST id=… type=…>>      text      <<CONTROLLER_REQUEST_END>>
 *   <<CONTROLLER_RESPONSE id=…>>            WORKER INSTRUCTIONS: …  NOTES: …      <<CONTROLLER_RESPONSE_END>>
 */
export const Delimiter = {
  requestStart: '<<CONTROLLER_REQUEST>>',
  requestEnd: '<<CONTROLLER_REQUEST_END>>',
  responseStart: '<<CONTROLLER_RESPONSE>>',
  responseEnd: '<<CONTROLLER_RESPONSE_END>>',
} as const;

export function responseStart(requestId: string): string {
  return `<<CONTROLLER_RESPONSE id=${requestId}>>`;
}

/**
 * Takes the power out of any delimiter inside a text that somebody else wrote: `<<CONTROLLER_…` becomes `< <CONTROLLER_…`.
 * Also what becomes a delimiter once a TUI has drawn it: an underscore escaped, eaten as emphasis, or at a line's end.
 */
export function neutraliseDelimiters(text: string): string {
  return text.replace(/<<(?=\s*CONTROLLER[\s_\\*]*(?:REQUEST|RESPONSE))/gi, '< <');
}

/** `key=value` pairs inside a START delimiter; values may be quoted. At most sixteen, of at most 200 characters. */
export function parseAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const match of text.matchAll(/([A-Za-z][\w-]{0,40})=(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/g)) {
    if (Object.keys(attributes).length >= 16) break;
    attributes[match[1]!.toLowerCase()] = (match[2] ?? match[3] ?? match[4] ?? '').slice(0, 200);
  }
  return attributes;
}

export type ParsedResponse =
  | { readonly is: 'answer'; readonly instructions: string; readonly notes: string }
  | { readonly is: 'escalate'; readonly reason: string }
  | { readonly is: 'empty' }
  /** no complete block where one is required */
  | { readonly is: 'malformed'; readonly reason: string };

/**
 * Reads what a controller said. The last complete block wins, so that an echoed template loses; a block that names
 * another request's id is not an answer to this one.
 */
export function parseResponse(
  text: string,
  rules: { readonly split: boolean; readonly requireBlock: boolean; readonly requestId?: string },
): ParsedResponse {
  const block = completeBlocks(text)
    .filter((found) => found.id === undefined || rules.requestId === undefined || found.id === rules.requestId)
    .at(-1);
  if (block !== undefined) return parseSections(block.inner, rules.split);
  const whole = parseSections(text, rules.split);
  if (whole.is === 'empty' || whole.is === 'escalate') return whole;
  if (text.includes('<<CONTROLLER_RESPONSE')) {
    return { is: 'malformed', reason: 'the response block is incomplete or answers another request' };
  }
  if (rules.requireBlock) {
    return {
      is: 'malformed',
      reason: `the answer is not between ${Delimiter.responseStart} and ${Delimiter.responseEnd}`,
    };
  }
  return whole;
}

/** A START directly followed by its END; a new START abandons the one before it. Linear in the text's length. */
function completeBlocks(text: string): Array<{ readonly id: string | undefined; readonly inner: string }> {
  const blocks: Array<{ id: string | undefined; inner: string }> = [];
  let start: { id: string | undefined; from: number } | null = null;
  for (const match of text.matchAll(/<<CONTROLLER_RESPONSE(?:(_END)|([ \t][^>\n]{0,400})?)>>/g)) {
    if (match[1] === undefined) {
      start = { id: parseAttributes(match[2] ?? '').id, from: match.index + match[0].length };
    } else if (start !== null) {
      blocks.push({ id: start.id, inner: text.slice(start.from, match.index) });
      start = null;
    }
  }
  return blocks;
}

/**
 * A header stands at the start of a line, in capitals or as a title, with or without markdown around it. Without a colon
 * it must be marked as a heading (`##`, bold) or be `WORKER INSTRUCTIONS` alone: "2. Notes.md must…" is none.
 */
const headerPatterns = [
  /^[ \t>]*(?:#{1,6}[ \t]+)?(?<item>\d{1,2}[.)][ \t]+|[-*+•][ \t]+)?(?<mark>[*_`]{0,3})(?<name>WORKER INSTRUCTIONS|Worker [Ii]nstructions|NOTES|Notes)(?:\k<mark>[ \t]*[:：]|[ \t]*[:：](?:\k<mark>)?)[ \t]*(?<rest>[^\n]*)$/,
  /^[ \t>]*(?:#{1,6}[ \t]+[*_]{0,3}|[*_]{2,3})(?<name>WORKER INSTRUCTIONS|Worker [Ii]nstructions|NOTES|Notes)[*_]{0,3}[ \t]*$/,
  /^[ \t>]*(?<name>WORKER INSTRUCTIONS)[ \t]*$/,
];

interface Header {
  readonly section: 'instructions' | 'notes';
  /** a plain list item: a header only where the instructions' own header is one too */
  readonly listed: boolean;
  readonly rest: string;
}

function readHeader(line: string): Header | null {
  for (const pattern of headerPatterns) {
    const parts = pattern.exec(line)?.groups;
    if (parts === undefined) continue;
    return {
      section: /^notes$/i.test(parts.name ?? '') ? 'notes' : 'instructions',
      listed: parts.item !== undefined && (parts.mark ?? '') === '',
      rest: parts.rest ?? '',
    };
  }
  return null;
}

/**
 * Splits a response into what the worker gets and what the human sees. Text before the first header is a note.
 * A line inside a code fence that opened after a header is content, never a header.
 */
export function parseSections(inner: string, split: boolean): ParsedResponse {
  const text = trimBlankLines(withoutOuterFence(trimBlankLines(inner.replace(/\r\n?/g, '\n'))));
  if (isBlank(text)) return { is: 'empty' };
  const sections: Record<'before' | 'instructions' | 'notes', string[]> = { before: [], instructions: [], notes: [] };
  let current: keyof typeof sections = 'before';
  let opening: Header | null = null;
  for (const { line, fenced } of fencedLines(text)) {
    if (!fenced && /^[ \t]*[*_]{0,2}ESCALATE[*_]{0,2}:/.test(line)) return escalation(text, line);
    const header = fenced ? null : readHeader(line);
    const opens: boolean = header !== null && opening === null && header.section === 'instructions';
    if (header === null || (header.listed && !opens && opening?.listed !== true)) {
      sections[current].push(line);
      continue;
    }
    if (opens) opening = header;
    current = header.section;
    if (header.rest !== '') sections[current].push(header.rest);
  }
  if (!split) return { is: 'answer', instructions: text, notes: '' };
  const instructions = trimBlankLines(sections[opening === null ? 'before' : 'instructions'].join('\n'));
  const notes = trimBlankLines([...(opening === null ? [] : sections.before), ...sections.notes].join('\n'));
  return isBlank(instructions) ? { is: 'empty' } : { is: 'answer', instructions, notes };
}

/** `ESCALATE: reason` on any line of its own outranks instructions beside it: the human decides. */
function escalation(text: string, line: string): ParsedResponse {
  const reason = text.slice(text.indexOf(line)).replace(/^[ \t]*[*_]{0,2}ESCALATE[*_]{0,2}:[*_]{0,2}[ \t]*/, '');
  return { is: 'escalate', reason: reason.trim() || 'no reason given' };
}

/** Lines with whether each lies between a ``` and its closing ```; a fence that never closes fences nothing. */
function fencedLines(text: string): Array<{ line: string; fenced: boolean }> {
  const lines = text.split('\n').map((line) => ({ line, fenced: false }));
  const isFence = (line: string) => /^[ \t]*```/.test(line);
  let open: number | null = null;
  lines.forEach(({ line }, index) => {
    if (!isFence(line)) return;
    if (open === null) {
      open = index;
    } else if (/^[ \t]*```+[ \t]*$/.test(line)) {
      for (const inside of lines.slice(open, index + 1)) inside.fenced = true;
      open = null;
    }
  });
  return lines;
}

/** A model sometimes wraps its whole answer, headers and all, in one code fence. */
function withoutOuterFence(text: string): string {
  const match = /^```[\w-]*[ \t]*\n([\s\S]*)\n```$/.exec(text);
  const first = match?.[1]?.split('\n').find((line) => line.trim() !== '');
  return match !== null && first !== undefined && readHeader(first) !== null ? match[1]! : text;
}

function trimBlankLines(text: string): string {
  return text.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
}
