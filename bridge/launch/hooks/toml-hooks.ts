import { mark } from './hook-target.ts';
import type { Edited, WantedHook } from './json-hooks.ts';
import { inWords, type Values, valuesOf } from './toml.ts';

/**
 * Hooks in a TOML file, a table `[[hooks]]` for each (Kimi Code 2.1.0): put in as one marked block at its end, and taken out
 * with it. A program that writes its file anew drops the marks and keeps the tables: those are known by their command.
 */
const begin = '# >>> bridge hooks: `bridge hooks remove` takes this out';
const end = '# <<< bridge hooks';
const block = /# >>> bridge hooks[^\n]*\n(?:[^\n]*\n)*?# <<< bridge hooks(\r?\n)?/;

/** Puts the hooks into the file's text, each once; hooks of ours that are not wanted (any more) go. */
export function addHooks(before: string | null, wanted: readonly WantedHook[]): Edited {
  const standing = hooksIn(before ?? '');
  if ('fault' in standing) return standing;
  if (before !== null && JSON.stringify(standing.hooks) === JSON.stringify(wanted)) return { text: before };
  const clean = removeHooks(before ?? '');
  if ('fault' in clean) return clean;
  const rest = clean.text ?? '';
  const eol = rest.includes('\r\n') ? '\r\n' : '\n';
  const added = [begin, ...wanted.flatMap(tableOf), end].join(eol);
  // what it must not end with a line break for, it shall not get one
  const text = rest === '' || rest.endsWith('\n') ? `${rest}${added}${eol}` : `${rest}${eol}${added}`;
  const after = hooksIn(text);
  if ('fault' in after || JSON.stringify(after.hooks) !== JSON.stringify(wanted) || !saysTheSame(rest, text))
    return { fault: { line: 1, reason: 'its "hooks" are written so that no table [[hooks]] can be added' } };
  return { text };
}

/** Takes all hooks of ours out again. Null: nothing is left. */
export function removeHooks(before: string): Edited {
  const parsed = valuesOf(before);
  if ('fault' in parsed) return parsed;
  let text = withoutBlock(before);
  for (let table = ownTable(text); table !== null; table = ownTable(text))
    text = text.slice(0, table.from) + text.slice(table.to);
  const after = hooksIn(text);
  if ('fault' in after || after.hooks.length > 0 || !saysTheSame(before, text))
    return { fault: { line: 1, reason: 'a hook of ours is written so that it cannot be taken out' } };
  return { text: text === '' ? null : text };
}

export function hooksIn(text: string): { hooks: WantedHook[] } | { fault: { line: number; reason: string } } {
  const parsed = valuesOf(text);
  if ('fault' in parsed) return parsed;
  const own = listed(parsed.values).filter(isOwn);
  return {
    hooks: own.map(
      ({ event, ...fields }) => ({ event: String(event), hook: { type, ...plainly(fields) } }) as WantedHook,
    ),
  };
}

/** What every hook is in JSON; a table does not say it. */
const type = 'command';

function tableOf({ event, hook: { type: _type, ...fields } }: WantedHook): string[] {
  const rows = Object.entries({ event, ...fields });
  return ['[[hooks]]', ...rows.map(([name, value]) => `${name} = ${JSON.stringify(value)}`)];
}

function withoutBlock(text: string): string {
  const found = block.exec(text);
  if (found === null) return text;
  const before = text.slice(0, found.index);
  return (found[1] === undefined ? before.replace(/\r?\n$/, '') : before) + text.slice(found.index + found[0].length);
}

/** The first table of ours that stands outside a marked block: from its header to the next one. */
function ownTable(text: string): { from: number; to: number } | null {
  const headers = [...text.matchAll(/^[ \t]*\[.*$/gm)];
  for (const [at, { 0: header, index: from }] of headers.entries()) {
    if (!/^\s*\[\[\s*hooks\s*\]\]/.test(header)) continue;
    const to = headers[at + 1]?.index ?? text.length;
    const table = valuesOf(text.slice(from, to));
    if (!('fault' in table) && listed(table.values).some(isOwn)) return { from, to };
  }
  return null;
}

function listed({ hooks }: Values): Values[] {
  return Array.isArray(hooks) ? hooks.filter((one): one is Values => typeof one === 'object' && one !== null) : [];
}

function isOwn({ command }: Values): boolean {
  return typeof command === 'string' && command.endsWith(mark);
}

/** Whether two texts say the same, but for hooks of ours. */
function saysTheSame(before: string, after: string): boolean {
  const [a, b] = [valuesOf(before), valuesOf(after)];
  if ('fault' in a || 'fault' in b) return false;
  return othersIn(a.values) === othersIn(b.values);
}

function othersIn(values: Values): string {
  const { hooks, ...rest } = values;
  const others = Array.isArray(hooks) ? hooks.filter((one) => !isOwn(one as Values)) : hooks;
  const isNone = others === undefined || (Array.isArray(others) && others.length === 0);
  return inWords(isNone ? rest : { ...rest, hooks: others });
}

function plainly(fields: Values): Values {
  const values = Object.entries(fields);
  return Object.fromEntries(values.map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]));
}
