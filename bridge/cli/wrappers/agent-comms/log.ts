import { existsSync, readFileSync } from 'node:fs';
import { visibleLine } from '../../../core/visible.ts';
import { appendWhole } from './files.ts';
import type { TakenFlags } from './flags.ts';
import { said, stamp } from './lines.ts';
import type { Place } from './place.ts';

/** One record a line, of four fields between tabs: what others wrote forges none. */
export function record({ paths }: Place, from: string, to: string, status: string, text: string): void {
  appendWhole(paths.log, `${[`${stamp(19)}Z`, `${from}→${to}`, status, text].map(visibleLine).join('\t')}\n`);
}

export function log({ last }: TakenFlags, place: Place): number {
  const lines = linesOf(place);
  return said(lines === null ? '(no comms log yet)' : lines.slice(-(last || usualLines)).join('\n'));
}

const usualLines = 20;
const lookedAt = 400;

/** Whether these two have rung each other so often, either way, that it looks like a loop. */
export function isLooping(one: string, other: string, place: Place): boolean {
  const { loopCount, loopWindowMs } = place.settings;
  const since = Date.now() - loopWindowMs;
  const ways = [one, other].map((from) => `${from}→${from === one ? other : one}`).map(visibleLine);
  const bells = (linesOf(place) ?? []).slice(-lookedAt).filter((line) => {
    const [at = '', way = '', status = ''] = line.split('\t');
    return status.startsWith('DOORBELL') && ways.includes(way) && Date.parse(at) >= since;
  });
  return bells.length >= loopCount;
}

function linesOf({ paths }: Place): string[] | null {
  return existsSync(paths.log) ? readFileSync(paths.log, 'utf8').trimEnd().split('\n') : null;
}
