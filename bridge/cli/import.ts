import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import { visibleLine } from '../core/visible.ts';
import { callerHere } from './caller.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { commsPaths } from './wrappers/agent-comms/files.ts';
import { commsIn } from './wrappers/agent-comms/import.ts';

export function registerImport(command: Command): void {
  const comms = command
    .command('agent-comms')
    .description("Take over tmux-agent-comms' registry, rosters and threads")
    .argument('[folder]', 'where registry.json, projects/ and threads/ lie (default: where its variables say)')
    .option('--dry-run', 'say what would be taken over, and keep nothing')
    .addHelpText(
      'after',
      `
Agents become members, projects groups, and each thread a thread with all that was written, which is read: nobody is told of it. What lies
there is left as it is. All of it is taken over or nothing; a second time takes over what has come since.
`,
    );
  withOptions(comms, 'place').action(
    act(async (context, command) => {
      const [folder] = command.args;
      const { dryRun: isDryRun = false } = command.opts<{ dryRun?: true }>();
      const paths =
        folder === undefined ? commsPaths({ env: process.env, userFolder: homedir() }) : pathsIn(resolve(folder));
      const { members, threads, entries } = commsIn(paths);
      if (members.length === 0 && threads.length === 0)
        throw usageError('import', paths.registry, 'neither a registry, nor a roster, nor a thread lies there');
      const parts = inParts(members, entries);
      const kept = async (isDryRun: boolean) => {
        const found = [];
        for (const part of parts)
          found.push(await invoke(context, 'importMail', { ...part, caller: callerHere(), isDryRun }));
        return found;
      };
      // tried as a whole: what is refused is refused before any of it is kept
      const found = isDryRun || parts.length > 1 ? await kept(true) : [];
      const all = isDryRun ? found : await kept(false);
      const groups = [...new Set(members.flatMap((member) => member.groups))];
      const [added, changed, taken] = (['added', 'changed', 'taken'] as const).map((what) =>
        all.flatMap((one) => one[what]),
      );
      const counts = threads.map((name) => {
        const isIts = (thread: string) => thread === name;
        const count = taken!.filter(isIts).length;
        return { name, taken: count, known: entries.filter(({ thread }) => isIts(thread)).length - count };
      });
      const named = (names: readonly string[]) => (names.length === 0 ? '' : `: ${names.join(', ')}`);
      const lines = [
        `${isDryRun ? 'would add' : 'added'} ${count(added!.length, 'member')}${named(added!)}`,
        ...(changed!.length === 0 ? [] : [`${isDryRun ? 'would change' : 'changed'} ${changed!.join(', ')}`]),
        `${count(groups.length, 'group')}${named(groups)}`,
        ...counts.map(({ name, taken, known }) => {
          const before = known === 0 ? '' : ` (${known} known already)`;
          return `thread ${name}: ${count(taken, 'message')}${isDryRun ? ' to take over' : ''}${before}`;
        }),
        ...(isDryRun || added!.length === 0
          ? []
          : ['mail for them waits until they have a pane: bridge add NAME PANE']),
      ];
      context.out.result(lines.map(visibleLine).join('\n'), { added, changed, groups, threads: counts });
      return 0;
    }),
  );
}

/** As much as is taken at once: so many, and so much text. Members come first. */
function inParts<Member, Entry extends { readonly body: string }>(
  members: readonly Member[],
  entries: readonly Entry[],
) {
  const parts: Array<{ members: Member[]; entries: Entry[] }> = [];
  for (let at = 0; at < members.length; at += mostAtOnce)
    parts.push({ members: members.slice(at, at + mostAtOnce), entries: [] });
  let length = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    length += entry.body.length;
    const last = parts.at(-1);
    if (last === undefined || length > mostCharactersAtOnce || last.entries.length === mostAtOnce) {
      parts.push({ members: [], entries: [entry] });
      length = entry.body.length;
    } else last.entries.push(entry);
  }
  return parts;
}

const mostAtOnce = 500;
const mostCharactersAtOnce = 512 * 1024;

function pathsIn(folder: string) {
  return {
    registry: join(folder, 'registry.json'),
    projects: join(folder, 'projects'),
    threads: join(folder, 'threads'),
  };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
