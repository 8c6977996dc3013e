import { describe, expect, test } from 'vitest';
import { type CourierHarness, courierHarness } from './courier-harness.ts';
import { fakeComposerFacts } from './fake-pane.ts';

/** A program whose list of commands opens below the composer, as gemini's does; Enter takes the list's first name. */
const listed = '^ ([a-z]+) {2,}\\S';

function one(
  commands: NonNullable<typeof fakeComposerFacts.commands> = { echoes: true },
  character = {},
): CourierHarness {
  const made = courierHarness(character);
  made.pane.facts = { ...fakeComposerFacts, commands };
  made.pane.commands = { '/compact': (pane) => pane.words.push('compacted') };
  return made;
}

const command = ({ delivery }: CourierHarness, body: string, change: Parameters<CourierHarness['delivery']>[1] = {}) =>
  delivery(body, { kind: 'command', ...change });

test('a command is typed as it stands, one Enter is pressed, and the receipt is that it left the composer', async () => {
  const harness = one({ append: ' ', echoes: true });
  expect(await harness.attempt(command(harness, '/compact'))).toMatchObject({
    is: 'acknowledged',
    receipt: { evidence: 'composer-emptied' },
  });
  expect([harness.pane.pastes, harness.pane.keys, harness.pane.ran]).toEqual([['/compact '], ['Enter'], ['/compact']]);
  expect(harness.memory.states).toEqual(['claimed', 'typed', 'submitted', 'acknowledged']);
  expect(harness.pane.submissions).toEqual([]);
});

test('a command that opens a dialog is seen to have opened it, and no key follows', async () => {
  const harness = one();
  harness.pane.commands = {
    '/model': (pane) => {
      pane.menu = { command: 'which model', options: [['large', '1']], at: 0 };
    },
  };
  const state = await harness.attempt(command(harness, '/model'));
  expect(state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'dialog-opened' } });
  await harness.clock.pass(30_000);
  expect([harness.pane.keys, harness.pane.choices]).toEqual([['Enter'], []]);
});

test.each([
  ['hides the composer', { state: 'unknown', composer: { is: 'absent' } }],
  ['is read as another draft', { composer: { is: 'draft', text: 'large\nsmall' } }],
] as const)('a list that %s: uncertain, and Enter is pressed once', async (_, torn) => {
  const harness = one();
  harness.pane.commands = {
    '/resume': (pane) => {
      pane.torn = torn;
    },
  };
  const state = await harness.attempt(command(harness, '/resume'));
  expect(state).toMatchObject({ is: 'uncertain', reason: expect.stringContaining('is not to be seen since') });
  expect(harness.pane.keys).toEqual(['Enter']);
});

test.each(['busy', 'dialog'] as const)('while the agent is at %s, nothing is typed', async (what) => {
  const harness = one();
  harness.pane.change((pane) => {
    pane[what] = true;
  });
  harness.pane.settle();
  for (const force of [false, true]) {
    const state = await harness.attempt(
      command(harness, '/compact', { options: { force: force && what === 'dialog', allowShell: false } }),
    );
    expect(state).toMatchObject({ is: 'held', reason: what });
  }
  expect([harness.pane.pastes, harness.pane.keys]).toEqual([[], []]);
});

test('over a draft nothing is typed', async () => {
  const harness = one();
  harness.pane.composer = 'half a thought';
  harness.pane.settle();
  expect(await harness.attempt(command(harness, '/compact'))).toMatchObject({ is: 'held', reason: 'draft' });
  expect(harness.pane.composer).toBe('half a thought');
});

test('an agent of which nothing is known about commands gets none', async () => {
  const harness = courierHarness();
  expect(await harness.attempt(command(harness, '/compact'))).toMatchObject({
    is: 'failed',
    reason: expect.stringContaining('never measured'),
  });
  expect([harness.pane.pastes, harness.pane.keys]).toEqual([[], []]);
});

test.each(['!ls', 'compact', '/tmp/x', '/compact\nnow', ' '])('%j is no command, and is not typed', async (text) => {
  const harness = one();
  expect(await harness.attempt(command(harness, text))).toMatchObject({ is: 'failed' });
  expect(harness.pane.pastes).toEqual([]);
});

