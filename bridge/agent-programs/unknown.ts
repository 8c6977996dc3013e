import type { Reading } from '../core/reading.ts';
import { readPromptScreen } from '../screen/prompt.ts';
import { evidence } from '../screen/rows.ts';
import type { Profile } from '../screen/screen-reader.ts';
import { unknownManner } from './manners.ts';

/** A program that no profile knows. Its words are read, so that its requests are seen; its state is never guessed. */
export const unknown: Profile = {
  name: 'unknown',
  programs: [],
  manner: unknownManner,
  quietStepsMs: [],
  read(snapshot) {
    const screen = readPromptScreen(snapshot);
    const { facts, foreground, program } = snapshot;
    if (facts.dead) return reading('exited', 'dead', 'the pane is dead');
    if (foreground === 'shell' && program === null) return reading('unknown', 'shell', 'a shell is in the foreground');
    return reading('unknown', 'no-profile', `no profile knows ${program ?? facts.command}; --agent names one`);

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
};
