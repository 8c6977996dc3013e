import fc from 'fast-check';
import type { Character, FakePane } from './fake-pane.ts';

/** What a hostile environment does, at which instant after the attempt began. */
export const happenings: Record<string, (pane: FakePane) => void> = {
  'dialog opens': (pane) => pane.change((it) => set(it, { dialog: true })),
  'dialog closes': (pane) => pane.change((it) => set(it, { dialog: false })),
  'work begins': (pane) => pane.change((it) => set(it, { busy: true })),
  'work ends': (pane) => pane.change((it) => set(it, { busy: false })),
  'the composer is emptied': (pane) => pane.change((it) => set(it, { composer: '' })),
  'a person types': (pane) => pane.human('x'),
  'a person deletes': (pane) => pane.human('BSpace'),
  'a person clears': (pane) => pane.human('C-u'),
  'a person presses Enter': (pane) => pane.human('Enter'),
  'copy mode': (pane) => set(pane, { inMode: true }),
  'copy mode ends': (pane) => set(pane, { inMode: false }),
  'input off': (pane) => set(pane, { inputOff: true }),
  'the agent is replaced': (pane) => pane.relaunch(),
  'the agent ends': (pane) => pane.exitToShell(),
  'the agent is suspended': (pane) => set(pane, { foreground: 'shell' }),
  'the agent comes back': (pane) => set(pane, { foreground: 'agent' }),
  'the pane goes': (pane) => set(pane, { gone: true }),
  'a redraw': (pane) => pane.redraw(),
  'a stall': (pane) => pane.stall(1_500),
  'the window is synchronized': (pane) => set(pane, { synchronized: true }),
  'the window is synchronized no more': (pane) => set(pane, { synchronized: false }),
};

function set(pane: FakePane, change: Partial<FakePane>): void {
  Object.assign(pane, change);
}

export const characters: fc.Arbitrary<Partial<Character>> = fc.record({
  reactMs: fc.integer({ min: 0, max: 150 }),
  drawMs: fc.integer({ min: 0, max: 120 }),
  pieces: fc.constantFrom(1, 1, 4, 15),
  losesPastes: fc.constantFrom(0, 0, 0, 0, 0, 1, 2),
  losesEnters: fc.constantFrom(0, 0, 0, 0, 1, 2, 5),
  echoes: fc.boolean(),
  worksMs: fc.constantFrom(0, 30, 300, 4_000),
  asksAfterwards: fc.boolean(),
  markerAbove: fc.constantFrom(Number.POSITIVE_INFINITY, 100),
  composerRows: fc.constantFrom(Number.POSITIVE_INFINITY, 3),
});
export const schedules = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 9_000 }).map((ms) => (ms % 3 ? ms % 700 : ms)),
    what: fc.constantFrom(...Object.keys(happenings)),
  }),
  { maxLength: 5 },
);
const points = ['nowhere', 'nowhere', 'nowhere', 'claimed', 'typed', 'submitted', 'paste', 'press', 'input'];
export const crashes = fc.record({
  at: fc.constantFrom(...points),
  when: fc.constantFrom('before' as const, 'after' as const),
});
