/** One rule over text: what is said where the pattern is found. */
export interface Row<Says extends string = string> {
  readonly name: string;
  readonly says: Says;
  readonly pattern: RegExp;
  /** a text that it is found in, and one that looks alike and is another */
  readonly examples: readonly [like: string, unlike: string];
}

/** Rows that say the same, by name: what each is found by, and its two examples. */
export function rows<Says extends string>(
  says: Says,
  byName: Readonly<Record<string, readonly [pattern: RegExp, examples: Row['examples']]>>,
): Row<Says>[] {
  return Object.entries(byName).map(([name, [pattern, examples]]) => ({ name, says, pattern, examples }));
}

/** The first row that is found decides. */
export function firstOf<Says extends string>(table: readonly Row<Says>[], text: string): Row<Says> | undefined {
  return table.find(({ pattern }) => pattern.test(text));
}
