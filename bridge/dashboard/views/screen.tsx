import { useEffect, useMemo, useRef } from 'preact/hooks';
import { visible } from '../../core/visible.ts';
import { useAsked } from '../hooks.ts';
import { Fault } from '../parts/marks.tsx';

interface Snapshot {
  readonly snapshot: { readonly lines: readonly string[]; readonly width: number; readonly height: number };
}

const lookEveryMs = 1_000;

/** A pane as it is now: the characters of its cells and nothing that its program sent. */
export function Screen({ pane, way }: { pane: string; way: string }) {
  const cut = way.search(/(?<=^[A-Za-z0-9][A-Za-z0-9._-]*):/);
  const host = cut < 0 ? '' : way.slice(0, cut);
  const socket = cut < 0 ? way : way.slice(cut + 1);
  const query = new URLSearchParams({ pane, lines: '60', ...(host && { host }), ...(socket && { socket }) });
  const { value, fault } = useAsked<Snapshot>(`/panes/snapshot?${query}`, null, lookEveryMs);
  const text = useMemo(() => value?.snapshot.lines.map((line) => visible(line)).join('\n') ?? '', [value]);
  const box = useRef<HTMLElement>(null);
  const isThere = value !== null;
  // what an agent does stands at the bottom; from then on whoever looks scrolls
  useEffect(() => {
    if (isThere) box.current?.scrollTo(0, box.current.scrollHeight);
  }, [isThere]);
  return (
    <>
      <Fault fault={fault} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach it */}
      <section ref={box} class="words mono terminal" aria-label="The screen, now" tabIndex={0}>
        {text}
      </section>
    </>
  );
}
