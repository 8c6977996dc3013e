import * as z from 'zod';
import { asPaneId, asServerId } from '../core/ids.ts';
import { path, word } from './arguments.ts';

const paneId = word(32).transform((text, context) => {
  const found = asPaneId(text);
  if (found !== null) return found;
  context.addIssue({ code: 'custom', message: 'is not a pane id' });
  return z.NEVER;
});

const serverId = word(64).transform((text, context) => {
  const found = asServerId(text);
  if (found !== null) return found;
  context.addIssue({ code: 'custom', message: 'is not the id of a server' });
  return z.NEVER;
});

/** A `Target` of app/choose-pane.ts: which pane somebody means. */
export const targetArgs = z.object({
  host: word(64).nullable().default(null),
  socket: z.object({
    named: path.nullable(),
    noted: path.nullable(),
    env: z.object({
      TMUX: word(4096).optional(),
      TMUX_SOCKET: word(4096).optional(),
      TMUX_TMPDIR: word(4096).optional(),
    }),
  }),
  session: word().nullable(),
  pane: word().nullable(),
  label: word(),
  isLabelGiven: z.boolean(),
  agent: word().nullable(),
  pin: z
    .object({
      paneId,
      socketPath: path.nullable(),
      serverPid: z.number().nullable(),
      server: serverId.nullable(),
    })
    .nullable(),
  oneSession: z.boolean(),
});
