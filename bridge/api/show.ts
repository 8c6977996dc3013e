import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { id } from './arguments.ts';
import { archivedView, type ForViews, findRequest, viewIn } from './find-request.ts';
import { method } from './method.ts';
import { wholeMessage, wholeMessageView } from './show-message.ts';
import { requestView, textView } from './views.ts';

/** One request whole, wherever it is kept; a text that was sent; or a message between members. */
export const show = method({
  name: 'show',
  args: z.object({ id }),
  result: z.union([requestView, textView, z.object({ message: wholeMessageView })]),
  async run(bridge: ForViews & Pick<Bridge, 'config' | 'directory' | 'messages'>, given) {
    const { journal } = bridge;
    const id = given.id.replace(/^#/, '');
    const message = journal.mail.message(id);
    if (message !== null || id !== given.id)
      return { message: wholeMessage(bridge, message ?? bridge.messages.named(id)) };
    const sent = journal.delivery(id) ?? journal.deliveries().find((one) => one.id.endsWith(id));
    const request = journal.request(id) ?? journal.requests().find((one) => one.id.endsWith(id));
    if (sent && !request) return { sent };
    // the last characters of an id: requests were there before messages
    if (!request && journal.mail.messagesEnding(id).length > 0)
      return { message: wholeMessage(bridge, bridge.messages.named(id)) };
    const archived = request ? null : archivedView(bridge, id);
    return archived ?? viewIn(bridge, findRequest(bridge, id));
  },
});
