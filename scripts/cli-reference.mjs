// docs/reference/cli.md, made from what the commands say of themselves: `npm run docs` writes it, a test compares it.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

export const page = 'docs/reference/cli.md';

/** @param all the parts of each command (bridge/cli/command-parts.ts), those of the bridge itself first */
export function cliReference([own, ...commands]) {
  return [
    '# Command line',
    '',
    '<!-- written by `npm run docs`; do not edit -->',
    '',
    own.says,
    '',
    ...code([own.usage]),
    ...own.sections.flatMap((section) => shown(section, 2, linked(section, commands))),
    '## Commands in full',
    '',
    'Each takes the options of every command, as far as it lists them; `bridge help COMMAND` prints the same.',
    '',
    ...commands.flatMap(inFull),
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()
    .concat('\n');
}

function inFull({ name, says, usage, sections, notes }) {
  return [
    `### ${name}`,
    '',
    `${says}.`,
    '',
    ...code([usage]),
    ...sections.flatMap((section) => shown(section, 4, (term) => `\`${term}\``)),
    ...notes.split(/\n\n+/).flatMap((paragraph) => [asText(paragraph), '']),
  ];
}

function shown({ heading, items }, depth, cell) {
  const title = [`${'#'.repeat(depth)} ${heading}`, ''];
  if (heading === 'Examples') return [...(depth > 2 ? [] : title), ...examples(items)];
  const rows = items.map(([term, says = '']) => `| ${inCell(cell(term))} | ${inCell(asText(says))} |`);
  // headings of every command would be the same ones again and again
  return [...(depth > 2 ? [`**${heading}**`, ''] : title), '| | |', '|---|---|', ...rows, ''];
}

/** A command in a list leads to where it is described. */
function linked({ heading }, commands) {
  return (term) => {
    const isCommand = commands.some(({ name }) => name === `bridge ${term}`);
    return isCommand && !heading.includes('flags') ? `[\`${term}\`](#bridge-${term})` : `\`${term}\``;
  };
}

function examples(items) {
  const width = Math.max(...items.map(([line, says]) => (says === undefined ? 0 : line.length)));
  return code(items.map(([line, says]) => (says === undefined ? line : `${line.padEnd(width)}  # ${says}`)));
}

const code = (lines) => ['```sh', ...lines, '```', ''];

/** As Markdown, in which what stands in angle brackets would be taken for HTML. */
function asText(words) {
  return words.replace(/</g, '\\<');
}

function inCell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [{ allParts }, { wholeProgram }] = await Promise.all([
    import('../build/cli/command-parts.js'),
    import('../build/cli/program.js'),
  ]);
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  writeFileSync(join(root, page), cliReference(allParts(await wholeProgram())));
}
