import { useMemo, useState } from 'preact/hooks';
import { visible, visibleLine } from '../../core/visible.ts';
import { clockTime, now, span } from '../clock.ts';
import { useNow } from '../hooks.ts';

/** More is drawn when somebody wants it: a browser lays out a megabyte in seconds. */
const shownAtFirst = 20_000;

/** What others wrote, whole, as text: what would be obeyed or not be seen stands there as an escape. */
export function Words({ text, mono = false, label }: { text: string; mono?: boolean; label: string }) {
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && text.length > shownAtFirst;
  const shown = useMemo(() => visible(isCut ? text.slice(0, shownAtFirst) : text), [text, isCut]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach it */}
      <section class={mono ? 'words mono' : 'words'} aria-label={label} tabIndex={0}>
        {shown}
      </section>
      {isCut && (
        <button type="button" class="quiet" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString()} characters
        </button>
      )}
    </>
  );
}

const shortest = 200;

/** The same on one line, of which a list shows the beginning. */
export function Line({ text, most = shortest }: { text: string; most?: number }) {
  return <>{lineOf(text, most)}</>;
}

export function lineOf(text: string, most = shortest): string {
  const line = text
    .slice(0, most * 2)
    .replace(/\s+/g, ' ')
    .trim();
  return visibleLine(line.length > most ? `${line.slice(0, most - 1)}…` : line);
}

/** How long ago, and when exactly. */
export function Ago({ at }: { at: number }) {
  const instant = useNow(now);
  return (
    <time dateTime={new Date(at).toISOString()} title={clockTime(at)}>
      {span(instant - at)}
    </time>
  );
}

export function At({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>;
}
