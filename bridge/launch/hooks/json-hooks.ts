import { getNodeValue, type Node } from 'jsonc-parser';
import { mark } from './hook-target.ts';
import {
  insertInto,
  insertOnLine,
  isOnLine,
  type JsonFault,
  layoutOf,
  lineOf,
  parseJson,
  takeOut,
  valueAt,
} from './json-edit.ts';

/** One hook as it is to stand below an event. */
export interface WantedHook {
  readonly event: string;
  readonly hook: Readonly<Record<string, string | number | boolean>>;
}

export type Edited = { readonly text: string | null } | { readonly fault: JsonFault };

/** What `wireHooks` makes where there was no file: `unwireHooks` knows by its first line that nothing was there. */
const freshHead = '{ "hooks": {';

/** Puts the hooks into the file's text, each once; hooks of ours that are not wanted (any more) go. */
export function addHooks(before: string | null, wanted: readonly WantedHook[]): Edited {
  if (before === null) return { text: fresh(wanted) };
  const standing = hooksIn(before);
  if ('fault' in standing) return standing;
  const isSame =
    standing.hooks.length === wanted.length &&
    wanted.every(({ event, hook }) =>
      standing.hooks.some((one) => one.event === event && JSON.stringify(one.hook) === JSON.stringify(hook)),
    );
  if (isSame) return { text: before };
  const clean = removeHooks(before);
  if ('fault' in clean) return clean;
  if (clean.text === null) return { text: fresh(wanted) };
  let { text } = clean;
  for (const [index, one] of wanted.entries()) {
    const parsed = parseJson(text);
    if ('fault' in parsed) return parsed;
    const hooks = valueAt(parsed.root, 'hooks');
    if (hooks === undefined) return { text: insertInto(text, parsed.root, allOf(text, wanted.slice(index))) };
    if (hooks.type !== 'object') return wrong(text, hooks, '"hooks" is not an object');
    const event = valueAt(hooks, one.event);
    if (event !== undefined && event.type !== 'array') return wrong(text, event, `"${one.event}" is not a list`);
    if (event !== undefined) text = insertInto(text, event, groupOf(one));
    else if (hooks.children?.length) text = insertInto(text, hooks, propertyOf(one));
    else text = insertOnLine(text, hooks, propertyOf(one));
  }
  return { text };
}

/** Takes all hooks of ours out again. Null: nothing is left of a file that we made. */
export function removeHooks(before: string): Edited {
  for (let text = before; ; ) {
    const parsed = parseJson(text);
    if ('fault' in parsed) return parsed;
    // the last one that came goes first
    const hook = ownHooks(parsed.root).at(-1);
    if (hook === undefined) return { text };
    const member = outermost(text, hook.node, parsed.root);
    if (member === null) return { text: null };
    text = takeOut(text, member);
  }
}

export function hooksIn(text: string): { hooks: WantedHook[] } | { fault: JsonFault } {
  const parsed = parseJson(text);
  if ('fault' in parsed) return parsed;
  return { hooks: ownHooks(parsed.root).map(({ event, node }) => ({ event, hook: getNodeValue(node) })) };
}

function ownHooks(root: Node): Array<{ event: string; node: Node }> {
  const hooks = valueAt(root, 'hooks');
  const events = hooks?.type === 'object' ? (hooks.children ?? []) : [];
  return events.flatMap(({ children = [] }) => {
    const [name, groups] = children;
    const all = groups?.type === 'array' ? (groups.children ?? []) : [];
    return all
      .flatMap((group) => (group.type === 'object' ? (valueAt(group, 'hooks')?.children ?? []) : []))
      .filter((node) => node.type === 'object' && isOwn(valueAt(node, 'command')?.value))
      .map((node) => ({ event: String(name?.value), node }));
  });
}

function isOwn(command: unknown): boolean {
  return typeof command === 'string' && command.endsWith(mark);
}

/** The largest member that holds nothing but this hook, and that we put in; null where that is the whole file. */
function outermost(text: string, hook: Node, root: Node): Node | null {
  const list = hook.parent!;
  if (list.children!.length > 1) return hook;
  const group = list.parent!.parent!;
  const groups = group.parent!;
  // a list of ours begins on one line with its group; an empty one that was there before is broken into lines
  if (groups.children!.length > 1 || text.slice(groups.offset, group.offset) !== '[') return group;
  const event = groups.parent!;
  const hooks = event.parent!;
  // hooks of ours begin on a line of their own; where there was an object without any, they begin on its line
  if (hooks.children!.length > 1 || isOnLine(text, event)) return event;
  return text.startsWith(freshHead) && root.children!.length === 1 ? null : hooks.parent!;
}

function fresh(wanted: readonly WantedHook[]): string {
  return `${freshHead}\n${wanted.map((one) => `  ${propertyOf(one)}`).join(',\n')}\n} }\n`;
}

function allOf(text: string, wanted: readonly WantedHook[]): string {
  const { eol, unit } = layoutOf(text);
  const lines = wanted.map((one) => `${unit}${unit}${propertyOf(one)}`).join(`,${eol}`);
  return `"hooks": {${eol}${lines}${eol}${unit}}`;
}

function propertyOf(one: WantedHook): string {
  return `${JSON.stringify(one.event)}: [${groupOf(one)}]`;
}

function groupOf({ hook }: WantedHook): string {
  const fields = Object.entries(hook).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{ "hooks": [{ ${fields.join(', ')} }] }`;
}

function wrong(text: string, { offset }: Node, reason: string): { fault: JsonFault } {
  return { fault: { line: lineOf(text, offset), reason } };
}
