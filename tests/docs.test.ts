import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { agentPrograms, offered, withCommands, withNativeInput } from '../bridge/agent-programs/index.ts';
import { methods } from '../bridge/api/index.ts';
import { loadConfig } from '../bridge/config/config.ts';
import { type OptionRow, options } from '../bridge/config/options.ts';
import { ExitCode } from '../bridge/core/failure.ts';
import {
  loadRecordings,
  recordedProgram,
  snapshotOfRecording,
  still,
  textOfRecording,
} from '../bridge/recordings/recording.ts';
import { parsePolicy } from '../bridge/requests/policy-rules.ts';
import { pagesWithTables, withTables } from '../scripts/agent-tables.mjs';
import { blocksOf, pagesWithCommands } from './fixtures/pages.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('docs/reference/bridge-yaml.md has one row for each option, with its environment name, key and default', () => {
  const text = read('docs/reference/bridge-yaml.md');
  const missing = options.filter((option) => !text.includes(rowOf(option))).map(rowOf);
  expect(missing.join('\n')).toBe('');
});

test.each(pagesWithTables)('the tables of %s that list agent programs are as `npm run docs` writes them', (page) => {
  expect(read(page)).toBe(withTables(page, read(page), agentPrograms));
});

test('docs/reference/native-input.md and docs/reference/delivery.md tell what was measured of those programs that the catalogue has it of', () => {
  const begins = read('docs/reference/native-input.md').split('\n| agent | native input |')[1]!.split('\n\n')[0]!;
  const native = [...begins.matchAll(/^\| (\w+) [\d.]+ \|/gm)].map((match) => match[1]!);
  expect(native).toEqual(withNativeInput.map(({ name }) => name));
  const commands = /\n\| agent program \| commands \|.*\n.*\n\| ([\w, ]+) \|/.exec(
    read('docs/reference/delivery.md'),
  )![1]!;
  expect(commands.split(', ')).toEqual(withCommands.map(({ name }) => name));
});

test.each(agentPrograms.filter(({ seenWith }) => seenWith.length > 0))(
  'the page of $name, which was seen live, says how it is started and with which versions it was seen',
  ({ name, seenWith }) => {
    const page = `docs/agents/${name}.md`;
    expect(existsSync(join(root, page)) ? read(page) : '', page).toContain(`bridge start worker --agent ${name}`);
    expect(seenWith.filter((version) => !read(page).includes(version))).toEqual([]);
    expect(read('docs/measurements/agent-screens.md')).toContain(`(../agents/${name}.md)`);
  },
);

test('every page that README and the docs link to exists, and has the heading that the link names', () => {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const own = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];
  const pages = [...own, ...docs.map((name) => `docs/${name}`)];
  const lost = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#:]*)(?:#([^):]*))?\)/g)]
      .filter(([, link, heading]) => !isThere(link === '' ? page : join(dirname(page), link!), heading))
      .map(([link]) => `${page} → ${link}`),
  );
  expect(lost).toEqual([]);
});

function isThere(page: string, heading: string | undefined): boolean {
  if (!existsSync(join(root, page))) return false;
  return heading === undefined || headingsOf(read(page)).includes(heading);
}

