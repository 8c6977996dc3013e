import { usageError } from './failure.ts';

/** Named keys, and letters only with a modifier: text is pasted, never pressed. The names are tmux's own. */
export function isKeyName(key: string): boolean {
  return /^(?:(?:[CMS]-){0,3}(?:Enter|Tab|BTab|Escape|BSpace|Space|Up|Down|Left|Right|Home|End|PPage|NPage|PageUp|PageDown|DC|IC|F(?:[1-9]|1[0-2]))|(?:[CM]-){1,2}[a-z])$/.test(
    key,
  );
}

/** A letter or digit that chooses in a dialog: pressed only where a dialog was read, and its rows stand there still. */
export function isOptionKey(key: string): boolean {
  return /^[a-z0-9]$/i.test(key);
}

/** Pressed together in one step, so that the screen cannot change between them. */
const mostKeys = 20;

/** The keys that a body names, separated by blanks. @throws BridgeError when one of them is no key */
export function keysOf(body: string, { inDialog }: { readonly inDialog: boolean }): string[] {
  const keys = body.split(/\s+/).filter((key) => key !== '');
  if (keys.length === 0) throw usageError('keys', '', 'there is none', 'for instance Escape, Up, C-u, Enter');
  if (keys.length > mostKeys) throw usageError('keys', String(keys.length), `are more than ${mostKeys} at once`);
  for (const key of keys) {
    if (isKeyName(key) || (inDialog && isOptionKey(key))) continue;
    const nextStep = isOptionKey(key)
      ? 'a letter or digit is pressed only with --in-dialog; text is sent without --keys'
      : 'for instance Escape, Up, C-u, Enter; text is sent without --keys';
    throw usageError('keys', key, 'is not a key that tmux has a name for', nextStep);
  }
  return keys;
}

export function submits(keys: readonly string[], submitKey: string): boolean {
  return keys.some((key) => [submitKey, 'Enter', 'C-m', 'C-j', 'M-Enter', 'C-Enter'].includes(key));
}
