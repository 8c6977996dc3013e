/** A piece of the agent's words of one kind: a paragraph, a list item, a heading, or text that is not the agent speaking. */
export interface Passage {
  readonly kind: 'prose' | 'item' | 'heading' | 'code' | 'table' | 'quote';
  /** the rows that make it up, without marks, indents and emphasis */
  readonly pieces: ReadonlyArray<{ readonly text: string; readonly row: number }>;
  /** a list item is counted: `1.`, `A)`; false for a bullet */
  readonly isCounted: boolean;
  /** items that follow each other have the same number; 0 for everything that is no item */
  readonly list: number;
}

/** More of one line than this is not judged: its end is kept. Keeps every pattern below linear in practice. */
const lineLimit = 8000;

/** The last `lines` non-blank lines as passages, top to bottom. Fences are followed from the very first line. */
export function passagesOf(words: readonly string[], lines: number): Passage[] {
  const fenced = fencesOf(words);
  const first = firstJudged(words, fenced, lines);
  const rows = words.slice(first).map((raw, at) => rowOf(raw, first + at, fenced[first + at]!));
  const [head, ...rest] = rows.filter(({ text }) => text !== '');
  if (head && /^•\s/.test(head.text) && rest.every(({ indent }) => indent > head.indent)) {
    // the agent's gutter: its first row carries the mark, the others its width
    rows[head.row - first] = { ...head, text: head.text.replace(/^•\s+/, ''), indent: rest[0]?.indent ?? 0 };
  }
  const base = Math.min(...rows.filter(({ text }) => text !== '').map(({ indent }) => indent));
  return loneBullets(joined(markCode(rows.map((row) => ({ ...row, indent: row.indent - base })))));
}

interface Row {
  readonly row: number;
  readonly indent: number;
  /** without indent, gutter and emphasis; empty for a blank line */
  readonly text: string;
  readonly isCode: boolean;
}

/** Of a fenced block only so many lines count: what is said above code belongs to the closing words, however long that is. */
const codeLines = 4;

function firstJudged(words: readonly string[], fenced: readonly boolean[], lines: number): number {
  let left = lines;
  let code = 0;
  for (let at = words.length - 1; at >= 0; at--) {
    code = fenced[at] ? code + 1 : 0;
    if (words[at]!.trim() !== '' && code <= codeLines && --left < 0) return at + 1;
  }
  return 0;
}

function rowOf(raw: string, row: number, isCode: boolean): Row {
  const clipped = (raw.length > lineLimit ? raw.slice(-lineLimit) : raw).replace(/\t/g, '    ');
  const bare = clipped.trimStart();
  const text = bare
    .replace(/^(?:[⏺●✦]|[│┃▌]|✅|🎉|✨|✔️|☑️?|👍|❓|⚠️?|ℹ️?|🚀)+\s+/u, '')
    .replace(/\*\*/g, isCode || /^\*\*[^*]+\*\*:?$/.test(bare.trimEnd()) ? '**' : '')
    .trimEnd();
  return { row, indent: clipped.length - bare.length, text, isCode };
}

