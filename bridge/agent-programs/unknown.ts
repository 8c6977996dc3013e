import type { Reading } from '../core/reading.ts';
import { readPromptScreen } from '../screen/prompt.ts';
import { evidence } from '../screen/rows.ts';
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
      const screen = readPromptScreen(snapshot);
      const { facts, foreground, program } = snapshot;
      if (facts.dead) return reading('exited', 'dead', 'the pane is dead');
      if (foreground === 'shell' && program === null)
        return reading('unknown', 'shell', 'a shell is in the foreground');
      return reading('unknown', 'no-profile', `unknown agent program ${program ?? facts.command}; --agent names one`);

      function reading(state: 'exited' | 'unknown', rule: string, detail: string): Reading {
        return {
          state,
          agent: 'unknown',
          why: [evidence(rule, detail)],
          composer: screen.composer,
          dialog: null,
          turn: screen.turn,
        };
      }
    },
  },
};
