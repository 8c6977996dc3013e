import { usageError } from '../core/failure.ts';

/**
 * A session name that tmux keeps as it is written. tmux 3.3a turns `.` and `:` into `_` without a word, expands `#{…}`
 * and runs `#(…)` in the name given to new-session, and reads a leading `$ @ % =` as an id or a flag of its own.
 */
export function checkSessionName(name: string): string {
  const refuse = (reason: string) => usageError('session name', JSON.stringify(name), reason);
  if (name.trim() === '') throw refuse('is empty');
  if (name !== name.trim()) throw refuse('begins or ends with a space');
  if (/[\u0000-\u001f\u007f]/.test(name)) throw refuse('has a control character');
  if (/[.:]/.test(name)) {
    throw usageError(
      'session name',
      JSON.stringify(name),
      'tmux would rename it: `.` and `:` cannot stand in a session name',
      `--session ${name.replace(/[.:]/g, '-').replace(/\s/g, '-')}`,
    );
  }
  if (name.includes('#')) throw refuse('tmux would expand the `#`');
  if (/^[-$@%=+!~^{*?]/.test(name)) throw refuse(`tmux gives a leading \`${name[0]}\` a meaning of its own`);
  return name;
}
