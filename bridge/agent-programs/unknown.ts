import type { Snapshot } from '../core/pane.ts';
import { readPromptScreen } from '../screen/prompt.ts';
import { type Verdict, verdict } from '../screen/verdict.ts';
import type { AgentProgram } from './agent-program.ts';
import { generic } from './generic.ts';

/** A program that is no agent program we know. Its words are read, so that its requests are seen; its state is never guessed. */
export const unknown: AgentProgram = {
  name: 'unknown',
  // agent programs that nobody has described: they execute what is typed no more than the others do
  programs: ['goose', 'amp', 'crush', 'cursor-agent', 'droid', 'auggie'],
  seenWith: [],
  composer: { ...generic.composer, agent: 'unknown' },
  screen: {
    quietStepsMs: [],
    read(snapshot) {
      const { composer, turn } = readPromptScreen(snapshot);
      return { ...judge(snapshot), agent: 'unknown', composer, dialog: null, turn };
    },
  },
};

function judge({ facts, foreground, program }: Snapshot): Verdict {
  if (facts.dead) return verdict('exited', 'dead', 'the pane is dead');
  if (foreground === 'shell' && program === null) return verdict('unknown', 'shell', 'a shell is in the foreground');
  return verdict('unknown', 'no-profile', `unknown agent program ${program ?? facts.command}; --agent names one`);
}
