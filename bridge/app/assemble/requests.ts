import type { PublicEvent, RequestEvent } from '../../core/events.ts';
import type { Journal } from '../../journal/journal.ts';
import { Requests } from '../../requests/requests.ts';
import type { Projects } from '../projects.ts';
import { type EffectParts, requestEffects } from '../request-effects.ts';

/** Open requests, with the rules and limits of each worker's project, and what their steps have others do. */
export function assembleRequests(
  parts: EffectParts & {
    mint: () => string;
    journal: Journal;
    projects: Projects;
    emit: (event: RequestEvent | PublicEvent) => void;
  },
): Requests {
  const { clock, mint, journal, projects, emit } = parts;
  return new Requests({
    memory: journal,
    clock,
    mint,
    settingsFor: ({ pane }) => {
      const { config, rules } = projects.settingsFor(pane);
      const limits = {
        answersPerHour: config.answersPerHour,
        consecutive: config.consecutiveAnswers,
        perDay: config.answersPerDay,
      };
      return { rules, limits, defaultTo: config.mode === 'manual' ? 'human' : 'controller' };
    },
    perform: requestEffects(parts),
    on: emit,
  });
}
