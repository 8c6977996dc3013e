import { isatty } from 'node:tty';

/** What we write goes to these; nohup leaves neither of them on a terminal. */
const outputs = [1, 2];

/**
 * SIGHUP as a bridge takes it. It ends where a terminal that it writes to has been closed. Elsewhere it goes on, and opens
 * its log anew: that is how it lives under nohup and lets its log be rotated. Whether SIGHUP was ignored when it began it
 * cannot know, since Node does not keep that.
 * @param parts.lost the terminal has been closed
 * @param parts.goesOn nothing has been closed
 */
export function onHangup(parts: { lost: () => void; goesOn: () => void }): void {
  const terminals = outputs.filter((fd) => isatty(fd));
  process.on('SIGHUP', () => {
    if (terminals.some((fd) => !isatty(fd))) parts.lost();
    else parts.goesOn();
  });
}
