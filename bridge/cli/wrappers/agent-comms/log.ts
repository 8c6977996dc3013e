import { visibleLine } from '../../../core/visible.ts';
import { lastLines } from '../../../host/file-tail.ts';
import { appendWhole, textAt } from './files.ts';
import type { TakenFlags } from './flags.ts';
import { said, stamp } from './lines.ts';
import type { Place } from './place.ts';

export type LogRecord = readonly [from: string, to: string, status: string, text: string];

/** One record a line, of four fields between tabs: what others wrote forges none. */
export function record({ paths }: Place, ...records: readonly LogRecord[]): void {
  const lines = records.map(([from, to, status, text]) =>
    [`${stamp(19)}Z`, `${from}→${to}`, status, text].map(visibleLine).join('\t'),
  );
  if (lines.length > 0) appendWhole(paths.log, `${lines.join('\n')}\n`);
}

export function log({ last }: TakenFlags, place: Place): number {
  const lines = textAt(place.paths.log)?.trimEnd().split('\n');
  return said(lines === undefined ? '(no comms log yet)' : lines.slice(-(last || usualLines)).join('\n'), place);
}

const usualLines = 20;
/** The end of the log, however long that is: each bell looks there. */
const lookedAt = { lines: 400, bytes: 256 * 1024 };

/** Whether these two have rung each other so often, either way, that it looks like a loop. */
export function isLooping(one: string, other: string, place: Place): boolean {
  const { loopCount, loopWindowMs } = place.settings;
  const since = Date.now() - loopWindowMs;
  const ways = [`${one}→${other}`, `${other}→${one}`].map(visibleLine);
  const bells = (lastLines(place.paths.log, lookedAt.bytes) ?? []).slice(-lookedAt.lines).filter((line) => {
    const [at = '', way = '', status = ''] = line.split('\t');
    return status.startsWith('DOORBELL') && ways.includes(way) && Date.parse(at) >= since;
  });
  return bells.length >= loopCount;
}
