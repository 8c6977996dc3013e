import { inWords, type Values, valuesOf } from '../hooks/toml.ts';
import type { Entry, NamedServer, ServerEdit } from './json-server.ts';

/**
 * One server in a TOML file: a marked block at its end, taken out with its marks. A client that writes its file anew may drop these
 * and keep the table: that is known by its name.
 */
const begin = '# >>> bridge mcp: `bridge mcp remove` takes this out';
const end = '# <<< bridge mcp';
const block = /# >>> bridge mcp[^\n]*\n(?:[^\n]*\n)*?# <<< bridge mcp(\r?\n)?/;

export function serverIn(
  text: string | null,
  server: NamedServer,
): { entry: unknown } | { fault: { line: number; reason: string } } {
  const parsed = valuesOf(text ?? '');
  if ('fault' in parsed) return parsed;
  return { entry: listIn(parsed.values, server)?.[server.name] ?? null };
}

export function addServer(before: string | null, server: NamedServer, entry: Entry): ServerEdit {
  const cleaned = removeServer(before ?? '', server);
  if ('fault' in cleaned) return cleaned;
  const rest = cleaned.text ?? '';
  const eol = rest.includes('\r\n') ? '\r\n' : '\n';
  const rows = Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const added = [begin, `[${server.key}.${server.name}]`, ...rows, end].join(eol);
  const text = rest === '' || rest.endsWith('\n') ? `${rest}${added}${eol}` : `${rest}${eol}${added}`;
  const found = serverIn(text, server);
  if ('fault' in found || JSON.stringify(found.entry) !== JSON.stringify(entry) || !saysTheSame(rest, text, server))
    return { fault: { line: 1, reason: `its ${server.key} are written so that no table can be added` } };
  return { text };
}

/** Null: nothing is left of the file. */
export function removeServer(before: string, server: NamedServer): ServerEdit {
  const parsed = valuesOf(before);
  if ('fault' in parsed) return parsed;
  let text = withoutBlock(before);
  const found = serverIn(text, server);
  if (!('fault' in found) && found.entry !== null) text = withoutTable(text, server);
  const after = serverIn(text, server);
  if ('fault' in after || after.entry !== null || !saysTheSame(before, text, server))
    return { fault: { line: 1, reason: `its ${server.key}.${server.name} is written so that it cannot be taken out` } };
  return { text: text === '' ? null : text };
}

function withoutBlock(text: string): string {
  const found = block.exec(text);
  if (found === null) return text;
  const before = text.slice(0, found.index);
  return (found[1] === undefined ? before.replace(/\r?\n$/, '') : before) + text.slice(found.index + found[0].length);
}

/** From its header to the next one. */
function withoutTable(text: string, { key, name }: NamedServer): string {
  const headers = [...text.matchAll(/^[ \t]*\[.*$/gm)];
  const at = headers.findIndex(([header]) => header.replace(/[\s"']/g, '').startsWith(`[${key}.${name}]`));
  if (at < 0) return text;
  return text.slice(0, headers[at]!.index) + text.slice(headers[at + 1]?.index ?? text.length);
}

function listIn(values: Values, { key }: NamedServer): Values | null {
  const list = values[key];
  return typeof list === 'object' && list !== null && !Array.isArray(list) ? (list as Values) : null;
}

/** Whether two texts say the same, but for this server. */
function saysTheSame(before: string, after: string, server: NamedServer): boolean {
  const [a, b] = [valuesOf(before), valuesOf(after)];
  if ('fault' in a || 'fault' in b) return false;
  return othersIn(a.values, server) === othersIn(b.values, server);
}

function othersIn(values: Values, server: NamedServer): string {
  const { [server.key]: _list, ...rest } = values;
  const { [server.name]: _own, ...others } = listIn(values, server) ?? {};
  return inWords(Object.keys(others).length === 0 ? rest : { ...rest, [server.key]: others });
}
