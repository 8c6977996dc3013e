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

/** Takes the power out of any delimiter inside a text that somebody else wrote: `<<CONTROLLER_…` becomes `< <CONTROLLER_…`. */
export function neutraliseDelimiters(text: string): string {
  return text.replace(/<<(?=\s*CONTROLLER_?(?:REQUEST|RESPONSE))/gi, '< <');
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
  const blocks = [
    ...text.matchAll(
      /<<CONTROLLER_RESPONSE((?:\s[^>\n]*)?)>>((?:(?!<<CONTROLLER_RESPONSE)[\s\S])*)<<CONTROLLER_RESPONSE_END>>/g,
    ),
  ].filter((match) => {
    const id = parseAttributes(match[1] ?? '').id;
    return id === undefined || rules.requestId === undefined || id === rules.requestId;
  });
  const block = blocks.at(-1);
  if (block !== undefined) return parseSections(block[2] ?? '', rules.split);
  if (/<<CONTROLLER_RESPONSE/.test(text)) {
    return { is: 'malformed', reason: 'the response block is incomplete or answers another request' };
  }
  if (text.trim() === '') return { is: 'empty' };
  const whole = parseSections(text, rules.split);
  if (rules.requireBlock && whole.is === 'answer') {
    return {
      is: 'malformed',
      reason: `the answer is not between ${Delimiter.responseStart} and ${Delimiter.responseEnd}`,
    };
  }
  return whole;
}

const headerPattern =
  /^[ \t>]*(?:#{1,6}[ \t]+|[-•][ \t]+(?=[*_]{0,3}(?:WORKER INSTRUCTIONS|NOTES)))?[*_]{0,3}(WORKER INSTRUCTIONS|Worker [Ii]nstructions|NOTES|Notes)[*_]{0,3}[ \t]*:[*_]{0,3}[ \t]*(.*)$|^[ \t>]*#{1,6}[ \t]+[*_]{0,3}(WORKER INSTRUCTIONS|Worker [Ii]nstructions|NOTES|Notes)[*_]{0,3}[ \t]*$/;

/** Splits a response into what the worker gets and what the human sees. Text before the first header is a note. */
export function parseSections(inner: string, split: boolean): ParsedResponse {
  const text = trimBlankLines(inner);
  if (text.trim() === '') return { is: 'empty' };
  if (!split) return escalation(text) ?? { is: 'answer', instructions: text, notes: '' };
  const sections: Record<'before' | 'instructions' | 'notes', string[]> = { before: [], instructions: [], notes: [] };
  let current: keyof typeof sections = 'before';
  let named = false;
  for (const line of text.split('\n')) {
    const header = headerPattern.exec(line);
    if (header) {
      current = /^notes$/i.test(header[1] ?? header[3] ?? '') ? 'notes' : 'instructions';
      named ||= current === 'instructions';
      if (header[2]) sections[current].push(header[2]);
    } else {
      sections[current].push(line);
    }
  }
  const instructions = trimBlankLines((named ? sections.instructions : sections.before).join('\n'));
  const notes = trimBlankLines([...(named ? sections.before : []), ...sections.notes].join('\n'));
  return (
    escalation(instructions) ??
    escalation(text) ??
    (instructions === '' ? { is: 'empty' } : { is: 'answer', instructions, notes })
  );
}

function escalation(text: string): ParsedResponse | null {
  const match = /^\s*[*_]{0,2}ESCALATE[*_]{0,2}:[ \t]*([\s\S]*)$/.exec(text);
  return match ? { is: 'escalate', reason: match[1]!.trim() || 'no reason given' } : null;
}

function trimBlankLines(text: string): string {
  return text.replace(/^(?:[ \t]*\r?\n)+/, '').replace(/\s+$/, '');
}
