import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** Text that is put into and taken out of JSON (with comments, or without) so that every other byte stays. */

export interface JsonFault {
  readonly line: number;
  readonly reason: string;
}

export function parseJson(text: string): { root: Node } | { fault: JsonFault } {
  try {
    return parseTo(text);
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault;
    return { fault: { line: 1, reason: 'it is nested too deeply' } };
  }
}

function parseTo(text: string): { root: Node } | { fault: JsonFault } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) return { fault: { line: lineOf(text, error.offset), reason: words(error) } };
  if (root?.type !== 'object') return { fault: { line: 1, reason: 'it is not a JSON object' } };
  const twice = namedTwice(root);
  if (twice !== null) {
    // which of them counts is for its program to say: the other would be edited in vain
    const reason = `it names the key ${JSON.stringify(twice.value)} twice`;
    return { fault: { line: lineOf(text, twice.offset), reason } };
  }
  return { root };
}

/** The first key, anywhere, that its object has already. */
function namedTwice(node: Node): Node | null {
  const known = new Set<unknown>();
  for (const child of node.children ?? []) {
    const key = child.type === 'property' ? child.children?.[0] : undefined;
    if (key !== undefined && known.has(key.value)) return key;
    if (key !== undefined) known.add(key.value);
    const below = namedTwice(child);
    if (below !== null) return below;
  }
  return null;
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function words({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

export function valueAt(object: Node, name: string): Node | undefined {
  return object.children?.find((property) => property.children?.[0]?.value === name)?.children?.[1];
}

/** How a file is laid out, as far as its first property shows. */
export function layoutOf(text: string): { eol: string; unit: string } {
  return { eol: text.includes('\r\n') ? '\r\n' : '\n', unit: /^\s*\{\s*?\n([ \t]+)\S/.exec(text)?.[1] ?? '  ' };
}

/** Puts a member at the end of an object or array: after the last one, behind the comment on its line. */
export function insertInto(text: string, container: Node, member: string): string {
  const { eol, unit } = layoutOf(text);
  const last = container.children?.at(-1);
  const own = indentAt(text, container.offset);
  if (last === undefined) {
    const at = container.offset + 1;
    return splice(text, at, at, `${eol}${own}${unit}${member}${eol}${own}`);
  }
  const end = last.offset + last.length;
  const comma = commaAfter(text, end);
  const tail = commentsAfter(text, comma === null ? end : comma + 1);
  const isSpread = text.slice(container.offset, last.offset).includes('\n') || text.slice(end, tail).includes('//');
  const lead = isSpread ? `${eol}${indentAt(text, last.offset)}` : ' ';
  // where the last member has a comma after it, so shall ours
  if (comma !== null) return splice(text, tail, tail, `${lead}${member},`);
  return `${text.slice(0, end)},${text.slice(end, tail)}${lead}${member}${text.slice(tail)}`;
}

/** Puts the first member into an empty object or array, on the line on which that begins: so `insertInto` never begins. */
export function insertOnLine(text: string, container: Node, member: string): string {
  const at = container.offset + 1;
  return splice(text, at, at, ` ${member}`);
}

/** Whether the member begins on the line on which what holds it does. */
export function isOnLine(text: string, member: Node): boolean {
  return !text.slice(member.parent!.offset, member.offset).includes('\n');
}

/** Takes out a member that `insertInto` or `insertOnLine` put in, and all that came with it. */
export function takeOut(text: string, member: Node): string {
  const lead = /(?:\r?\n[ \t]*| )$/.exec(text.slice(0, member.offset))?.[0] ?? '';
  const start = member.offset - lead.length;
  const end = member.offset + member.length;
  const comma = commaAfter(text, end);
  if (comma !== null) return splice(text, start, comma + 1, '');
  const siblings = member.parent?.children ?? [];
  const before = siblings[siblings.indexOf(member) - 1];
  if (before === undefined) {
    if (isOnLine(text, member)) return splice(text, start, end, '');
    const own = indentAt(text, member.parent!.offset);
    const after = /^\r?\n/.exec(text.slice(end))?.[0] ?? '';
    const indent = after !== '' && text.startsWith(own, end + after.length) ? own : '';
    return splice(text, start, end + after.length + indent.length, '');
  }
  const joint = commaAfter(text, before.offset + before.length)!;
  return text.slice(0, joint) + text.slice(joint + 1, start) + text.slice(end);
}

function splice(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

/** White space at the beginning of the line on which the offset lies. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))![0];
}

/** Kinds of tokens, as jsonc-parser numbers them; its enum cannot be imported under isolatedModules. */
const token = { comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, blanks: 15 } as const;

/** The offset of the comma that follows, past blanks and comments; null where something else does. */
function commaAfter(text: string, offset: number): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  const kind: number = scanner.scan();
  if (kind === token.comma) return scanner.getTokenOffset();
  // trivia are passed over, and line comments with them
  return null;
}

/** Where the comments end that follow on the same line; the offset itself where none does. */
function commentsAfter(text: string, offset: number): number {
  const scanner = createScanner(text, false);
  scanner.setPosition(offset);
  for (let end = offset; ; ) {
    const kind: number = scanner.scan();
    if (kind === token.lineComment || kind === token.blockComment) {
      end = scanner.getTokenOffset() + scanner.getTokenLength();
      if (text.slice(offset, end).includes('\n')) return offset;
    } else if (kind !== token.blanks) return end;
  }
}
