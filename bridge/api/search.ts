import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { usageError } from '../core/failure.ts';
import { word } from './arguments.ts';
import { keptName, lastArgs, ofArgs } from './history.ts';
import { messageView, viewOfMessage } from './inbox.ts';
import { method } from './method.ts';

/** The messages that hold all of these words, the last ones first. Whatever is given is words, in whatever case. */
export const search = method({
  name: 'search',
  args: z.object({ words: word(1_000), of: ofArgs, last: lastArgs }),
  result: z.array(messageView),
  async run(bridge: Pick<Bridge, 'journal' | 'directory'>, { words, of, last }) {
    if (!/[\p{L}\p{N}]/u.test(words)) throw usageError('search', words, 'holds no word: letters or digits');
    const member = of === null ? undefined : keptName(bridge.directory, of);
    return bridge.journal.mail.history.search(words, last, member).map((message) => viewOfMessage(bridge, message));
  },
});
