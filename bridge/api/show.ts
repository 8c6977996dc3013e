import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { usageError } from '../core/failure.ts';
import { isShownTo } from './answerer.ts';
import { id } from './arguments.ts';
import { archivedView, type ForViews, findRequest, viewIn } from './find-request.ts';
import { keptName, ofArgs } from './history.ts';
import { method } from './method.ts';
import { messageShown, wholeMessageView } from './show-message.ts';
import { requestView, textView } from './views.ts';

/** One request whole, wherever it is kept; a text that was sent; or a message between members. */
export const show = method({
  name: 'show',
  args: z.object({ id, of: ofArgs }),
  result: z.union([requestView, textView, z.object({ message: wholeMessageView })]),
  async run(bridge: ForShow, given) {
    const { journal } = bridge;
    if (given.of !== null) return ownOf(bridge, given.id, keptName(bridge.directory, given.of));
    const id = given.id.replace(/^#/, '');
    const isMessage = id !== given.id || journal.mail.message(id) !== null;
    const message = isMessage ? (messageShown(bridge, id) ?? missing(id)) : null;
    if (message !== null) return { message };
    const sent = journal.delivery(id) ?? journal.deliveries().find((one) => one.id.endsWith(id));
    const request = journal.request(id) ?? journal.requests().find((one) => one.id.endsWith(id));
    if (sent && !request) return { sent };
    // the last characters of an id: requests were there before messages
    const found = request ? null : messageShown(bridge, id);
    if (found !== null) return { message: found };
    const archived = request ? null : archivedView(bridge, id);
    return archived ?? viewIn(bridge, findRequest(bridge, id));
  },
});

type ForShow = ForViews & Pick<Bridge, 'config' | 'directory' | 'messages'>;

/** What a member wrote, was written, asked or may answer: of all else it is not even told that it is there. */
function ownOf(bridge: ForShow, given: string, member: string) {
  const id = given.replace(/^#/, '');
  const [message] = [bridge.journal.mail.message(id) ?? [], bridge.journal.mail.messagesEnding(id)].flat();
  if (message !== undefined && (message.from.name === member || message.to.includes(member)))
    return { message: messageShown(bridge, message.id) ?? missing(id) };
  const request = bridge.journal.requests().find((one) => one.id.endsWith(id));
  if (request !== undefined && isShownTo(bridge, request, member)) return viewIn(bridge, request);
  throw usageError('id', id, 'unknown', 'only what you wrote, were written, asked or may answer is shown');
}

function missing(id: string): never {
  throw usageError('message', id, 'unknown', '`bridge history` lists them');
}
