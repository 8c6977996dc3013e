import type { Config } from '../../config/config-values.ts';
import type { Mailbox } from '../../controllers/mailbox.ts';
import type { Clock } from '../../core/clock.ts';
import type { PublicEvent, RequestEvent } from '../../core/events.ts';
import type { Journal } from '../../journal/journal.ts';
import type { DeliveryQueue } from '../../messages/delivery-queue.ts';
import type { Alerts } from '../../requests/alerts.ts';
import { Requests } from '../../requests/requests.ts';
import type { Dispatches } from '../dispatches.ts';
import type { Projects } from '../projects.ts';
import { requestEffects } from '../request-effects.ts';
import type { TextSender } from '../send-text.ts';

/** Open requests, with the rules and limits of each worker's project, and what their steps have others do. */
export function assembleRequests(parts: {
  config: Pick<Config, 'dryRun'>;
  clock: Clock;
  mint: () => string;
  journal: Journal;
  projects: Projects;
  dispatches: Dispatches;
  mailbox: Mailbox;
  alerts: Alerts;
  texts: TextSender;
  deliveries: DeliveryQueue;
  emit: (event: RequestEvent | PublicEvent) => void;
}): Requests {
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
