import { inWords, type Values, valuesOf } from './toml.ts';

/** A TOML file's one key `notify`, as codex has it: put in as a marked block, taken out with it. */

const begin = '# >>> bridge hooks: `bridge hooks remove codex` takes this out';
const end = '# <<< bridge hooks';
const block = /^(\ufeff?)# >>> bridge hooks[^\n]*\n(?:[^\n]*\n)??# <<< bridge hooks[^\n]*\r?\n/m;

export type NotifyFile =
  | { readonly is: 'free' }
  | { readonly is: 'ours'; readonly words: readonly string[] }
  | { readonly is: 'foreign'; readonly words: readonly string[] }
  | { readonly is: 'unreadable'; readonly line: number; readonly reason: string };

export function notifyIn(text: string, script: string): NotifyFile {
  const table = valuesOf(text);
  if ('fault' in table) return { is: 'unreadable', ...table.fault };
  const { notify } = table.values;
  if (notify === undefined) return { is: 'free' };
  const words = (Array.isArray(notify) ? notify : [notify]).map(String);
  const isOurs = block.test(text) && words.some((word) => word.endsWith(script));
  return { is: isOurs ? 'ours' : 'foreign', words };
}

/** Call it only where `notify` is free or ours. */
export function addNotify(before: string | null, words: readonly string[]): string {
  const text = before === null ? '' : removeNotify(before);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const list = words.map((word) => JSON.stringify(word)).join(', ');
  const added = [begin, `notify = [${list}]`, end, ''].join(eol);
  // keys of no table stand above all tables; a schema directive stands above all keys
  const head = /^\ufeff?(?:#:[^\n]*\n)?/.exec(text)![0];
  return head + added + text.slice(head.length);
}

export function removeNotify(text: string): string {
  return text.replace(block, '$1');
}

/** Whether the two texts say the same, but for `notify`. */
export function sameButNotify(before: string | null, after: string): boolean {
  const [a, b] = [valuesOf(before ?? ''), valuesOf(after)];
  if ('fault' in a || 'fault' in b) return false;
  const rest = ({ notify: _notify, ...others }: Values) => inWords(others);
  return rest(a.values) === rest(b.values);
}
