import { useEffect, useRef } from 'preact/hooks';
import type { Run } from '../../core/cell-runs.ts';
import { useAsked, useScheme } from '../hooks.ts';
import { Cells } from '../parts/cells.tsx';
import { Fault } from '../parts/marks.tsx';

interface Snapshot {
  readonly snapshot: { readonly cells: ReadonlyArray<readonly Run[]> };
}

const lookEveryMs = 1_000;

/** A pane as it is now: the characters and colours of its cells, and nothing that its program sent. */
export function Screen({ pane, way }: { pane: string; way: string }) {
  const cut = way.search(/(?<=^[A-Za-z0-9][A-Za-z0-9._-]*):/);
  const host = cut < 0 ? '' : way.slice(0, cut);
  const socket = cut < 0 ? way : way.slice(cut + 1);
  const query = new URLSearchParams({
    pane,
    lines: '200',
    withCells: 'true',
    ...(host && { host }),
    ...(socket && { socket }),
  });
  const { value, fault } = useAsked<Snapshot>(`/panes/snapshot?${query}`, null, lookEveryMs);
  const scheme = useScheme();
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
        {value !== null && <Cells rows={value.snapshot.cells} scheme={scheme} />}
      </section>
    </>
  );
}
