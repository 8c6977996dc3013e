import { setTimeout as delay } from 'node:timers/promises';
import type { PrivateTmux } from '../fixtures/private-tmux.ts';
import { type Frame, rowsOf } from './terminal-svg.ts';

const everyMs = 80;
/** Nobody watches a screen on which nothing happens. */
const longestMs = 1_400;

export interface Filmed {
  readonly title: string;
  readonly paneId: string;
  readonly columns: number;
}

/**
 * What these panes show while `acting` goes on, as often as it changes. Waits longer than a moment are shortened; nothing else is.
 * @param nameless takes out of a screen what nobody needs
 */
export async function film(
  tmux: PrivateTmux,
  panes: readonly Filmed[],
  { acting, nameless }: { readonly acting: () => Promise<void>; readonly nameless: (text: string) => string },
): Promise<Frame[]> {
  const taken: Frame[] = [];
  const startedAt = performance.now();
  const take = async () => {
    const screens = await Promise.all(
      panes.map(async ({ title, paneId, columns }) => {
        const rows = rowsOf(nameless(await tmux.run('capture-pane', '-e', '-p', '-t', paneId)));
        return { title, columns, rows };
      }),
    );
    if (JSON.stringify(taken.at(-1)?.screens) !== JSON.stringify(screens))
      taken.push({ atMs: performance.now() - startedAt, screens });
  };
  await take();
  let isOver = false;
  const acted = acting().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await take();
    await Promise.race([delay(everyMs), acted]);
  }
  await acted;
  return shortened(taken);
}

function shortened(taken: readonly Frame[]): Frame[] {
  let at = 0;
  let before = 0;
  return taken.map((one) => {
    at += Math.min(one.atMs - before, longestMs);
    before = one.atMs;
    return { ...one, atMs: Math.round(at) };
  });
}
