import type { Run } from '../../core/cell-runs.ts';
import { visible } from '../../core/visible.ts';
import { coloursOf, schemes } from '../colours.ts';

/** Rows of a terminal as they are drawn: characters, colours and weight; what would be obeyed or not be seen is an escape. */
export function Cells({ rows, scheme }: { rows: ReadonlyArray<readonly Run[]>; scheme: 'dark' | 'light' }) {
  return (
    <div class="cells">
      {rows.map((runs, at) => (
        <div key={at} style={{ background: groundOf(runs, scheme) }}>
          {runs.length === 0 ? '\n' : runs.map((run, index) => <Cell key={index} run={run} scheme={scheme} />)}
        </div>
      ))}
    </div>
  );
}

/** Of a row that has one ground from its first cell to its last: it was painted to the edge, and tmux before 3.4 tells that of no cell without text. */
function groundOf(runs: readonly Run[], scheme: 'dark' | 'light'): string | undefined {
  const [first] = runs;
  const isOne = first?.bg !== undefined && runs.every(({ bg, reverse }) => bg === first.bg && !reverse);
  return isOne ? (coloursOf({ text: '', bg: first.bg! }, schemes[scheme])?.background ?? undefined) : undefined;
}

/** Colours go by the element's own style: the page's policy allows no style in its text, and none that a program names. */
function Cell({ run, scheme }: { run: Run; scheme: 'dark' | 'light' }) {
  const text = visible(run.text);
  const colours = coloursOf(run, schemes[scheme]);
  const names = (['bold', 'italic', 'underline'] as const).filter((name) => run[name]);
  if (colours === null && names.length === 0) return <>{text}</>;
  return (
    <span
      class={names.length === 0 ? undefined : names.join(' ')}
      style={colours === null ? undefined : { color: colours.color, background: colours.background ?? undefined }}
    >
      {text}
    </span>
  );
}
