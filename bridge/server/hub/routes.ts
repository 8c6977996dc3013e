import type * as z from 'zod';
import type { Single } from '../../api/index.ts';
import type { Who } from './gate.ts';
import { paneTarget, targetShape } from './pane-target.ts';

/** One route of `/api/v1`: which method answers it, whom it lets in, and what of the method's arguments it takes. */
export interface Route {
  readonly verb: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** a `:name` is the argument of that name */
  readonly path: string;
  readonly ask: Single;
  readonly who: Extract<Who, 'any-token' | 'person' | 'admin'>;
  readonly says: string;
  /** arguments that the route settles */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** what counts where the caller says nothing else */
  readonly usual?: Readonly<Record<string, unknown>>;
  /** what the caller gives, where that is not the method's own arguments, and what they become */
  readonly given?: z.ZodRawShape;
  readonly become?: (given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

const anybody = 'any-token';

/** Everything under `/api/v1` but the events, in the order of its description. */
export const routes: readonly Route[] = [
  row('GET', '/overview', 'overview', 'person', 'What the bridge does now, and what waits for you'),
  row('GET', '/alerts', 'alerts', 'person', 'The last calls for you, and what became of each'),
  row('POST', '/alerts/test', 'tryAlerts', 'person', 'Call you by every way that is set up'),
  row('GET', '/settings', 'settings', 'person', 'Who is asked, limits, and the rules in their order'),
  row(
    'POST',
    '/rules/try',
    'tryRule',
    'person',
    'What a rule would have decided of the last requests; changes nothing',
  ),
  row('GET', '/whoami', 'whoami', anybody, 'As whom this token speaks'),

  row('GET', '/members', 'members', anybody, 'Who has a name, where each is, and what it does'),
  // which command is run is said on this machine alone
  row('POST', '/members', 'add', 'person', 'A name before there is a pane of that name, or what is said of a member', {
    fixed: { revive: undefined },
  }),
  row('DELETE', '/members/:name', 'remove', 'person', 'Forget a member; what waits for it is withdrawn'),
  row('POST', '/members/:name/rename', 'rename', 'person', 'Call it by another name; its mail stays its own'),
  row(
    'POST',
    '/members/:name/revive',
    'revive',
    'person',
    'Start one that is gone, by the command that is named for it',
  ),
  row('GET', '/agents', 'startable', 'person', 'What can be started here: agent programs, and the projects for them'),
  row('POST', '/agents', 'start', 'person', 'Start an agent of the catalogue in a project that is known, under a name'),
  row('POST', '/members/:name/enable', 'enable', 'person', 'It gets mail', { fixed: { isEnabled: true } }),
  row('POST', '/members/:name/disable', 'enable', 'person', 'It gets no mail', { fixed: { isEnabled: false } }),
  row('GET', '/groups', 'groups', anybody, 'Every group with its members'),
  row('POST', '/groups/:group/members', 'group', 'person', 'Put members into a group', { fixed: { act: 'add' } }),
  row('POST', '/groups/:group/members/remove', 'group', 'person', 'Take members out of a group', {
    fixed: { act: 'remove' },
  }),

  row('POST', '/messages', 'tell', anybody, 'Write to members; the answer says what became of it so far', {
    usual: { waitMs: 0 },
  }),
  row('GET', '/messages/unread', 'inbox', anybody, 'What you have not read; nothing is marked', {
    fixed: { peek: true, shown: null },
  }),
  row(
    'POST',
    '/messages/bells',
    'bells',
    anybody,
    'Of what you are still to be told; and what your own bridge told you of',
  ),
  row('POST', '/messages/read', 'ack', anybody, 'Mark messages as read'),
  row('GET', '/messages/history', 'history', anybody, 'What was written, oldest first'),
  row('GET', '/messages/search', 'search', anybody, 'The messages that hold all of these words'),
  row('GET', '/messages/waiting', 'waiting', 'person', 'What somebody has not been told of, and why'),
  row('GET', '/messages/:id', 'show', anybody, 'One message, and what became of it for each'),
  row('DELETE', '/messages/:id', 'unsend', anybody, 'Take a message back from those who were not told of it'),
  row(
    'GET',
    '/threads',
    'threads',
    anybody,
    'The threads, the one that was written to last first; those before a `seq`',
  ),
  row('GET', '/threads/:name', 'thread', anybody, 'The last messages of a thread'),
  row('POST', '/threads/:thread/release', 'release', 'person', 'Let a thread go on that the loop guard holds'),

  row('GET', '/requests', 'requests', anybody, 'What workers asked, and who is to answer'),
  row('GET', '/requests/:id', 'show', anybody, 'One request whole'),
  row('GET', '/requests/:id/story', 'story', 'person', 'The screen that it was opened on, and each step since'),
  row('POST', '/requests/:id/answer', 'answer', anybody, 'Answer it, or choose in its dialog; with the receipt'),
  row('POST', '/requests/:id/dismiss', 'dismiss', 'person', 'End it without an answer'),
  row('POST', '/requests/:id/settle', 'settle', 'person', 'You saw that its answer arrived'),
  row('GET', '/deliveries/:id', 'show', 'person', 'One text that was sent, with its receipt'),
  row('GET', '/pauses', 'pauses', 'person', 'Which workers are paused'),
  row('POST', '/pause', 'pause', 'person', 'Nothing automatic for a worker, or for all'),
  row('POST', '/resume', 'resume', 'person', 'End a pause'),

  row('GET', '/panes', 'list', 'person', 'The panes of the tmux server, and what is in them', { pane: false }),
  row('GET', '/panes/watched', 'panes', 'person', 'The panes that the bridge watches'),
  row('GET', '/panes/snapshot', 'snapshot', 'person', 'The screen of one pane', { pane: true, usual: { lines: 100 } }),
  row('GET', '/panes/status', 'status', 'person', 'What one pane shows: busy, idle, a dialog', { pane: true }),
  row('GET', '/hosts', 'hosts', 'person', 'The other machines, and since when one is away'),

  row('GET', '/tokens', 'tokens', 'admin', 'Every token, without what it is'),
  row('POST', '/tokens', 'addToken', 'admin', 'Give a token; it is told this once'),
  row('DELETE', '/tokens/:name', 'revokeToken', 'admin', 'Have a token count no more'),
];

function row(
  verb: Route['verb'],
  path: string,
  ask: Single,
  who: Route['who'],
  says: string,
  { pane, ...more }: Pick<Route, 'fixed' | 'usual'> & { readonly pane?: boolean } = {},
): Route {
  if (pane === undefined) return { verb, path, ask, who, says, ...more };
  const given = targetShape({ isOne: pane });
  return { verb, path, ask, who, says, ...more, given, become: paneTarget };
}
