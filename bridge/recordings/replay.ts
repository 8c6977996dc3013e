import headless from '@xterm/headless';
import type { AgentProgram } from '../agent-programs/agent-program.ts';
import { generic, offered, programNamed } from '../agent-programs/index.ts';
import type { DetectionKind } from '../core/detection.ts';
import { findRequests } from '../screen/blocks.ts';
import { type DetectorState, firstState, step } from '../screen/detector.ts';
import { snapshotOf } from '../screen/emulator.ts';
import { SignalReader } from '../screen/signals.ts';
import { firstTurnEndState, stepTurnEnd, type TurnEndInput } from '../screen/turn-end-detector.ts';

/** What a bridge that watched would have detected. */
export interface SimulatedDetection {
  readonly kind: DetectionKind;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly truncated: boolean;
  readonly turn: number;
  /** line of the log, from 1, on which the END delimiter stands or was drawn */
  readonly line: number;
  /** bytes of the log up to there */
  readonly offset: number;
  /** both, in words */
  readonly place: string;
}

export interface SimulationOptions {
  readonly columns: number;
  readonly rows: number;
  readonly agent?: string | null;
  /** judge how turns ended by their last so many lines; 0 does not. Where a plain text's turns end nobody can tell. */
  readonly closingLines?: number;
}

/**
 * Plays a log through the eyes of the bridge. With escape sequences it is rendered by a real terminal emulator and read
 * by its agent program's reader, as often as something was drawn; plain text is one agent's words, whole.
 */
export async function simulate(bytes: Buffer, opts: SimulationOptions): Promise<SimulatedDetection[]> {
  return bytes.includes(0x1b) ? simulateTerminal(bytes, opts) : simulateText(bytes);
}

function simulateText(bytes: Buffer): SimulatedDetection[] {
  const lines = bytes.toString('utf8').split('\n');
  const seen = new Set<string>();
  let offset = 0;
  const ends = lines.map((line) => {
    offset += Buffer.byteLength(line) + 1;
    return offset;
  });
  return findRequests(lines.map((line) => line.replace(/\r$/, '').replace(/^.*\r/, ''))).flatMap((block) => {
    const key = block.text.replace(/\s+/g, '');
    if (!block.complete || key === '' || seen.has(key)) return [];
    seen.add(key);
    const { text, attributes, truncated, end } = block;
    return [
      detectionAt({
        kind: 'request',
        text,
        attributes,
        truncated,
        turn: 1,
        line: end + 1,
        offset: Math.min(ends[end]!, bytes.length),
      }),
    ];
  });
}

