/** The value of a flag in an argument list, as `--flag value` or `--flag=value`; the last one counts; null where it is not given. */
export function argumentOf(argv: readonly string[], flag: string): string | null {
  let value: string | null = null;
  for (const [index, word] of argv.entries()) {
    if (word === '--') break;
    if (word === flag) value = argv[index + 1] ?? null;
    else if (word.startsWith(`${flag}=`)) value = word.slice(flag.length + 1);
  }
  return value;
}