test('a list from which Enter would choose another command keeps Enter away', async () => {
  const harness = one({ listed, echoes: true });
  harness.pane.lists = (draft) => (draft.startsWith('/comp') ? [' compact   make it short'] : []);
  const state = await harness.attempt(command(harness, '/comp'));
  expect(state).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('choose "compact", not /comp'),
  });
  expect([harness.pane.keys, harness.pane.composer]).toEqual([[], '/comp']);
});

test('a name that the list does not have would be prose, and Enter is not pressed', async () => {
  const harness = one({ listed, echoes: true });
  const state = await harness.attempt(command(harness, '/nosuch'));
  expect(state).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('would take it for prose'),
  });
  expect([harness.pane.keys, harness.pane.submissions]).toEqual([[], []]);
});

test('a list that opens late is waited for, and its first row must still stand there as Enter is pressed', async () => {
  const harness = one({ listed, echoes: true });
  let isOpen = false;
  harness.pane.lists = (draft) => (isOpen && draft.startsWith('/comp') ? [' compact   make it short'] : []);
  harness.clock.after(1_500, () => {
    isOpen = true;
    harness.pane.redraw();
  });
  expect(await harness.attempt(command(harness, '/compact'))).toMatchObject({ is: 'acknowledged' });

  const moved = one({ listed, echoes: true });
  let first = ' compact   make it short';
  moved.pane.lists = (draft) => (draft.startsWith('/comp') ? [first] : []);
  moved.pane.before = (act) => {
    if (act !== 'press') return;
    first = ' compare   another one';
    moved.pane.settle();
  };
  expect(await moved.attempt(command(moved, '/compact'))).toMatchObject({ is: 'typed-not-submitted' });
  expect([moved.pane.keys, moved.pane.ran]).toEqual([[], []]);
});

test('words behind the name need no list; a list that would put another word there keeps Enter away', async () => {
  const harness = one({ listed, echoes: true });
  harness.pane.commands = { '/model set small': () => {} };
  expect(await harness.attempt(command(harness, '/model set small'))).toMatchObject({ is: 'acknowledged' });
  const other = one({ listed, echoes: true });
  other.pane.lists = (draft) => (draft === '' ? [] : [' smaller   another one']);
  expect(await other.attempt(command(other, '/model set small'))).toMatchObject({ is: 'typed-not-submitted' });
  expect(other.pane.keys).toEqual([]);
});

test('words behind a name are refused for an agent that would take them for prose', async () => {
  const harness = one({ isAlone: true, echoes: true });
  expect(await harness.attempt(command(harness, '/status extra'))).toMatchObject({
    is: 'failed',
    reason: expect.stringContaining('send /status alone'),
  });
  expect(harness.pane.pastes).toEqual([]);
});

test('a command that is put back into the composer was not run, and is not pressed again', async () => {
  const harness = one();
  harness.pane.commands = {
    '/nosuch': (pane) => {
      pane.words = ['unknown command'];
      harness.clock.after(100, () =>
        pane.change((back) => {
          back.composer = '/nosuch';
        }),
      );
    },
  };
  const state = await harness.attempt(command(harness, '/nosuch'));
  expect(state).toMatchObject({
    is: 'typed-not-submitted',
    reason: expect.stringContaining('still stands in the composer'),
  });
  expect(harness.pane.keys).toEqual(['Enter']);
});

test('an agent that echoes no commands, and shows it among the inputs, took it for prose: uncertain', async () => {
  const harness = one({ echoes: false });
  expect(await harness.attempt(command(harness, '/nosuch'))).toMatchObject({
    is: 'uncertain',
    reason: expect.stringContaining('seems not to know that command'),
  });
  expect(harness.pane.submissions).toEqual(['/nosuch']);
  const known = one({ echoes: false });
  expect(await known.attempt(command(known, '/compact'))).toMatchObject({ is: 'acknowledged' });
});

test('an Enter that is lost is not pressed again', async () => {
  const harness = one(undefined, { losesEnters: 1 });
  expect(await harness.attempt(command(harness, '/compact'))).toMatchObject({ is: 'typed-not-submitted' });
  expect([harness.pane.keys, harness.pane.ran]).toEqual([['Enter'], []]);
});

