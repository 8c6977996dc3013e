import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type OptionRow, options } from '../bridge/options.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('docs/configuration.md has one row for each option, with its environment name, key and default', () => {
  const text = read('docs/configuration.md');
  const missing = (options as readonly OptionRow[]).filter((option) => !text.includes(rowOf(option))).map(rowOf);
  expect(missing.join('\n')).toBe('');
});

test('every page that README and the docs link to exists', () => {
  const pages = ['README.md', 'ARCHITECTURE.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
  const lost = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !existsSync(join(root, dirname(page), link)))
      .map((link) => `${page} → ${link}`),
  );
  expect(lost).toEqual([]);
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
