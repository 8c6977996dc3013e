import { describe, expect, test } from 'vitest';
import type { Bridge } from '../../bridge/app/bridge.ts';
import { playAll } from '../faults/hostile.ts';
import { caseNamed, nameOf } from '../faults/hostile-factors.ts';
import { type Outcome, storyOf } from '../faults/hostile-summary.ts';
import { never } from '../faults/hostile-verdict.ts';
import { monotonic } from '../fixtures/monotonic.mjs';

const unattended = { panes: 5, persons: 0 };
const inAMinute = () => monotonic() + 60_000;
const quietly = () => {};

/** Those that come to an end soon; `npm run faults -- hostile` is the whole of it. */
const some = [
  // without the lock that both bridges know, these two texts are submitted as one
  'paste=late,fault=other-bridge,at=before-paste#22',
  'fault=synchronized,at=before-paste#23',
  'fault=swapped,at=before-paste,body=lines#24',
  'fault=dialog,at=before-paste#25',
].map(caseNamed);

test('hostile agents get nothing lost, nothing doubled, no approval, and no untrue word out of the bridge', async () => {
  const outcomes = await playAll(some, unattended, inAMinute(), quietly);
  const wrong = outcomes.flatMap(({ case: one, found }) =>
    found.filter(({ is }) => never.includes(is)).map(({ is, what }) => `${is}: ${what}: ${nameOf(one)}`),
  );
  const stories = outcomes.filter(({ found }) => found.some(({ is }) => never.includes(is))).flatMap(storyOf);
  expect(wrong, stories.join('\n')).toEqual([]);
  expect(outcomes).toHaveLength(some.length);
}, 120_000);

function withoutConditions({ servers }: Bridge): void {
  const types = (argv: readonly string[]) => /send-keys|paste-buffer/.test(argv[5] ?? '');
  for (const tmux of servers.all) {
    const run = tmux.run.bind(tmux);
    // `if-shell -F -t %N FORMAT ACT OTHERWISE`, and another one in ACT
    const always = (word: string, at: number) =>
      at === 4 ? '1' : at === 5 ? word.replace(/(if-shell -F -t %\d+ )"(?:\\.|[^"\\])*"/, '$11') : word;
    tmux.run = (...argv) => run(...(types(argv) ? argv.map(always) : argv));
  }
}

describe('a bridge that does wrong is caught', () => {
  const dialogs = ['fault=dialog,at=before-enter#81', 'style=generic,fault=dialog,at=before-enter#82'].map(caseNamed);
  const synchronized = caseNamed('fault=synchronized,at=before-enter#84');
  const isCaught = ({ case: one, found }: Outcome) =>
    found.some(({ what }) =>
      one === synchronized ? what === 'another pane was made to read "\\r"' : /^approved .* tmux had drawn$/.test(what),
    );

  test('with its conditions taken away, its Enter approves what tmux had drawn, and goes to a neighbour too', async () => {
    // on a busy machine a delivery may end before its Enter, or tmux draw the dialog after it: then there was nothing to
    // catch, and it is played again
    let left = [...dialogs, synchronized];
    const stories: string[] = [];
    for (let round = 0; round < 5 && left.length > 0; round++) {
      const outcomes = await playAll(left, unattended, inAMinute(), quietly, withoutConditions);
      const missed = outcomes.filter((outcome) => !isCaught(outcome));
      // a person's No may come before an Enter that was pressed on the dialog: then that press is called harm
      const uncalled = missed.filter(
        ({ played, found }) =>
          played.steps.some(({ kind, view }) => kind === 'press' && view?.dialog) &&
          !found.some(({ is }) => is === 'harm'),
      );
      expect(uncalled, uncalled.flatMap(storyOf).join('\n')).toEqual([]);
      stories.push(...missed.flatMap(storyOf));
      left = missed.map(({ case: one }) => one);
    }
    expect(left.map(nameOf), stories.join('\n')).toEqual([]);
  });

  test('with every paste done twice, texts are doubled', async () => {
    const outcomes = await playAll([caseNamed('body=lines#83')], unattended, inAMinute(), quietly, ({ main: tmux }) => {
      const run = tmux.run.bind(tmux);
      tmux.run = (...argv) => run(...argv.map((word) => word.replace(/(paste-buffer .*?) -d( .*? ;)/, '$1$2 $1$2')));
    });
    expect(outcomes[0]!.found).toContainEqual(expect.objectContaining({ is: 'doubled' }));
  });
});
