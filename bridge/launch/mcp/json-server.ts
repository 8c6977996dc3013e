import { getNodeValue, type Node } from 'jsonc-parser';
import {
  insertInto,
  insertOnLine,
  isOnLine,
  type JsonFault,
  layoutOf,
  parseJson,
  takeOut,
  valueAt,
} from '../hooks/json-edit.ts';

export type ServerEdit = { readonly text: string | null } | { readonly fault: JsonFault };
export type Entry = Readonly<Record<string, unknown>>;

/** One server in a client's list of them, by its name. Every other byte of the file stays. */
export interface NamedServer {
  /** under which key the servers stand */
  readonly key: string;
  readonly name: string;
}

/** What stands there under this name; null where nothing does. */
export function serverIn(text: string | null, { key, name }: NamedServer): { entry: unknown } | { fault: JsonFault } {
  if (text === null || text.trim() === '') return { entry: null };
  const parsed = parseJson(text);
  if ('fault' in parsed) return parsed;
  const servers = valueAt(parsed.root, key);
  const found = servers === undefined ? undefined : valueAt(servers, name);
  return { entry: found === undefined ? null : getNodeValue(found) };
}

/** Puts the server in, in the place of one of its name. */
export function addServer(before: string | null, server: NamedServer, entry: Entry): ServerEdit {
  const { key, name } = server;
  const member = `${JSON.stringify(name)}: ${onOneLine(entry)}`;
  if (before === null || before.trim() === '')
    return { text: `{\n  ${JSON.stringify(key)}: {\n    ${member}\n  }\n}\n` };
  const parsed = parseJson(before);
  if ('fault' in parsed) return parsed;
  const { root } = parsed;
  const servers = valueAt(root, key);
  if (servers === undefined) return { text: withList(before, root, key, member) };
  if (servers.type !== 'object') return { fault: { line: 1, reason: `its ${JSON.stringify(key)} is no object` } };
  const standing = valueAt(servers, name);
  if (standing === undefined) {
    const put = servers.children?.length === 0 ? insertOnLine : insertInto;
    return { text: put(before, servers, member) };
  }
  const end = standing.offset + standing.length;
  return { text: before.slice(0, standing.offset) + onOneLine(entry) + before.slice(end) };
}

/** Takes it out again, and the list with it where that came with it. Null: nothing is left of the file. */
export function removeServer(before: string, { key, name }: NamedServer): ServerEdit {
  const parsed = parseJson(before);
  if ('fault' in parsed) return parsed;
  const servers = valueAt(parsed.root, key);
  const found = servers === undefined ? undefined : valueAt(servers, name)?.parent;
  if (servers === undefined || found === undefined) return { text: before };
  const isOnlyOne = servers.children?.length === 1 && !isOnLine(before, found);
  if (!isOnlyOne) return { text: takeOut(before, found) };
  const list = servers.parent!;
  if (parsed.root.children?.length === 1 && !isOnLine(before, list) && /^\{\n {2}"[^"]+": \{\n/.test(before))
    return { text: null };
  return { text: takeOut(before, list) };
}

function withList(text: string, root: Node, key: string, member: string): string {
  const { eol, unit } = layoutOf(text);
  const list = `${JSON.stringify(key)}: {${eol}${unit}${unit}${member}${eol}${unit}}`;
  return root.children?.length === 0 ? insertOnLine(text, root, list) : insertInto(text, root, list);
}

function onOneLine(entry: Entry): string {
  const members = Object.entries(entry).map(([key, value]) => `${JSON.stringify(key)}: ${inWords(value)}`);
  return `{ ${members.join(', ')} }`;
}

function inWords(value: unknown): string {
  return Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]` : JSON.stringify(value);
}
