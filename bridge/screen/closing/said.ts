import type { Asking } from './asking.ts';
import type { LineKind } from './lines.ts';
import { firstOf, type Row } from './row.ts';
import type { Sentence } from './sentences.ts';
import { mainClause, type Working } from './working.ts';

/** The tables that judge. */
export interface Rows {
  readonly lines: readonly Row<LineKind>[];
  readonly asking: readonly Row<Asking>[];
  readonly working: readonly Row<Working>[];
  readonly answering: readonly Row<'answers'>[];
}

/** A sentence with what it says by itself: of each table the row that it is found by. */
export interface Said extends Sentence {
  readonly asking: Row<Asking> | undefined;
  readonly working: Row<Working> | undefined;
  readonly isAnswer: boolean;
}

export function saidOf(sentence: Sentence, rows: Rows): Said {
  const { bare } = sentence;
  const working = bare.endsWith('?') ? undefined : firstOf(rows.working, mainClause(bare));
  const isAnswer = firstOf(rows.answering, bare) !== undefined;
  return { ...sentence, asking: firstOf(rows.asking, bare), working, isAnswer };
}

/** It may be one: what stands around it decides. */
export function isQuestion({ asking }: Said): boolean {
  return asking?.says === 'asks' || asking?.says === 'hopes' || asking?.says === 'muses';
}

export function isConclusion({ asking, working }: Said): boolean {
  return asking?.says !== 'asks' && (working?.says === 'did' || working?.says === 'stands');
}
