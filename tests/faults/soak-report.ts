import type { Figures } from './ledger.ts';
import type { LeftOver } from './left-over.ts';
import { type Growth, percentile } from './measures.ts';
import type { AnswerWay } from './questions.ts';

export interface SoakReport {
  readonly ok: boolean;
  readonly seed: number;
  readonly workers: number;
  readonly minutes: number;
  readonly figures: Figures;
  readonly questionsPerMinute: number;
  /** from the agent's question to the moment in which its program had the answer, by who answered; milliseconds */
  readonly answeredIn: Readonly<Partial<Record<AnswerWay, { readonly p50: number; readonly p99: number }>>>;
  readonly faults: Readonly<Record<string, number>>;
  /** of the bridge that lives through the middle and the last third; null where it did not live long enough */
  readonly growth: Growth | null;
  readonly left: LeftOver;
  readonly failures: readonly string[];
}

/** What a heap may grow by in a minute once it has filled, after a full collection, and still be flat; bytes. */
const flatPerMinute = 300_000;
/** A bridge that was started less than this ago is still filling its heap: nothing is judged. */
const judgedMinutes = 1;

export function memoryOf(growth: Growth | null): 'is flat' | 'grows' | 'is not judged: too short' {
  if (growth === null || growth.minutes < judgedMinutes) return 'is not judged: too short';
  return growth.heapPerMinute <= flatPerMinute ? 'is flat' : 'grows';
}

export function notFlat(growth: Growth | null): string[] {
  if (growth === null || memoryOf(growth) !== 'grows') return [];
  const { heapPerMinute, minutes } = growth;
  return [`memory: the heap grew by ${mega(heapPerMinute, 2)} MB a minute for ${minutes.toFixed(1)} minutes`];
}

export function paceOf(latencies: ReadonlyMap<AnswerWay, readonly number[]>): SoakReport['answeredIn'] {
  const row = (all: readonly number[]) => ({ p50: percentile(all, 0.5), p99: percentile(all, 0.99) });
  return Object.fromEntries([...latencies].map(([way, all]) => [way, row(all)]));
}

/** The report for people, in tables of Markdown. */
export function told(report: SoakReport): string {
  const { growth, left, figures, answeredIn } = report;
  const rows: ReadonlyArray<readonly [string, string | number]> = [
    ['questions a minute', report.questionsPerMinute.toFixed(0)],
    ...Object.entries(figures),
    ...Object.entries(answeredIn).map(
      ([way, { p50, p99 }]) => [`answered by ${way}: p50, p99`, `${p50}, ${p99} ms`] as const,
    ),
    ...Object.entries(report.faults).map(([kind, count]) => [`fault: ${kind}`, count] as const),
    ['memory', memoryOf(growth)],
    ...(growth === null ? [] : growthOf(growth, report.questionsPerMinute)),
    ...Object.entries(left).map(
      ([kind, all]: [string, readonly string[]]) => [`left over: ${kind}`, all.length] as const,
    ),
  ];
  return ['| what | |', '|---|---|', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');
}

function growthOf(growth: Growth, questionsPerMinute: number): ReadonlyArray<readonly [string, string]> {
  const pair = ([first, last]: readonly [number, number]) => `${mega(first)} → ${mega(last)} MB`;
  const msPerQuestion = (growth.cpuPercent * 600) / questionsPerMinute;
  return [
    ['heap after collection, first → last third of its life', pair(growth.heap)],
    ['heap, slope a minute', `${mega(growth.heapPerMinute, 3)} MB`],
    ['compiled code, first → last third of its life', pair(growth.compiled)],
    ['rss, first → last third of its life', pair(growth.rss)],
    ['rss, slope a minute', `${mega(growth.rssPerMinute, 3)} MB`],
    ['measured life', `${growth.minutes.toFixed(1)} minutes`],
    ['the bridge used', `${growth.cpuPercent.toFixed(1)} % of a core, ${msPerQuestion.toFixed(0)} ms a question`],
  ];
}

export function mega(bytes: number, digits = 1): string {
  return (bytes / 1e6).toFixed(digits);
}
