import { homedir } from 'node:os';
import type { Config } from '../../config/config-values.ts';
import type { Mailbox } from '../../controllers/mailbox.ts';
import type { Clock } from '../../core/clock.ts';
import type { PublicEvent } from '../../core/events.ts';
import type { LoopLimits } from '../../core/loop-guard.ts';
import { withShownMembers } from '../../core/mail-lines.ts';
import { isCalled } from '../../core/names.ts';
import { identityKey } from '../../core/pane.ts';
import { openRequests } from '../../core/request.ts';
import { homeFlag } from '../../host/home.ts';
import { GroupCommit } from '../../journal/group-commit.ts';
import type { Journal } from '../../journal/journal.ts';
import type { DeliveryQueue } from '../../messages/delivery-queue.ts';
import { Directory, type LivingPane } from '../../messages/directory.ts';
import { Membership } from '../../messages/membership.ts';
import { Messages } from '../../messages/messages.ts';
import type { Projects } from '../projects.ts';

/** A text that is typed ends the turn that asked: of these the answer comes first. */
const answeredFirst = ['request', 'question', 'approval'];

/** Members, and what they write to each other. */
export function assembleMessages(parts: {
  config: Pick<Config, 'home' | 'envelope' | 'members'>;
  clock: Clock;
  mint: () => string;
  journal: Journal;
  projects: Projects;
  deliveries: DeliveryQueue;
  living: () => readonly LivingPane[];
  limits: LoopLimits;
  /** null in a dry run: nothing is written */
  mailbox: Mailbox | null;
  emit: (event: PublicEvent) => void;
}): { directory: Directory; membership: Membership; messages: Messages } {
  const { clock, mint, journal, projects } = parts;
  const directory = new Directory({ memory: journal.mail, clock, living: parts.living });
  const membership = new Membership({ memory: journal.mail, clock, directory });
  const messages = new Messages({
    memory: journal,
    clock,
    mint,
    directory,
    queue: parts.deliveries,
    folder: parts.config.home,
    readWith: `bridge inbox${homeFlag(parts.config.home, homedir())}`,
    lookOf: (member) => {
      const names = [member, directory.member(member)?.called ?? member];
      const own = parts.config.members.find(({ name }) => names.some((one) => isCalled(one, name)));
      return own?.envelope ?? parts.config.envelope;
    },
    optionsFor: (pane) => ({ force: false, allowShell: false, via: projects.configFor(pane).via }),
    isAsking: (pane) =>
      journal
        .requests({ pane: identityKey(pane), states: openRequests })
        .some(({ kind, via }) => via === 'screen' && answeredFirst.includes(kind)),
    limits: parts.limits,
    commits: new GroupCommit(journal),
    place: (message) => {
      if (parts.mailbox === null) throw new Error('a dry run writes no pages');
      return parts.mailbox.publishMessage(withShownMembers(message, (name) => directory.shown(name)));
    },
    on: (event) => parts.emit(event),
  });
  return { directory, membership, messages };
}
