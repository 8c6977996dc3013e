import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import { visibleLine } from '../core/visible.ts';
import { callerHere } from './caller.ts';
import { act, type Context, withOptions } from './context.ts';
import { type ArgsOf, invoke } from './invoke.ts';
import { commsPaths } from './wrappers/agent-comms/files.ts';
import { commsIn } from './wrappers/agent-comms/import.ts';

export function registerImport(command: Command): void {
  registerComms(command);
  registerChat(command);
}

function registerComms(command: Command): void {
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
      const paths =
        folder === undefined ? commsPaths({ env: process.env, userFolder: homedir() }) : pathsIn(resolve(folder));
      const { members, threads, entries } = commsIn(paths);
      if (members.length === 0 && threads.length === 0)
        throw usageError('import', paths.registry, 'neither a registry, nor a roster, nor a thread lies there');
      const isDryRun = command.opts<{ dryRun?: true }>().dryRun ?? false;
      const found = await takeOver(context, { members, entries }, isDryRun);
      const counts = threads.map((name) => {
        const isIts = (thread: string | null | undefined) => thread === name;
        const count = found.taken.filter(isIts).length;
        return { name, taken: count, known: entries.filter(({ thread }) => isIts(thread)).length - count };
      });
      const lines = [
        ...memberLines(found, isDryRun),
        ...counts.map(({ name, taken, known }) => `thread ${name}: ${countOfMessages(taken, known, isDryRun)}`),
        ...nextLines(found, isDryRun),
      ];
      const { added, changed, groups } = found;
      context.out.result(lines.map(visibleLine).join('\n'), { added, changed, groups, threads: counts });
      return 0;
    }),
  );
}

function registerChat(command: Command): void {
  const chat = command
    .command('agent-chat')
    .description("Take over agent-chat's agents, groups, messages and marks of reading")
    .argument('<file>', 'its database, as ~/.agent-chat/agent-chat.db')
    .option('--dry-run', 'say what would be taken over, and keep nothing')
    .addHelpText(
      'after',
      `
Agents become members for which its clients go on to write and read, and messages stay unread where they were. A copy of the file is read,
and the file left as it is. All of it is taken over or nothing; a second time takes over what has come since.
`,
    );
  withOptions(chat, 'place').action(
    act(async (context, command) => {
      const { chatIn } = await import('./wrappers/agent-chat/import.ts');
      const { members, entries, leftOut } = chatIn(resolve(command.args[0]!));
      const isDryRun = command.opts<{ dryRun?: true }>().dryRun ?? false;
      const found = await takeOver(context, { members, entries }, isDryRun);
      const [taken, known] = [found.taken.length, entries.length - found.taken.length];
      const lines = [
        ...memberLines(found, isDryRun),
        countOfMessages(taken, known, isDryRun),
        ...leftOut.map((what) => `left out: ${what}`),
        ...nextLines(found, isDryRun),
      ];
      const { added, changed, groups } = found;
      context.out.result(lines.map(visibleLine).join('\n'), {
        added,
        changed,
        groups,
        messages: { taken, known },
        leftOut,
      });
      return 0;
    }),
  );
}

type Taken = ArgsOf<'importMail'>;
type Imported = {
  readonly members: ReadonlyArray<Taken['members'][number]>;
  readonly entries: ReadonlyArray<Taken['entries'][number]>;
};
interface Found {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly taken: readonly string[];
  readonly groups: readonly string[];
}

async function takeOver(context: Context, { members, entries }: Imported, isDryRun: boolean): Promise<Found> {
  const parts = inParts(members, entries);
  const kept = async (isDryRun: boolean) => {
    const found = [];
    for (const part of parts)
      found.push(await invoke(context, 'importMail', { ...part, caller: callerHere(), isDryRun }));
    return found;
  };
  // tried as a whole: what is refused is refused before any of it is kept
  const tried = isDryRun || parts.length > 1 ? await kept(true) : [];
  const all = isDryRun ? tried : await kept(false);
  return {
    added: all.flatMap((one) => one.added),
    changed: all.flatMap((one) => one.changed),
    taken: all.flatMap((one) => one.taken),
    groups: [...new Set(members.flatMap((member) => member.groups ?? []))],
  };
}

function memberLines({ added, changed, groups }: Found, isDryRun: boolean): string[] {
  const named = (names: readonly string[]) => (names.length === 0 ? '' : `: ${names.join(', ')}`);
  return [
    `${isDryRun ? 'would add' : 'added'} ${count(added.length, 'member')}${named(added)}`,
    ...(changed.length === 0 ? [] : [`${isDryRun ? 'would change' : 'changed'} ${changed.join(', ')}`]),
    `${count(groups.length, 'group')}${named(groups)}`,
  ];
}

function countOfMessages(taken: number, known: number, isDryRun: boolean): string {
  const before = known === 0 ? '' : ` (${known} known already)`;
  return `${count(taken, 'message')}${isDryRun ? ' to take over' : ''}${before}`;
}

function nextLines({ added }: Found, isDryRun: boolean): string[] {
  return isDryRun || added.length === 0 ? [] : ['mail for them waits until they have a pane: bridge add NAME PANE'];
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
