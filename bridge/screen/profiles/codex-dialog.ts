import type { Row } from '../../core/pane.ts';
import type { Dialog } from '../../core/reading.ts';
import { lastFilled } from '../rows.ts';

export interface DialogOnScreen {
  readonly dialog: Dialog;
  /** first and last row */
  readonly rows: readonly [first: number, last: number];
}

/**
 * A dialog of Codex 0.169.0 takes the composer's place: numbered options, one chosen with `›`, and at the very bottom
 * the line that names its keys. The same words anywhere above are prose.
 */
export function codexDialog(rows: readonly Row[]): DialogOnScreen | null {
  const last = lastFilled(rows);
  if (last < 0 || !keys.test(rows[last]!.text)) return null;
  const chosen = rows.findLastIndex((row) => /^\s{0,2}[›>] \d+\. /.test(row.text));
  if (chosen < 0) return null;
  let firstOption = chosen;
  for (let at = chosen - 1; at >= 0 && chosen - at < 40; at--) {
    const text = rows[at]!.text;
    if (/^\s+\d+\. /.test(text)) firstOption = at;
    else if (!/^\s{4}/.test(text) && text.trim() !== '') break;
  }
  const options: string[] = [];
  for (const { text } of rows.slice(firstOption, last)) {
    const option = /^\s{0,2}[›>]?\s*(\d+\. .*)$/.exec(text)?.[1];
    if (option !== undefined) options.push(option);
    else if (text.trim() !== '' && options.length > 0) options[options.length - 1] += ` ${text.trim()}`;
  }
  let first = firstOption;
  while (first > 0 && !/^\S/.test(rows[first - 1]!.text)) first--;
  const asked = rows.slice(first, firstOption).map(({ text }) => text.trim());
  const question =
    asked.find((text) => /^Would you like to |\?$/.test(text)) ?? asked.find((text) => text !== '') ?? '';
  const from = first + Math.max(0, asked.indexOf(question));
  return { dialog: { kind: kindOf(question), question, options }, rows: [from, last] };
}

const keys =
  /\b(?:press )?enter\b.*\b(?:confirm|continue|select|submit|choose)\b|\besc\b.*\b(?:cancel|skip|go back|exit)\b/i;

function kindOf(question: string): Dialog['kind'] {
  if (/^Would you like to /.test(question)) return 'approval';
  if (/trust|Hooks need review/i.test(question)) return 'trust';
  if (/sign in|log in|login/i.test(question)) return 'login';
  if (/update/i.test(question)) return 'update';
  return 'choice';
}
