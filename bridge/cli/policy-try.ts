import type { Command } from 'commander';
import type { ResultOf } from '../api/index.ts';
import { rulesIn } from '../app/rule-trial.ts';
import { firstLine } from '../core/first-line.ts';
import { visibleLine } from '../core/visible.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { short } from './live-log.ts';
import { paint } from './output.ts';
import { countOf, textFrom, textOf } from './text.ts';

type Trial = ResultOf<'tryRule'>;
type Decided = Trial['decided'][number];

const indent = ' '.repeat(8);
const asksLimit = 80 - indent.length;

export function registerPolicyTry(policy: Command): void {
  const command = policy
    .command('try')
    .argument('<file>', 'a rule as it would stand under `policy:`, or a list of them; - reads it from stdin')
    .description('try a rule on what was asked before: which requests it would have decided, and how; changes nothing')
    .option('-n, --last <count>', 'on how many requests, those that were opened last', '200')
    .addHelpText(
      'after',
      '\nThe rule is tried alone, before all others, as of the time at which each was asked. Once it decides what it should and nothing else, put it under `policy:` of bridge.yaml, and restart the bridge.\n',
    );
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const [file = '-'] = command.args;
      const rule = file === '-' ? await textFrom(['-'], 'policy try') : textOf(file, 'policy try', 'policy try');
      const last = countOf(command.opts<{ last: string }>().last, '--last');
      const found = (await hasNothing(context.config.home))
        ? nothingTried(rule)
        : await invoke(context, 'tryRule', { rule, last });
      context.out.result([...found.decided.flatMap(lines), summary(found)].join('\n'), found);
      return 0;
    }),
  );
}

/** Where no bridge has run there is no history, and a rule may be wrong all the same. */
function nothingTried(rule: string): Trial {
  rulesIn(rule);
  return { tried: 0, decided: [] };
}

function summary({ tried, decided }: Trial): string {
  if (tried === 0) return 'nothing was asked yet: `bridge policy test` tries rules on recorded screens';
  return `of the last ${tried} requests it would have decided ${decided.length}`;
}

/** Which it was and what it asked; below, what would have become of it, and what did. */
function lines(one: Decided): string[] {
  const at = new Date(one.openedAt).toISOString().replace('T', ' ').slice(0, 16);
  const asks = paint('bold', firstLine(visibleLine(one.asks), asksLimit));
  return [
    `${visibleLine(`${short(one.id)}  ${at}Z  ${one.worker}  ${one.kind}`)}`,
    `${indent}${asks}`,
    `${indent}rule ${one.rule + 1} ${wouldHave(one)}; it was: ${visibleLine(one.became)}`,
  ];
}

function wouldHave({ would, what, why }: Decided): string {
  if (why !== null) return `fits, but that is left to you (${visibleLine(why)})`;
  switch (would) {
    case 'answer':
      return `would have answered ${JSON.stringify(firstLine(visibleLine(what ?? '')))}`;
    case 'choose':
      return `would have chosen ${JSON.stringify(firstLine(visibleLine(what ?? '')))}`;
    case 'ignore':
      return 'would have ignored it';
    default:
      return `would have asked ${would === 'human' ? 'you' : 'the controller'}`;
  }
}