test('somebody who empties the composer before Enter, or presses a key after it, leaves it uncertain', async () => {
  const harness = one();
  harness.pane.after = (act) => {
    if (act === 'press') harness.pane.human('C-u');
  };
  expect(await harness.attempt(command(harness, '/compact'))).toMatchObject({ is: 'uncertain' });
  const cleared = one();
  cleared.pane.before = (act) => {
    if (act !== 'press') return;
    cleared.pane.composer = '';
    cleared.pane.settle();
  };
  expect(await cleared.attempt(command(cleared, '/compact'))).not.toMatchObject({ is: 'acknowledged' });
  expect(cleared.pane.keys).toEqual([]);
});

test('after a restart no Enter is pressed, wherever the bridge died', async () => {
  const typed = one();
  typed.pane.composer = '/compact';
  typed.pane.settle();
  const state = { is: 'typed', at: 0 } as const;
  expect(await typed.reconcile(command(typed, '/compact', { state }))).toMatchObject({ is: 'typed-not-submitted' });
  const gone = one();
  const submitted = { is: 'submitted', at: 0 } as const;
  expect(await gone.reconcile(command(gone, '/compact', { state: submitted }))).toMatchObject({ is: 'uncertain' });
  expect([typed.pane.keys, gone.pane.keys, gone.pane.pastes]).toEqual([[], [], []]);
});

/** A program whose composer a key empties. */
const erases = { erase: 'C-e C-u', echoes: true } as const;

