import type { Command } from 'commander';
import { act } from './context.ts';
import { invoke } from './invoke.ts';
import { actingOn, actResult, onPane, withAs } from './pane-act.ts';
import { textFrom } from './text.ts';

export function registerType(command: Command): void {
  withLines(withAs(onPane(command).argument('[text...]', 'the text; - reads stdin'))).action(
    act(async (context, command) => {
      const [name = '', ...words] = command.args;
      const { as, bracketed = false } = command.opts<{ as?: string; bracketed?: boolean }>();
      const text = await textFrom(words, 'type');
      const given = await actingOn(context, name, as);
      return actResult(context, await invoke(context, 'type', { ...given, text, takesLines: bracketed }), name);
    }),
  );
}

/** For a text of several lines. */
export function withLines(command: Command): Command {
  return command.option(
    '--bracketed',
    'a program that nobody knows takes several lines as one input (bracketed paste): you say so',
  );
}
