import { type Colour, followLine, newPen, type Pen } from './pen.ts';

/** Cells beside each other that are drawn alike. What is left out is as usual: the terminal's own colours, nothing else. */
export interface Run {
  readonly text: string;
  readonly fg?: Colour;
  readonly bg?: Colour;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly reverse?: true;
}

/** A program that colours each cell by itself makes no row longer than this; what comes after is drawn as its last run. */
export const mostRuns = 400;

/** Lines of one `capture-pane -e`, in order, as they are drawn: without escapes, links or what hides text; usual blanks at the end are left out. */
export function runsOf(lines: readonly string[]): Run[][] {
  const pen = newPen();
  return lines.map((line) => readRuns(line, pen));
}

const flags = ['bold', 'dim', 'italic', 'underline', 'reverse'] as const;

function readRuns(line: string, pen: Pen): Run[] {
  const runs: Run[] = [];
  followLine(line, pen, (text) => {
    const last = runs.at(-1);
    if (last !== undefined && (runs.length >= mostRuns || isDrawn(last, pen)))
      runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push(runWith(pen, text));
  });
  const last = runs.at(-1);
  if (last === undefined || last.bg !== undefined || last.underline || last.reverse) return runs;
  const text = last.text.trimEnd();
  return [...runs.slice(0, -1), ...(text === '' ? [] : [{ ...last, text }])];
}

function isDrawn(run: Run, pen: Pen): boolean {
  return (
    run.fg === (pen.fg ?? undefined) &&
    run.bg === (pen.bg ?? undefined) &&
    flags.every((flag) => (run[flag] ?? false) === pen[flag])
  );
}

function runWith(pen: Pen, text: string): Run {
  return {
    text,
    ...(pen.fg !== null && { fg: pen.fg }),
    ...(pen.bg !== null && { bg: pen.bg }),
    ...Object.fromEntries(flags.filter((flag) => pen[flag]).map((flag) => [flag, true as const])),
  };
}