/** Which lines stand in a code fence, the fence itself included. A first bare fence of an odd number closes what scrolled off. */
function fencesOf(words: readonly string[]): boolean[] {
  const marks = words.map((line) => /^\s*(?:```|~~~)\s*([\w+#.-]*)/.exec(line));
  const found = marks.filter((mark) => mark !== null);
  let open = found.length % 2 === 1 && found[0]![1] === '' && found.length > 1;
  if (found.length === 1 && found[0]![1] === '')
    open = marks.findLastIndex((mark) => mark !== null) === words.length - 1;
  return marks.map((mark) => {
    if (mark === null) return open;
    open = !open;
    return true;
  });
}

const itemMark =
  /^(?:[-*+•◦▪‣○→✓✔☐]|\[[ x]\]|(\(?\d{1,2}[.):）、．]|\(?[A-Ha-h][.)）]|(?:option|choice|variante|opción|方案)\s+(?:[a-h]|\d{1,2})\s*[:.)—–-]))\s*(?=\S)/i;

function isItem(text: string): boolean {
  const mark = itemMark.exec(text)?.[0];
  return mark !== undefined && (/\s$/.test(mark) || /[）、．]$/.test(mark));
}

/** Text drawn as code without its fence: an indented run, or lines that only a program would write. */
function markCode(rows: readonly Row[]): Row[] {
  const marked: Row[] = [];
  for (let at = 0; at < rows.length; ) {
    let end = at;
    while (end < rows.length && rows[end]!.text !== '' && !rows[end]!.isCode) end++;
    if (end === at) marked.push(rows[at++]!);
    else {
      const intro = rows.slice(0, at).findLast(({ text }) => text !== '');
      marked.push(...markRun(rows.slice(at, end), intro));
      at = end;
    }
  }
  return marked;
}

function markRun(run: readonly Row[], intro: Row | undefined): Row[] {
  const isIndented = run.every(({ indent }) => indent >= 4);
  const isDeep = isIndented && !run.some(({ text }) => isItem(text));
  const isProgram = run.filter(({ text }) => isCodeLike(text)).length * 2 > run.length;
  const isAll = isProgram || (isDeep && !run.some(({ text }) => isProseLike(text)) && run[0]!.indent >= 4);
  if (isIndented && intro !== undefined && isVerbatim(run, intro)) return run.map((row) => ({ ...row, isCode: true }));
  let before: Row | null = null;
  return run.map((row) => {
    const follows = before?.isCode === true && row.indent > 0 && row.indent >= before.indent;
    const marks: Row = {
      ...row,
      isCode:
        (isAll && !(run.length > 1 && isProseLike(row.text))) ||
        isCodeLike(row.text) ||
        (follows && !isProseLike(row.text)),
    };
    before = marks;
    return marks;
  });
}

/** Set off under a line that announces it: code or a quotation, be it sentences or not; a question may be set off too. */
function isVerbatim(run: readonly Row[], intro: Row): boolean {
  return (
    /[:：]$/.test(intro.text) &&
    intro.indent === 0 &&
    !isItem(intro.text) &&
    !isItem(run[0]!.text) &&
    !/\b(?:questions?|ask|know|confirm|decid\w*|decision|need|clarif\w*|choose|pick|options?|answer|you)\b/i.test(
      intro.text,
    )
  );
}

export function isCodeLike(line: string): boolean {
  // code set in a sentence makes no code of the sentence
  const text = /^`|`$/.test(line) ? line : line.replace(/`[^`]{1,200}`/g, 'code');
  return (
    /^(?!.*(?:\b[a-z']+,? ){5})(?=.*[=()<>]|\S+(?: \S+){0,2}$|[A-Z]{3,} ).*;$|[{]$|^[})\]]+[;,)]*$|=>|===?|!==|&&|\|\||::|\?\.\w|\w\(\)\s*[{;]|^<\/?\w+[^>]*>$/.test(
      text,
    ) ||
    /^(?:\$ |\/\/|#!|\/\*|@\w+\(|--\s?\w+.*;$|⎿|>>> )/.test(text) ||
    /^(?:import .* from |from \S+ import |(?:export |async )*(?:const|let|var|function|class|interface|def|fn|func) \S+.*[={:(]|return\b.*[;(]|(?:if|for|while|elif|else if) ?\(?.*[{:]$|else:?$)/.test(
      text,
    ) ||
    /^(?:\[?\d{1,4}[-:/]\d\d[-:/T.\d\sZ]*\]?(?![\w:./;-]|[,)](?:\s|$))|\[[\w :.-]{2,24}\]\s|(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL|PASS|FAIL|npm (?:ERR|WARN|notice)|stderr|stdout)\b[\s:!|]|(?:[-+]{3}|@@) |[-+] {4,})/.test(
      text,
    )
  );
}

function isProseLike(text: string): boolean {
  return (
    /^[\p{L}"'(¿¡`]/u.test(text) &&
    /[.?!:。？！…)]["'”]?$/.test(text) &&
    !isCodeLike(text) &&
    /\p{L}{2,}[, ]+\p{L}|[\u3040-\u9fff]/u.test(text)
  );
}

function isTable(text: string): boolean {
  return /^\|.*\|$|^[┌├└│┏┣┗]|[│┃].*[│┃]|^[-=─━|+: ]{4,}$/.test(text);
}

/** Rows to passages: a wrapped row goes on with the passage above it, everything else begins its own. */
function joined(rows: readonly Row[]): Passage[] {
  const found: Array<Passage & { pieces: Array<{ text: string; row: number }> }> = [];
  let list = 0;
  let above: Row | null = null;
  for (const row of rows) {
    const last = found.at(-1);
    const kind = kindOf(row);
    if (kind === null) {
      above = null;
      continue;
    }
    const goesOn =
      last !== undefined && (kind === last.kind ? ['code', 'table', 'quote'].includes(kind) && above !== null : false);
    const wraps = last !== undefined && above !== null && kind === 'prose' && isWrapped(last, above, row);
    if (goesOn || wraps) last!.pieces.push({ text: row.text, row: row.row });
    else {
      if (kind === 'item' && last?.kind !== 'item' && !isInsideList(last, row)) list++;
      found.push({
        kind,
        pieces: [{ text: bareText(row.text, kind), row: row.row }],
        isCounted: kind === 'item' && itemMark.exec(row.text)?.[1] !== undefined,
        list: kind === 'item' ? list : 0,
      });
    }
    above = row;
  }
  return found;
}

function isInsideList(last: Passage | undefined, row: Row): boolean {
  return last?.kind === 'code' && row.indent > 0;
}

function kindOf(row: Row): Passage['kind'] | null {
  if (row.isCode) return 'code';
  if (row.text === '') return null;
  if (/^>\s|^>$/.test(row.text)) return 'quote';
  if (isTable(row.text)) return 'table';
  if (/^#{1,6}\s+\S/.test(row.text) || /^(?:\*\*|__)[^*]+(?:\*\*|__):?$/.test(row.text)) return 'heading';
  return isItem(row.text) ? 'item' : 'prose';
}

function bareText(text: string, kind: Passage['kind']): string {
  if (kind === 'heading') return text.replace(/^#{1,6}\s+/, '').replace(/\*\*/g, '');
  return kind === 'item'
    ? text
        .replace(itemMark, '')
        .replace(/^\[[ xX]\]\s+/, '')
        .replace(/^(?:✅|❓|⚠️?)\s*/u, '')
    : text;
}

/** A row is the rest of the one above where that one was full, or breaks off in the middle of a phrase. */
function isWrapped(last: Passage, above: Row, row: Row): boolean {
  if (last.kind !== 'prose' && last.kind !== 'item') return false;
  if (last.kind === 'item') return row.indent > 0 || /^\p{Ll}/u.test(row.text);
  if (/:$/.test(above.text)) return false;
  return (
    /^[\p{Ll}(]/u.test(row.text) || above.text.length >= 38 || /[,，、]$/.test(above.text) || /^\p{Lo}/u.test(row.text)
  );
}

/** A bullet that stands alone is an agent's gutter, not a list. */
function loneBullets(passages: readonly Passage[]): Passage[] {
  const size = new Map<number, number>();
  for (const { list } of passages) size.set(list, (size.get(list) ?? 0) + 1);
  return passages.map((passage) =>
    passage.kind === 'item' && !passage.isCounted && size.get(passage.list) === 1
      ? { ...passage, kind: 'prose', list: 0 }
      : passage,
  );
}
