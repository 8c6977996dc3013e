/**
 * tmux control mode, both directions, pure: bytes → messages, and argv → a command line.
 *
 *   outside ──%begin──► inside a block ──%end / %error with the same three numbers──► outside
 *
 * Inside a block every other line is the command's output: a pane may show `%end 1 2 1`, and it is text. Outside, a
 * line that begins with `%` is a notification; any other line is `stray`, which a client takes as a broken stream.
 */
export type ControlMessage =
  | {
      readonly type: 'reply';
      readonly ok: boolean;
      readonly number: number;
      /** true when a command of this client caused it; false for the attach itself and for hooks */
      readonly ours: boolean;
      readonly lines: string[];
    }
  /** `%output` and `%extended-output`: the program's bytes, unescaped */
  | { readonly type: 'output'; readonly paneId: string; readonly bytes: Buffer }
  | { readonly type: 'notification'; readonly name: string; readonly rest: string }
  | { readonly type: 'stray'; readonly text: string };

export class ControlParser {
  /** an unfinished line, in pieces: joined once its end is there, so that the time stays linear in the bytes */
  #pieces: Buffer[] = [];
  #block: Block | null = null;

  /** Takes any chunking of the stream; never throws. */
  push(chunk: Buffer): ControlMessage[] {
    const messages: ControlMessage[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      const tail = chunk.subarray(start, end);
      const line = this.#pieces.length === 0 ? tail : Buffer.concat([...this.#pieces, tail]);
      this.#pieces = [];
      start = end + 1;
      const message = this.#block === null ? this.#outside(line) : this.#inside(line, this.#block);
      if (message !== null) messages.push(message);
    }
    if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
    return messages;
  }

  #outside(line: Buffer): ControlMessage | null {
    if (line[0] !== PERCENT) return { type: 'stray', text: line.toString() };
    const output = readOutput(line);
    if (output !== null) return output;
    const text = line.toString();
    const begin = /^%begin (\d+ (\d+) (\d+))$/.exec(text);
    if (begin !== null) {
      this.#block = { guard: begin[1]!, number: Number(begin[2]), ours: (Number(begin[3]) & 1) === 1, lines: [] };
      return null;
    }
    const space = text.indexOf(' ');
    return space === -1
      ? { type: 'notification', name: text.slice(1), rest: '' }
      : { type: 'notification', name: text.slice(1, space), rest: text.slice(space + 1) };
  }

  #inside(line: Buffer, block: Block): ControlMessage | null {
    const text = line.toString();
    const ok = text === `%end ${block.guard}`;
    if (!ok && text !== `%error ${block.guard}`) {
      block.lines.push(text);
      return null;
    }
    this.#block = null;
    return { type: 'reply', ok, number: block.number, ours: block.ours, lines: block.lines };
  }
}

interface Block {
  /** time, number and flags, as they stand in %begin */
  readonly guard: string;
  readonly number: number;
  readonly ours: boolean;
  readonly lines: string[];
}

const LF = 0x0a;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const OUTPUT = Buffer.from('%output ');
const EXTENDED_OUTPUT = Buffer.from('%extended-output ');
const DATA_FOLLOWS = Buffer.from(' : ');

function readOutput(line: Buffer): ControlMessage | null {
  const extended = startsWith(line, EXTENDED_OUTPUT);
  if (!extended && !startsWith(line, OUTPUT)) return null;
  const idStart = (extended ? EXTENDED_OUTPUT : OUTPUT).length;
  const idEnd = line.indexOf(0x20, idStart);
  if (idEnd === -1) return null;
  const paneId = line.toString('latin1', idStart, idEnd);
  if (!/^%\d+$/.test(paneId)) return null;
  if (!extended) return { type: 'output', paneId, bytes: unescapeOctal(line.subarray(idEnd + 1)) };
  // `%extended-output %3 AGE … : DATA`: further words may come before the colon in later versions of tmux
  const colon = line.indexOf(DATA_FOLLOWS, idEnd);
  return colon === -1 ? null : { type: 'output', paneId, bytes: unescapeOctal(line.subarray(colon + 3)) };
}

function startsWith(line: Buffer, prefix: Buffer): boolean {
  return line.length >= prefix.length && line.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
}

/** Bytes below 32 and the backslash arrive as `\ooo`; everything else raw. A backslash that begins no such triple stays. */
export function unescapeOctal(escaped: Buffer): Buffer {
  let from = escaped.indexOf(BACKSLASH);
  if (from === -1) return escaped;
  const bytes = Buffer.allocUnsafe(escaped.length);
  let length = escaped.copy(bytes, 0, 0, from);
  while (from < escaped.length) {
    const value = escaped[from] === BACKSLASH ? octalAt(escaped, from + 1) : -1;
    bytes[length++] = value === -1 ? escaped[from]! : value;
    from += value === -1 ? 1 : 4;
  }
  return bytes.subarray(0, length);
}

function octalAt(bytes: Buffer, at: number): number {
  if (at + 3 > bytes.length) return -1;
  let value = 0;
  for (let index = at; index < at + 3; index++) {
    const digit = bytes[index]! - 0x30;
    if (digit < 0 || digit > 7) return -1;
    value = value * 8 + digit;
  }
  return value <= 0xff ? value : -1;
}

/** One command as one line for a control client's stdin, without the newline. */
export function commandLine(argv: readonly string[]): string {
  // An empty line detaches the client.
  if (argv.length === 0) throw new RangeError('a tmux command needs a name');
  return argv.map(quoteArgument).join(' ');
}

/**
 * Any text but NUL as one argument of tmux's command language. Plain words stay plain, for readers of logs; everything
 * else is double-quoted, where `\`, `"`, `$` and a leading `~` mean something, and bytes below 32 become `\ooo`.
 */
export function quoteArgument(text: string): string {
  // `%` alone begins a condition of tmux's command language, `=` an assignment
  if (/^(?:%\d+|[A-Za-z0-9_@:./+-]+)$/.test(text)) return text;
  if (text.includes('\0')) throw new RangeError('tmux cannot be handed a NUL character');
  const escaped = text.replace(/[\\"$]|^~|[\x01-\x1f\x7f]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 || code === 0x7f ? `\\${code.toString(8).padStart(3, '0')}` : `\\${character}`;
  });
  return `"${escaped}"`;
}
