import { usageError } from '../core/failure.ts';
import type { PaneCondition } from '../core/pane-condition.ts';
import { ofLiving } from './living.ts';
import { keysReachOthers } from './synchronized.ts';

/**
 * The condition as one tmux format that is `1` only if every clause holds, for `if-shell -F`. All clauses are written
 * beside each other and compared with what they should be, so nothing nests, whatever their number.
 *
 * tmux takes a pattern that does not compile for one that does not match. So each pattern is also tried, in the same
 * step, on a text that it must match: a pattern tmux cannot read holds, it does not pass.
 * @param options what options of the pane say besides: plain words
 */
export function conditionFormat(condition: PaneCondition, options: readonly OptionClause[] = []): string {
  const clauses: Array<readonly [format: string, expected: string]> = [
    ...options.map(({ option, says }) => [`#{${option}}`, says] as const),
    ['#{pane_pid}', String(condition.panePid)],
    ['#{pane_in_mode}', '0'],
    ['#{pane_input_off}', '0'],
    [`#{${keysReachOthers}}`, '0'],
    ['#{pane_dead}', '0'],
  ];
  if (condition.server !== undefined) clauses.push(['#{pid}@#{start_time}', condition.server]);
  if (condition.command !== null) {
    clauses.push([`#{m/r:^${patternInFormat(quoteRegex(condition.command))}$,#{pane_current_command}}`, '1']);
  }
  for (const title of condition.notTitles) {
    const pattern = patternInFormat(title);
    clauses.push([`#{m/r:${pattern},#{pane_title}}`, '0'], mustCompile(pattern));
  }
  for (const words of condition.notOnScreen) {
    const pattern = patternInFormat(words);
    clauses.push([`#{C/r:${pattern}}`, '0'], mustCompile(pattern));
  }
  // tmux tells the number of the first row that matches, without the spaces at its end; 0 is none
  for (const { row, text } of condition.onScreen ?? []) {
    clauses.push([`#{C/r:^${patternInFormat(quoteRegex(text.trimEnd()))}${blanksAtEnd}$}`, String(row)]);
  }
  if (condition.cursor !== undefined) {
    const { x, y, visible } = condition.cursor;
    clauses.push(['#{cursor_x}', String(x)], ['#{cursor_y}', String(y)], ['#{cursor_flag}', visible ? '1' : '0']);
  }
  if (condition.sessionActivity !== undefined) {
    const { sessionId, at, attachedAt } = condition.sessionActivity;
    clauses.push(['#{session_id}', sessionId]);
    // a client that comes counts as activity, and is no key: our own may be just coming
    clauses.push([ofLiving(`#{?#{==:#{session_last_attached},${attachedAt}},#{session_activity},${at}}`), String(at)]);
  }
  const format = `#{==:${clauses.map(([format]) => format).join('/')},${clauses.map(([, expected]) => expected).join('/')}}`;
  if (format.length > FORMAT_LIMIT)
    throw usageError('condition', `${format.length} characters`, 'is too long for tmux');
  return format;
}

export interface OptionClause {
  readonly option: string;
  readonly says: string;
}

/** A row as it was read has no blank of any kind at its end, and tmux takes off plain spaces alone (`❯` and U+00A0, Claude Code 2.1.332). */
const blanksAtEnd =
  '([ \t]|\u00a0|\u1680|\u2000|\u2001|\u2002|\u2003|\u2004|\u2005|\u2006|\u2007|\u2008|\u2009|\u200a|\u202f|\u205f|\u3000|\ufeff)*';

const FORMAT_LIMIT = 8000;

function mustCompile(pattern: string): readonly [string, string] {
  return [`#{m/r:${pattern}|^~compiles~$,~compiles~}`, '1'];
}

/**
 * A pattern as the format language must be handed it: `#`, `,` and `}` are its own, and on every level of nesting a `%`
 * goes through strftime (`%H` becomes the hour). So a `%` is asked for as "any character": it holds too often, never too
 * seldom. What only JavaScript understands is translated where POSIX has the same, and refused where it has not: an
 * escape that tmux reads as a letter would never match, and so never hold.
 */
function patternInFormat(pattern: string): string {
  if (pattern === '') throw usageError('condition', '""', 'an empty pattern matches every screen');
  const refuse = (token: string) =>
    usageError(
      'condition',
      pattern,
      `tmux cannot be told of ${JSON.stringify(token)}`,
      'write it as an extended regular expression',
    );
  return pattern.replace(/\[\^?\]?(?:\[[:.=].*?[:.=]\]|[^\]])*\]|\(\?.?|\\.|./gsu, (token) => {
    const character = token.at(-1)!;
    if (/[\0-\x1f]/.test(token)) throw refuse(token);
    if (token === '(?:') return '(';
    if (token.startsWith('(?')) throw refuse(token);
    if (token.startsWith('[') && token.length > 1) {
      if (/[%\\]|#\[/.test(token)) throw refuse(token);
      return token.replace(/[#,}]/g, '#$&');
    }
    if (token.length === 2 && /[\w]/.test(character)) {
      const posix = posixClasses[character];
      if (posix === undefined) throw refuse(token);
      return posix;
    }
    if (character === '%') return '.';
    // in parentheses: tmux reads a run of `#` in pairs, and leaves `##[` as it stands
    if (character === '#') return '(##)';
    return character === ',' || character === '}' ? `${token.slice(0, -1)}#${character}` : token;
  });
}

const posixClasses: Readonly<Record<string, string>> = {
  d: '[0-9]',
  D: '[^0-9]',
  s: '[[:space:]]',
  S: '[^[:space:]]',
  w: '[[:alnum:]_]',
  W: '[^[:alnum:]_]',
};

function quoteRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