describe('a command that was not run, alone in the composer', () => {
  const refusing = () => {
    const harness = one({ ...erases, listed });
    harness.pane.lists = (draft) => (draft.startsWith('/comp') ? [' compact   make it short'] : []);
    return harness;
  };
  /** It says so, and leaves the command where it is. */
  const unknowing = (harness: CourierHarness) => ({
    '/nosuch': (pane: CourierHarness['pane']) => {
      pane.words = ['unknown command'];
      harness.clock.after(100, () =>
        pane.change((back) => {
          back.composer = '/nosuch';
        }),
      );
    },
  });

  test('is taken out of it again, where no Enter was pressed: nothing of it is left', async () => {
    const harness = refusing();
    const state = await harness.attempt(command(harness, '/comp'));
    expect(state).toMatchObject({
      is: 'failed',
      reason: expect.stringMatching(/choose "compact", not \/comp; Enter was not pressed, and it was taken out/),
    });
    expect([harness.pane.keys, harness.pane.composer, harness.pane.ran]).toEqual([['C-e', 'C-u'], '', []]);
  });

  test('is taken out of it where the agent was seen to refuse it; whether it ran, Enter being pressed, is not said to be certain', async () => {
    const harness = one(erases);
    harness.pane.commands = unknowing(harness);
    const state = await harness.attempt(command(harness, '/nosuch'));
    expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('it was taken out') });
    expect([harness.pane.keys, harness.pane.composer]).toEqual([['Enter', 'C-e', 'C-u'], '']);
  });

  test('stays, and that is said, where no key is known that takes it away', async () => {
    const harness = one({ echoes: true, listed });
    const state = await harness.attempt(command(harness, '/nosuch'));
    expect(state).toMatchObject({
      is: 'typed-not-submitted',
      reason: expect.stringContaining('it still stands in the composer'),
    });
    expect([harness.pane.keys, harness.pane.composer]).toEqual([[], '/nosuch']);
  });

  test('stays where the key does nothing, and that is said', async () => {
    const harness = refusing();
    harness.pane.ignores = ['C-u'];
    const state = await harness.attempt(command(harness, '/comp'));
    expect(state).toMatchObject({
      is: 'typed-not-submitted',
      reason: expect.stringContaining('it still stands in the composer'),
    });
    expect([harness.pane.keys, harness.pane.composer]).toEqual([['C-e', 'C-u'], '/comp']);
  });

  test('stays with what somebody has typed behind it, however late', async () => {
    const early = refusing();
    early.clock.after(1_000, () => early.pane.human('x'));
    expect(await early.attempt(command(early, '/comp'))).toMatchObject({ is: 'typed-not-submitted' });
    expect([early.pane.keys, early.pane.composer]).toEqual([[], '/compx']);

    const late = refusing();
    late.pane.before = (act) => {
      if (act === 'press') late.pane.human('x');
    };
    expect(await late.attempt(command(late, '/comp'))).toMatchObject({ is: 'typed-not-submitted' });
    await late.clock.pass(1_000);
    expect([late.pane.keys, late.pane.composer]).toEqual([[], '/compx']);
  });

  test('is somebody’s as soon as they have pressed a key, whatever they made of it', async () => {
    const harness = refusing();
    harness.clock.after(1_000, () => {
      harness.pane.human('x');
      harness.clock.after(200, () => harness.pane.human('BSpace'));
    });
    expect(await harness.attempt(command(harness, '/comp'))).toMatchObject({ is: 'typed-not-submitted' });
    await harness.clock.pass(1_000);
    expect([harness.pane.keys, harness.pane.composer]).toEqual([[], '/comp']);
  });

  test('stays under a dialog that opens in the very step', async () => {
    const harness = refusing();
    harness.pane.before = (act) => {
      if (act !== 'press') return;
      harness.pane.dialog = true;
      harness.pane.settle();
    };
    expect(await harness.attempt(command(harness, '/comp'))).toMatchObject({ is: 'typed-not-submitted' });
    expect([harness.pane.keys, harness.pane.approvals]).toEqual([[], []]);
  });

  test('stays after an Enter that moved nothing: that may still be on its way, and would run what is gone then', async () => {
    const lost = one(erases, { losesEnters: 1 });
    const state = await lost.attempt(command(lost, '/compact'));
    expect(state).toMatchObject({
      is: 'typed-not-submitted',
      reason: expect.stringContaining('it still stands in the composer'),
    });
    expect([lost.pane.keys, lost.pane.composer]).toEqual([['Enter'], '/compact']);

    const stopped = one(erases);
    stopped.pane.before = (act) => {
      if (act === 'press') stopped.pane.stall(20_000);
    };
    expect(await stopped.attempt(command(stopped, '/compact'))).toMatchObject({ is: 'typed-not-submitted' });
    await stopped.clock.pass(30_000);
    expect([stopped.pane.keys, stopped.pane.ran]).toEqual([['Enter'], ['/compact']]);
  });

  test('is never said to have failed once Enter was pressed: a program that draws may read it late', async () => {
    const harness = one(erases);
    harness.pane.before = (act) => {
      if (act !== 'press' || harness.pane.keys.length > 0) return;
      harness.pane.stall(6_000);
      harness.clock.after(1_000, () => {
        harness.pane.banner = ['a minute has passed'];
        harness.pane.redraw();
      });
    };
    const state = await harness.attempt(command(harness, '/compact'));
    await harness.clock.pass(30_000);
    expect(harness.pane.ran).toEqual(['/compact']);
    expect(['typed-not-submitted', 'uncertain']).toContain(state.is);
  });

  test('one that a half drawn frame shows as gone is looked at again', async () => {
    const harness = refusing();
    harness.pane.ignores = ['C-u'];
    harness.pane.after = (act) => {
      if (act !== 'press') return;
      harness.pane.torn = { composer: { is: 'empty' } };
      harness.clock.after(100, () => {
        harness.pane.torn = null;
        harness.pane.redraw();
      });
    };
    expect(await harness.attempt(command(harness, '/comp'))).toMatchObject({
      is: 'typed-not-submitted',
      reason: expect.stringContaining('still stands'),
    });
  });

  test('what is in the composer after a restart is left to a person', async () => {
    const harness = one(erases);
    harness.pane.composer = '/compact';
    harness.pane.settle();
    const state = await harness.reconcile(command(harness, '/compact', { state: { is: 'typed', at: 0 } }));
    expect(state).toMatchObject({ is: 'typed-not-submitted', reason: expect.stringContaining('it still stands') });
    expect(harness.pane.keys).toEqual([]);
  });
});