/** As GitHub makes them into anchors. */
function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, words]) =>
    words!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('docs/reference/delivery.md has one row for each agent program, with its markers, its rest and its further Enters', () => {
  const table = read('docs/reference/delivery.md').split('\n| agent program |')[1]!.split('\n\n')[0]!;
  const rows = table
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
  expect(rows.map(([name]) => name).sort()).toEqual(offered.map(({ name }) => name).sort());
  for (const { name, composer } of offered) {
    const [, shown, , rests, enters] = rows.find(([first]) => first === name)!;
    const markers = [...shown!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
    const matches = (pattern: string) => (marker: string) => new RegExp(`^${pattern}$`).test(marker);
    const known = composer.longPasteMarkers;
    expect(markers.filter((marker) => !known.some((pattern) => matches(pattern)(marker)))).toEqual([]);
    expect(known.filter((pattern) => !markers.some(matches(pattern)))).toEqual([]);
    expect([name, rests, enters![0]]).toEqual([name, `${composer.settleMs}`, `${composer.rescueEnters}`]);
  }
});

/** The table row of an option, as the page must have it. */
function rowOf(option: OptionRow): string {
  const fallback =
    option.default === null || (Array.isArray(option.default) && option.default.length === 0)
      ? ''
      : `\`${option.default}\``;
  const cells = [
    `\`${option.flag}\``,
    option.env ? `\`${option.env}\`` : '',
    option.yaml ? `\`${option.yaml}\`` : '',
    fallback,
    option.meaning,
  ];
  return `| ${cells.join(' | ')} |`;
}

test.each(['bridge.yaml', ...pagesWithCommands])('every bridge.yaml that %s shows is read without a fault', (page) => {
  const shown = page === 'bridge.yaml' ? [read(page)] : [...fenced(page, 'yaml'), ...yamlWrittenBy(page)];
  for (const text of shown) {
    const home = mkdtempSync(join(tmpdir(), 'bridge-docs-'));
    try {
      writeFileSync(join(home, 'bridge.yaml'), text);
      const config = loadConfig({ home, flags: {}, env: {} });
      expect(parsePolicy(config.policy)).toHaveProperty('rules');
    } finally {
      rmSync(home, { recursive: true });
    }
  }
});

function fenced(page: string, language: string): string[] {
  return [...read(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text]) =>
    name === language ? [text!] : [],
  );
}

/** What its commands write into a bridge.yaml. */
function yamlWrittenBy(page: string): string[] {
  return blocksOf(page)
    .flatMap(({ commands }) => commands)
    .flatMap(({ text }) => /> \S*bridge\.yaml <<'END'\n([\s\S]*)\nEND$/.exec(text)?.[1] ?? []);
}

test('pages show bridge.yaml both ways, and the one of README has six lines', () => {
  expect(fenced('README.md', 'yaml').map((text) => text.trim().split('\n').length)).toEqual([6]);
  expect(yamlWrittenBy('docs/guide/quick-start.md')).toHaveLength(1);
});

test.each(pagesWithCommands)('the JSON that %s shows is JSON', (page) => {
  for (const text of fenced(page, 'json')) expect(() => JSON.parse(text), text).not.toThrow();
});

test('the index names every page of docs/ but those that only lead on', () => {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.includes('/') && name.endsWith('.md'),
  );
  const missing = pages.filter((page) => !read('docs/README.md').includes(`](${page})`));
  expect(missing).toEqual([]);
});

test('reference pages name every method of the socket, and every exit code', () => {
  const named = [...read('docs/reference/socket-api.md').matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  );
  expect(named.sort()).toEqual(['ping', ...methods.map(({ name }) => name)].sort());
  const codes = [...read('docs/reference/exit-codes.md').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(ExitCode));
});

test('docs/measurements/accuracy.md and docs/guide/security.md count the recorded commands that a rule could match, and those that differ from what is drawn', () => {
  const whole = loadRecordings(join(root, 'tests/screens')).flatMap((recording) => {
    const { agent, asks } = recording.entry;
    if (asks === undefined) return [];
    const snapshot = snapshotOfRecording(recording.entry, textOfRecording(recording));
    const subject = recordedProgram(agent).screen.read(snapshot, still).dialog?.subject;
    return subject?.isWhole ? [{ agent, differs: subject.text !== asks }] : [];
  });
  const differing = whole.filter(({ differs }) => differs);
  expect(new Set(differing.map(({ agent }) => agent))).toEqual(new Set(['codex']));
  expect(read('docs/guide/security.md')).toContain(
    `Of the ${whole.length} recorded dialogs whose command a rule could match, ${differing.length} differ so`,
  );
  const of = (name: string) => whole.filter(({ agent }) => agent === name).length;
  const counted = `${whole.length} of the dialogs whose command is recorded are read as whole (${of('codex')} of codex, ${of('claude')} of Claude Code), and ${differing.length} of them`;
  expect(read('docs/measurements/accuracy.md').replace(/\s+/g, ' ')).toContain(counted);
}, 60_000);
