import { readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { readLetter } from '../app/letters.ts';
import { BridgeError, messageOf, NotNow } from '../core/failure.ts';
import { isMintedId } from '../core/ids.ts';
import { mailOutbox } from '../host/mail-outbox.ts';
import { type Letter, letterArgs, sendLetter } from './letter.ts';
import { method } from './method.ts';

/** Whoever left a letter is not seen: the processes above a command cannot be asked any more. */
const unseen = { is: 'apart', program: 'a sandbox', reason: 'it left a file' } as const;

/** Takes up what senders that reach no bridge have left in the outbox of the state directory, each letter once. */
export const relay = method({
  name: 'relay',
  args: z.object({}),
  result: z.object({
    taken: z.array(z.string()).readonly(),
    /** put aside, beside the others */
    refused: z.array(z.object({ file: z.string(), reason: z.string() })).readonly(),
  }),
  async run(bridge: Bridge) {
    const folder = mailOutbox(bridge.config.home);
    const taken: string[] = [];
    const refused: Array<{ file: string; reason: string }> = [];
    // a dry run remembers nothing: it would be lost
    const names = bridge.config.dryRun ? [] : await readdir(folder).catch(() => []);
    for (const name of names.sort()) {
      const id = /^(.+)\.json$/.exec(name)?.[1];
      if (id === undefined || !isMintedId(id)) continue;
      const file = join(folder, name);
      try {
        const text = await readLetter(file);
        if (text === null) continue;
        await sendLetter(bridge, { ...parsed(text), ...hintIn(parsed(text), bridge), id, caller: unseen, above: [] });
        await unlink(file);
        taken.push(id);
      } catch (fault) {
        // another has taken it up just now; or it may be taken later, as when its recipient is disabled or the disk is full
        const isForNow = fault instanceof NotNow || (fault instanceof BridgeError && fault.what === 'journal');
        if (isForNow || isAway(fault) || !(await putAside(file))) continue;
        const reason = messageOf(fault);
        refused.push({ file: `${file}.refused`, reason });
        bridge.say('warning', `a message left in ${file} is refused: ${reason}`);
      }
    }
    return { taken, refused };
  },
});

/** Where it says it was written, on a server that is known: none is asked because of what a file says. */
function hintIn({ tmuxSocket, paneHint }: Letter, { servers }: Bridge): Pick<Letter, 'tmuxSocket' | 'paneHint'> {
  const isKnown = tmuxSocket === null || servers.all.some(({ socketPath }) => socketPath === tmuxSocket);
  return isKnown ? { tmuxSocket, paneHint } : { tmuxSocket: null, paneHint: null };
}

/** Beside the others, where nobody takes it up again. @returns false where another has just taken it up */
async function putAside(file: string): Promise<boolean> {
  try {
    await rename(file, `${file}.refused`);
    return true;
  } catch (fault) {
    if (isAway(fault)) return false;
    throw fault;
  }
}

function isAway(fault: unknown): boolean {
  return (fault as NodeJS.ErrnoException).code === 'ENOENT';
}

/** @throws Error saying what does not fit */
function parsed(text: string): Letter {
  const found = z.object(letterArgs).safeParse(JSON.parse(text));
  if (found.success) return found.data;
  const { path, message } = found.error.issues[0]!;
  throw new Error(`${path.join('.')} ${message}`);
}
