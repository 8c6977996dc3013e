/** Words that switch an agent's guard off, in any of the known programs; the first one in `argv`, or null. */
export function guardOff(argv: readonly string[]): string | null {
  for (const [index, word] of argv.entries()) {
    const pair = `${word} ${argv[index + 1] ?? ''}`;
    if (/danger-full-access/.test(word) || word === '--yes-always') return word;
    if (/^--auto-approve(?:=| )true\b/.test(pair)) return pair;
    if (
      /^(?:--yolo|-y|--allow-all(?:-(?:tools|paths|urls))?|--dangerously-\S+|--allow-dangerously-\S+|--full-auto|--auto)$/.test(
        word,
      )
    )
      return word;
    if (
      /^--(?:approval-mode|permission-mode)(?:=| )(?:yolo|auto_edit|bypassPermissions|acceptEdits|auto|dontAsk)\b/.test(
        pair,
      )
    )
      return pair;
    // never asking is safe as long as nothing can be written
    if (/^(?:-a|--ask-for-approval)(?:=| )never\b/.test(pair) && argv.join(' ').includes('workspace-write'))
      return pair;
  }
  return null;
}
