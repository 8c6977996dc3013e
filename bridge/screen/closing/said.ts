import type { Answering } from './answering.ts';
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
  readonly answering: readonly Row<Answering>[];
}

/** A sentence with what it says by itself: of each table the row that it is found by. */
export interface Said extends Sentence {
  readonly asking: Row<Asking> | undefined;
  readonly working: Row<Working> | undefined;
  readonly answering: Row<Answering> | undefined;
}

export function saidOf(sentence: Sentence, rows: Rows): Said {
  const { bare } = sentence;
  const asking = firstOf(rows.asking, bare);
  const working = bare.endsWith('?') ? undefined : firstOf(rows.working, mainClause(bare));
  return { ...sentence, asking, working, answering: firstOf(rows.answering, bare) };
}

/** It may be one: what stands around it decides. */
export function isQuestion({ asking }: Said): boolean {
  return asking !== undefined && asking.says !== 'courtesy' && asking.says !== 'tells';
}

export function isConclusion({ asking, working }: Said): boolean {
  return asking?.says !== 'asks' && (working?.says === 'did' || working?.says === 'stands');
}

/** What the items below the announcement of a plan tell of was not done. */
export function isOwn(said: readonly Said[], one: Said): boolean {
  if (one.kind !== 'item') return true;
  return !plans.test(introOf(said, one)?.bare ?? '');
}

const plans =
  /\b(?:plan|would|will|steps?|todo|to do|release notes|suggest\w*|recommend\w*|options?|remaining|by hand|version)\b/;

/** The sentence above a list. */
export function introOf(said: readonly Said[], { list }: Said): Said | undefined {
  return said[said.findIndex((one) => one.list === list) - 1];
}
