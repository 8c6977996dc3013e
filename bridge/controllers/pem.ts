const name = `(?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?`;
const begin = new RegExp(`-----BEGIN ${name}-----`, 'g');
const end = new RegExp(`-----END ${name}-----`, 'g');
/** What agents draw at the edges of a box. */
const border = '[ \\t│┃|>]*';
/** A line of a key: base64 (a short one has a digit, or is a word), a header (`Proc-Type: 4,ENCRYPTED`), or nothing. */
const keyLine = new RegExp(
  `\\r?\\n${border}(?:[A-Za-z0-9+/]{16,}={0,2}|(?=[A-Za-z+/]*[0-9=])[A-Za-z0-9+/]{4,15}={0,2}|[A-Z][A-Za-z0-9-]{2,30}: [^\\n]{1,200}|=[A-Za-z0-9+/]{4})?${border}(?=\\r?\\n|$)`,
  'y',
);
/** A whole line of base64 and nothing else, as long as PEM's lines are; the last one may be shorter. */
const bodyLine = new RegExp(`^${border}[A-Za-z0-9+/]{4,76}={0,2}${border}$`);

/** Puts `mask` in place of each private key: from BEGIN to END, or as far as its lines go where one of the two is out of sight. */
export function maskKeys(text: string, mask: string): string {
  const ends = [...text.matchAll(end)].map((match) => ({ at: match.index, to: match.index + match[0].length }));
  if (ends.length === 0 && !text.includes('PRIVATE KEY')) return text;
  const begins = [...text.matchAll(begin)].map((match) => ({ at: match.index, to: match.index + match[0].length }));
  const spans: Array<{ from: number; to: number }> = [];
  let next = 0;
  let done = 0;
  for (const [index, { at, to }] of begins.entries()) {
    while (next < ends.length && ends[next]!.at < at) {
      spans.push({ from: bodyBefore(text, ends[next]!.at, done), to: ends[next]!.to });
      done = ends[next++]!.to;
    }
    const closing = ends[next];
    const isOwn = closing !== undefined && closing.at < (begins[index + 1]?.at ?? text.length);
    if (isOwn) next++;
    done = isOwn ? closing.to : bodyAfter(text, to);
    spans.push({ from: at, to: done });
  }
  for (const one of ends.slice(next)) {
    spans.push({ from: bodyBefore(text, one.at, done), to: one.to });
    done = one.to;
  }
  let masked = '';
  let from = 0;
  for (const span of spans) {
    masked += text.slice(from, span.from) + mask;
    from = span.to;
  }
  return masked + text.slice(from);
}

/** Where the lines of a key end that begin here. */
function bodyAfter(text: string, start: number): number {
  let to = start;
  let kept = start;
  keyLine.lastIndex = new RegExp(border, 'y').exec(text.slice(start, start + 200))![0].length + start;
  for (let match = keyLine.exec(text); match !== null; match = keyLine.exec(text)) {
    to = match.index + match[0].length;
    if (match[0].trim() !== '') kept = to;
    keyLine.lastIndex = to;
  }
  return kept;
}

/** Where the lines of a key begin that end here. */
function bodyBefore(text: string, stop: number, notBefore: number): number {
  let from = text.lastIndexOf('\n', stop) + 1;
  if (from <= notBefore) return Math.max(notBefore, from);
  while (from > notBefore) {
    const above = text.lastIndexOf('\n', from - 2) + 1;
    if (!bodyLine.test(text.slice(above, from - 1).replace(/\r$/, '')) || above < notBefore) break;
    from = above;
  }
  return from;
}
