import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { agentPrograms, offered, withCommands, withNativeInput } from '../bridge/agent-programs/index.ts';
import { loadConfig } from '../bridge/config/config.ts';
import { type OptionRow, options } from '../bridge/config/options.ts';
import {
  loadRecordings,
  recordedProgram,
  snapshotOfRecording,
  still,
  textOfRecording,
} from '../bridge/recordings/recording.ts';
import { parsePolicy } from '../bridge/requests/policy-rules.ts';
import { pagesWithTables, withTables } from '../scripts/agent-tables.mjs';

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
  const pages = ['README.md', 'ARCHITECTURE.md', ...docs.map((name) => `docs/${name}`)];
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

test("the repository's own bridge.yaml, and every one that the docs show, is read without a fault", () => {
  const shown = ['docs/guide/controllers.md', 'docs/reference/bridge-yaml.md', 'docs/guide/policy.md'].flatMap((page) =>
    [...read(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!),
  );
  expect(shown.length).toBeGreaterThan(1);
  for (const text of [read('bridge.yaml'), ...shown]) {
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
