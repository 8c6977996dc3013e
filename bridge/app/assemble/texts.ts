import type { Clock } from '../../core/clock.ts';
import { steadyClock } from '../../host/clock.ts';
import type { Journal } from '../../journal/journal.ts';
import type { DeliveryQueue } from '../../messages/delivery-queue.ts';
import type { Panes } from '../../panes/panes.ts';
import type { TmuxServers } from '../../tmux/servers.ts';
import type { Changes } from '../changes.ts';
import type { Projects } from '../projects.ts';
import { TextSender } from '../send-text.ts';

/** Texts on their way to a pane. */
export function assembleTexts(parts: {
  clock: Clock;
  mint: () => string;
  journal: Journal;
  panes: Panes;
  servers: TmuxServers;
  deliveries: DeliveryQueue;
  projects: Projects;
  changes: Changes;
}): TextSender {
  const { servers, deliveries, projects, ...rest } = parts;
  return new TextSender({
    ...rest,
    post: deliveries,
    waits: steadyClock,
    viaFor: (pane) => projects.configFor(pane).via,
    notifyFor: (pane) => servers.notifyFor(pane),
  });
}
