import type { Command } from 'commander';
import { splitCommand } from '../core/command-line.ts';
import { ExitCode } from '../core/failure.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';
import { addressOf, targetOf, warnAll } from './pane.ts';

interface Flags {
  readonly role?: string;
  readonly model?: string;
  readonly description?: string;
  readonly colour?: string;
  readonly group?: string[];
  readonly revive?: string | false;
}

export function registerAdd(command: Command): void {
  command
    .argument('<name>', 'as others write to it: coder, or shop/coder with its project')
    .argument('[target]', 'its pane: %3, session:window.pane, label, title, window name or agent program')
    .option('--role <text>', 'what it does among the others: reviewer')
    .option('--model <text>', 'the model that its agent runs on')
    .option('--description <text>', 'more of what it does')
    .option('--colour <colour>', 'red, #d75f00')
    .option('--group <name...>', 'the groups that it comes to')
    .option(
      '--revive <command>',
      'what starts it anew where mail waits for it and it is gone; run once, no shell reads it',
    )
    .option('--no-revive', 'nothing starts it anew');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { revive, group: groups, ...said } = command.opts<Flags>();
      const [given = '', at] = command.args;
      const { name, isNew, isChanged, pane } = await invoke(context, 'add', {
        name: given,
        role: said.role,
        model: said.model,
        description: said.description,
        colour: said.colour,
        groups,
        revive:
          typeof revive === 'string'
            ? splitCommand(revive, '--revive', 'refused')
            : revive === false
              ? null
              : undefined,
        pane: at === undefined ? null : await addressAt(context, at),
        ...senderHere(undefined),
      });
      const waits = pane === null ? 'mail for it waits until a pane of that name is seen' : `its pane is ${pane}`;
      const text = isNew
        ? `${name} is a member: ${waits}`
        : isChanged
          ? `${name} is changed`
          : `${name} is a member already`;
      context.out.result(text, { name, isNew, isChanged, pane });
      return isChanged ? ExitCode.done : ExitCode.failed;
    }),
  );
}

/** The pane that a person means, as it is named to a bridge. */
export async function addressAt(context: Parameters<typeof targetOf>[0], pane: string) {
  const { found, warnings } = await invoke(context, 'target', {
    target: { ...targetOf(context), pane },
    among: 'elsewhere',
  });
  warnAll(context, warnings);
  return addressOf(found!.facts);
}