/** Bytes drawn between two looks, up to the end of a line. Also looked at: after each END, before the screen is cleared or switched. */
const stride = 2048;
/** What is drawn between these shows at once (DEC mode 2026). A terminal waits for the end no longer than a moment. */
const updates = /\x1b\[\?2026h[\s\S]*?(?:\x1b\[\?2026l|$)/g;
const longestUpdate = 256 * 1024;
const lookAfter = /END\s*>>/g;
const lookBefore = /\x1b\[[23]J|\x1b\[\?(?:1049|1047|47)[hl]|\x1bc/g;

async function simulateTerminal(
  bytes: Buffer,
  { columns, rows, agent, closingLines = 0 }: SimulationOptions,
): Promise<SimulatedDetection[]> {
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 400, allowProposedApi: true });
  const program = agent == null ? programIn(bytes) : (programNamed(agent) ?? generic);
  const signals = new SignalReader();
  const found: SimulatedDetection[] = [];
  const keys = new Set<string>();
  let title = '';
  terminal.onTitleChange((next) => {
    title = next;
  });
  let state: DetectorState = firstState;
  let from = 0;
  let line = 1;
  let look = 0;
  const rest: { last: { input: TurnEndInput; line: number; offset: number } | null } = { last: null };
  /** A turn is over when the next one begins, or the log ends: then it counts how it last stood at rest. */
  const judge = () => {
    const { last } = rest;
    rest.last = null;
    if (last === null) return;
    const { detection } = stepTurnEnd(firstTurnEndState, last.input, {
      heuristic: closingLines > 0,
      lines: closingLines,
      stuckMs: 0,
    });
    const { turn } = last.input;
    if (detection !== null && turn !== null)
      found.push(detectionAt({ ...detection, turn, line: last.line, offset: last.offset }));
  };
  for (const to of cuts(bytes)) {
    const slice = bytes.subarray(from, to);
    await new Promise<void>((resolve) => terminal.write(slice, resolve));
    for (const byte of slice) if (byte === 0x0a) line++;
    signals.push(slice, look);
    // two looks: the second confirms what the first saw
    for (const quietForMs of [0, 5000]) {
      look++;
      const snapshot = snapshotOf(terminal, { title, at: look, program: program.name });
      const reading = program.screen.read(snapshot, { quietForMs, signals: signals.signals });
      const next = step(state, { reading, snapshot, workedAt: signals.signals.workedAt });
      state = next.state;
      const { turns, raised, words } = state;
      if (rest.last?.input.turn !== turns.number) judge();
      if (reading.state === 'idle' && turns.candidate === null) {
        const hasBlock = raised.some((entry) => entry.turn === turns.number);
        rest.last = { input: { reading, turn: turns.number, words, hasBlock, screen: [], at: look }, line, offset: to };
      } else if (rest.last?.input.turn === turns.number) rest.last = null;
      for (const event of next.events) {
        if (event.type !== 'request-confirmed' || keys.has(`${event.turn.number}|${event.key}`)) continue;
        keys.add(`${event.turn.number}|${event.key}`);
        const { text, attributes, truncated } = event.detection;
        const turn = event.turn.number;
        found.push(detectionAt({ kind: 'request', text, attributes, truncated, turn, line, offset: to }));
      }
    }
    from = to;
  }
  judge();
  terminal.dispose();
  return found;
}

/** Whose log it is, by what only that program writes. */
function programIn(bytes: Buffer): AgentProgram {
  const text = bytes.toString('utf8');
  return (
    offered.find(({ screen }) => screen.logMarks?.every((mark) => new RegExp(mark, 'u').test(text)) === true) ?? generic
  );
}

function cuts(bytes: Buffer): number[] {
  const text = bytes.toString('latin1');
  const at = [bytes.length];
  for (let next = stride; next < bytes.length; next += stride) at.push(endOfLine(text, next));
  for (const match of text.matchAll(lookAfter)) at.push(match.index + match[0].length);
  for (const match of text.matchAll(lookBefore)) if (match.index > 0) at.push(match.index);
  return [...new Set(outsideUpdates(text, at))].sort((a, b) => a - b);
}

/** A piece of a log ends anywhere: in a character, a sequence, a frame. A line does not; nor does what comes before a frame. */
function endOfLine(text: string, from: number): number {
  const next = text.slice(from, from + stride);
  const end = next.indexOf('\n');
  if (end >= 0) return from + end + 1;
  const frame = next.search(/\x1b\[(?:(?:1;1|;)?H|\?2026[hl])/);
  return frame >= 0 ? from + frame : text.length;
}

/** A place inside an update is put off to its end; where the log ends inside of one, that never showed. */
function outsideUpdates(text: string, places: readonly number[]): number[] {
  const ranges = [...text.matchAll(updates)]
    .map(({ index, 0: all }) => ({ from: index, to: index + all.length, isEnded: all.endsWith('l') }))
    .filter(({ from, to }) => to - from <= longestUpdate);
  return places.map((at) => {
    const range = ranges.find(({ from, to, isEnded }) => at > from && (at < to || (at === to && !isEnded)));
    if (range === undefined) return at;
    return range.isEnded ? range.to : range.from;
  });
}

function detectionAt(found: Omit<SimulatedDetection, 'place'>): SimulatedDetection {
  const { kind, text, attributes, truncated, turn, line, offset } = found;
  return { kind, text, attributes, truncated, turn, line, offset, place: `line ${line}, byte ${offset}` };
}
