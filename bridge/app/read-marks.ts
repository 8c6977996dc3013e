import { addressKey, type PaneAddress } from '../core/pane.ts';
import { isFresh, type ReadMark } from '../core/read-mark.ts';
import type { Memory } from './worker-records.ts';

/** Of so many panes, by whomever, it is remembered what was read; the oldest are forgotten first. */
const mostMarks = 200;
const documentKey = 'read-marks';

type Marks = Readonly<Record<string, ReadMark>>;

/** What was read of panes, and by whom: one mark for each reader and pane, which serves for one act. */
export class ReadMarks {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  keep(mark: ReadMark): void {
    this.#memory.transact(() => {
      const { [keyOf(mark.reader, mark.pane)]: _before, ...others } = this.#marks;
      const fresh = Object.entries(others).filter(([, one]) => isFresh(one, mark.at));
      const newest = fresh.sort(([, a], [, b]) => a.at - b.at).slice(-(mostMarks - 1));
      this.#save({ ...Object.fromEntries(newest), [keyOf(mark.reader, mark.pane)]: mark });
    });
  }

  of(reader: string, pane: PaneAddress): ReadMark | null {
    return this.#marks[keyOf(reader, pane)] ?? null;
  }

  /** Within a transaction: of two who take it at the same time one gets it. */
  take(reader: string, pane: PaneAddress): ReadMark | null {
    const { [keyOf(reader, pane)]: mark, ...others } = this.#marks;
    if (mark === undefined) return null;
    this.#save(others);
    return mark;
  }

  get #marks(): Marks {
    return this.#memory.memory<Marks>(documentKey) ?? {};
  }

  #save(marks: Marks): void {
    this.#memory.saveMemory(documentKey, marks);
  }
}

function keyOf(reader: string, pane: PaneAddress): string {
  return JSON.stringify([reader, addressKey(pane)]);
}
