// The tables in README.md and docs/ that list agent programs, made from the catalogue: `npm run docs` writes them, a test compares them.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** page → the tables in it, by name: each stands between `<!-- table NAME -->` and `<!-- end -->`. */
const pages = {
  'README.md': { seen },
  'docs/reference/agent-programs.md': { 'agent programs': programs, launches },
  'docs/reference/hooks.md': { hooks },
};

/** The page with each of its tables as the catalogue has it now. */
export function withTables(page, text, catalogue) {
  return Object.entries(pages[page]).reduce((before, [name, table]) => {
    const place = new RegExp(`(<!-- table ${name} -->\n)[^]*?(<!-- end -->)`);
    if (!place.test(before)) throw new Error(`${page}: there is no <!-- table ${name} --> … <!-- end -->`);
    return before.replace(place, (_, begins, ends) => `${begins}${table(catalogue)}${ends}`);
  }, text);
}

export const pagesWithTables = Object.keys(pages);

function seen(catalogue) {
  const rows = catalogue
    .filter(({ seenWith, launch }) => seenWith.length > 0 && launch !== undefined)
    .map(({ name, seenWith, launch }) => [`[${name}](docs/agents/${name}.md)`, seenWith.join(', '), launch.guardedBy]);
  return table(['agent', 'seen live', 'a worker is guarded by'], rows);
}

function programs(catalogue) {
  const rows = catalogue.map((program) => [
    `\`${program.name}\``,
    program.programs.map((name) => `\`${name}\``).join(', ') || 'only when it is named',
    program.seenWith.join(', ') || 'never',
    program.screen.facts === undefined ? 'code' : 'facts',
    program.composer.commands === undefined ? '–' : 'yes',
    hooksOf(program.hooks),
    program.nativeInput === undefined ? '–' : `\`${program.nativeInput.name}\``,
    program.controller === undefined ? '–' : 'yes',
  ]);
  return table(
    [
      'program',
      'its processes',
      'seen live',
      'its screen is read by',
      'slash commands',
      'hooks',
      'native input',
      'controller',
    ],
    rows,
  );
}

function launches(catalogue) {
  const rows = catalogue
    .filter(({ launch }) => launch !== undefined)
    .map(({ name, launch }) => [
      `\`${name}\``,
      launch.guarded === null ? 'only with `--yolo`' : code([launch.executable, ...launch.guarded]),
      launch.guardedBy,
      launch.controller === null ? '–' : code([launch.executable, ...launch.controller]),
      code([launch.install]),
    ]);
  return table(['program', 'a worker is started as', 'guarded by', 'a live controller as', 'installed by'], rows);
}

function hooks(catalogue) {
  const rows = catalogue
    .filter(({ hooks }) => hooks !== undefined && !('none' in hooks))
    .map(({ name, hooks: { folder, settings, notify, trust } }) => {
      const home = folder.below === undefined ? `$${folder.env}` : `$${folder.env}/${folder.below}`;
      const files = [
        settings.file,
        ...(notify === undefined ? [] : [`${notify.file} (its \`notify\`, where you have none)`]),
      ];
      return [
        `\`${name}\``,
        `\`${home}\`, else \`~/${folder.name}\`: ${files.join(', ')}`,
        settings.events.join(', '),
        trust ?? 'nothing',
      ];
    });
  return table(['program', 'files', 'events', 'what is left to do'], rows);
}

function hooksOf(hooks) {
  if (hooks === undefined) return '–';
  return 'none' in hooks ? 'none' : `\`${hooks.folder.name}/${hooks.settings.file}\``;
}

const code = (words) => `\`${words.join(' ')}\``;

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  return `${line(head)}|${'---|'.repeat(head.length)}\n${rows.map(line).join('')}`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { agentPrograms } = await import('../build/agent-programs/index.js');
  for (const page of pagesWithTables) {
    const path = join(root, page);
    writeFileSync(path, withTables(page, readFileSync(path, 'utf8'), agentPrograms));
  }
}
