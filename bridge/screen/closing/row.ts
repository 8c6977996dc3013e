/** One rule over text: what is said where the pattern is found. */
export interface Row<Says extends string = string> {
  readonly name: string;
  readonly says: Says;
  readonly pattern: RegExp;
  /** it is found in this text, and not in that one, which looks alike */
  readonly like: string;
  readonly unlike: string;
}

/** Rows that say the same, by name. */
export function rows<Says extends string>(
  says: Says,
  byName: Readonly<Record<string, Omit<Row, 'name' | 'says'>>>,
): Row<Says>[] {
  return Object.entries(byName).map(([name, row]) => ({ name, says, ...row }));
}

/** The first row that is found decides. */
export function firstOf<Says extends string>(table: readonly Row<Says>[], text: string): Row<Says> | undefined {
  return table.find(({ pattern }) => pattern.test(text));
}
