/** 0 to 255 of the terminal's palette, of which the first sixteen are whatever its owner likes, or `#rrggbb`. */
export type Colour = number | `#${string}`;

/** How the next cells are drawn, by what SGR sequences have said so far. */
export interface Pen {
  fg: Colour | null;
  bg: Colour | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  reverse: boolean;
  /** between SO and SI a program draws boxes with letters */
  lineDrawing: boolean;
}

const plain = { fg: null, bg: null, bold: false, dim: false, italic: false, underline: false, reverse: false };

export function newPen(): Pen {
  return { ...plain, lineDrawing: false };
}

/**
 * Follows one line of `capture-pane -e`: each piece of its text is written with the pen as it is there, and no escape is. The
 * pen goes on to the next line: tmux 3.3a writes an attribute once and lets it run on over line ends.
 */
export function followLine(line: string, pen: Pen, write: (piece: string) => void): void {
  const drawn = (piece: string) => {
    if (piece === '') return;
    write(pen.lineDrawing ? piece.replace(/[`a-~]/g, (letter) => boxes.get(letter) ?? letter) : piece);
  };
  let from = 0;
  for (const match of line.matchAll(sequences)) {
    drawn(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') applySgr(match[1]!, pen);
    else if (match[0] === '\x0e') pen.lineDrawing = true;
    else if (match[0] === '\x0f') pen.lineDrawing = false;
  }
  drawn(line.slice(from));
}

// CSI, then OSC (hyperlinks from tmux 3.4 on) with either ending, then any other escape or control character.
export const sequences =
  /\x1b\[([\d;:]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x08\x0a-\x1f\x7f]/g;

/** What hides text (8) counts for nothing: whoever looks is to see what stands there. */
function applySgr(parameters: string, pen: Pen): void {
  const list = parameters.split(';');
  for (let at = 0; at < list.length; at++) {
    // `38:2::1:2:3` and `4:3` are one parameter; `38;5;208` and `38;2;1;2;3` are several
    const parts = list[at]!.split(':').map(Number);
    const code = parts[0]!;
    if (code === 38 || code === 48 || code === 58) {
      const isOne = parts.length > 1;
      const rest = isOne ? parts.slice(1) : list.slice(at + 1, at + 5).map(Number);
      if (!isOne) at += rest[0] === 5 ? 2 : 4;
      if (code !== 58) pen[code === 38 ? 'fg' : 'bg'] = extended(rest);
    } else if (code === 0) Object.assign(pen, plain);
    else if (code === 1) pen.bold = true;
    else if (code === 2) pen.dim = true;
    else if (code === 3) pen.italic = true;
    else if (code === 4) pen.underline = parts[1] !== 0;
    else if (code === 7) pen.reverse = true;
    else if (code === 22) {
      pen.dim = false;
      pen.bold = false;
    } else if (code === 23) pen.italic = false;
    else if (code === 24) pen.underline = false;
    else if (code === 27) pen.reverse = false;
    else if (code === 39) pen.fg = null;
    else if (code === 49) pen.bg = null;
    else if (code >= 30 && code <= 37) pen.fg = code - 30;
    else if (code >= 90 && code <= 97) pen.fg = code - 82;
    else if (code >= 40 && code <= 47) pen.bg = code - 40;
    else if (code >= 100 && code <= 107) pen.bg = code - 92;
  }
}

/** `5;N`, or `2;R;G;B`; with colons an empty colour space may stand before R. One that is out of its bounds is black. */
function extended([kind, ...values]: readonly number[]): Colour {
  if (kind === 5) return isByte(values[0]) ? values[0] : 0;
  const channels = values.slice(values.length > 3 ? -3 : 0);
  if (channels.length !== 3 || !channels.every(isByte)) return 0;
  return `#${channels.map((one) => one.toString(16).padStart(2, '0')).join('')}`;
}

function isByte(value: number | undefined): value is number {
  return Number.isInteger(value) && value! >= 0 && value! <= 255;
}

/** The DEC special graphics set, for the letters that TUIs draw frames with. */
const letters = '`afghijklmnopqrstuvwxyz{|}~';
const graphics = '◆▒°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·';
const boxes = new Map(Array.from(letters, (letter, at) => [letter, graphics[at]!]));
