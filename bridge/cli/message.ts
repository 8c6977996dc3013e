import { type Command, Option } from 'commander';
import { type PaneEnvelope, paneEnvelopes } from '../core/pane-envelope.ts';
import { act } from './context.ts';
import { invoke } from './invoke.ts';
import { actingOn, actResult, onPane, withAs } from './pane-act.ts';
import { textFrom } from './text.ts';
import { withLines } from './type.ts';

export function registerMessage(command: Command): void {
  withLines(withAs(onPane(command).argument('[text...]', 'the text; - reads stdin')))
    .addOption(new Option('--envelope <look>', 'how it says who wrote').choices(paneEnvelopes).default('bridge'))
    .action(
      act(async (context, command) => {
        const [name = '', ...words] = command.args;
        const flags = command.opts<{ as?: string; bracketed?: boolean; envelope: PaneEnvelope }>();
        const { as, bracketed = false, envelope } = flags;
        const text = await textFrom(words, 'message');
        const given = { ...(await actingOn(context, name, as)), text, takesLines: bracketed, envelope };
        return actResult(context, await invoke(context, 'message', given), name);
      }),
    );
}
