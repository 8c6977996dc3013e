import { expect, test } from 'vitest';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { differenceFrom, markRead } from '../../bridge/delivery/as-read.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';
import { dialogOf, type Menu } from './fake-pane.ts';

/** What one does in a pane that one has read: on exactly what was read, or not at all. */

const menu: Menu = {
  command: 'npm test',
  options: [
    ['Yes, proceed', 'y'],
    ['No', 'Escape'],
  ],
  at: 0,
};

/** Reads the pane as it is now. */
async function read({ pane }: CourierHarness) {
  const snapshot = (await pane.capture())!;
  return markRead('lead', { snapshot, reading: pane.read(snapshot) });
}

async function act(
  one: CourierHarness,
  kind: 'draft' | 'keys' | 'submit',
  body: string,
  change: Partial<Delivery> = {},
): Promise<Delivery> {
  return one.delivery(body, { kind, mark: await read(one), recipient: one.pane.identity, ...change });
}

const typed = (state: string) => expect.objectContaining({ is: state });

test('a text is typed once and left in the composer; the receipt says that it stands there', async () => {
  const one = courierHarness();
  const order = await act(one, 'draft', 'Which port?');
  expect(await one.attempt(order)).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'in-composer' } });
  expect([one.pane.pastes, one.pane.keys, one.pane.composer]).toEqual([['Which port?'], [], 'Which port?']);
  expect(one.memory.states).toEqual(['claimed', 'typed', 'acknowledged']);
  expect(one.pane.submissions).toEqual([]);
});

test('more is typed behind what one has typed before, and only there', async () => {
  const one = courierHarness();
  one.pane
    .change((pane) => {
      pane.composer = 'Which ';
    })
    .settle();
  expect(await one.attempt(await act(one, 'draft', 'port?', { draft: 'Which ' }))).toEqual(typed('acknowledged'));
  expect(one.pane.composer).toBe('Which port?');
});

test('Enter submits exactly the draft that was left there, with the receipt of a text', async () => {
  const one = courierHarness();
  one.pane
    .change((pane) => {
      pane.composer = 'Which port?';
    })
    .settle();
  const order = await act(one, 'submit', 'Which port?', { draft: 'Which port?' });
  expect(await one.attempt(order)).toMatchObject({
    is: 'acknowledged',
    receipt: { evidence: 'composer-emptied-and-echoed' },
  });
  expect([one.pane.submissions, one.pane.pastes, one.pane.keys]).toEqual([['Which port?'], [], ['Enter']]);
});

/** Between the read and the act the pane becomes something else: which fact differs is said, and nothing is typed. */
const changes: ReadonlyArray<readonly [string, (one: CourierHarness) => void, RegExp]> = [
  [
    'a dialog opens',
    ({ pane }) => {
      pane.menu = menu;
    },
    /a dialog has opened/,
  ],
  [
    'a draft is begun',
    ({ pane }) => {
      pane.composer = 'half';
    },
    /prompt was empty, and it holds another text/,
  ],
  [
    'it begins to work',
    ({ pane }) => {
      pane.busy = true;
    },
    /it was idle, and it is busy now/,
  ],
  ['the agent is started anew', ({ pane }) => pane.relaunch(), /another program runs in it now/],
  ['the agent ends', ({ pane }) => pane.exitToShell(), /another program runs in it now/],
];

test.each(changes)('%s after it was read: nothing is typed or pressed, and it is said', async (_, change, reason) => {
  for (const [kind, body] of [
    ['draft', 'x'],
    ['keys', 'Escape'],
  ] as const) {
    const one = courierHarness();
    const order = await act(one, kind, body);
    change(one);
    one.pane.settle();
    await one.clock.pass(50);
    const state = await one.attempt(order);
    expect(state).toMatchObject({ is: 'cancelled', reason: expect.stringMatching(/^not as it was read: /) });
    expect(state).toMatchObject({ reason: expect.stringMatching(reason) });
    expect([one.pane.pastes, one.pane.keys]).toEqual([[], []]);
  }
});

test('rows other than the one with the cursor may change', async () => {
  const one = courierHarness();
  one.pane
    .change((pane) => {
      pane.words = ['it said this'];
    })
    .settle();
  const order = await act(one, 'draft', 'x');
  one.pane
    .change((pane) => {
      pane.words = ['it said this', 'and more'];
    })
    .settle();
  await one.clock.pass(50);
  expect(await one.attempt(order)).toEqual(typed('acknowledged'));
});

test('the row with the cursor may not, also where nobody knows the program', async () => {
  const one = courierHarness();
  one.pane.agentPid = null;
  one.pane.foreground = 'shell';
  one.pane.settle();
  const order = await act(one, 'draft', 'ls', { options: { force: false, allowShell: true } });
  one.pane
    .change((pane) => {
      pane.composer = 'rm -rf ~/';
    })
    .settle();
  await one.clock.pass(50);
  expect(await one.attempt(order)).toMatchObject({ is: 'cancelled', reason: /row with the cursor/ });
  expect(one.pane.pastes).toEqual([]);
});

test('a screen that changes between the look and the key is caught by tmux itself', async () => {
  for (const [kind, body, at] of [
    ['draft', 'x', 'paste'],
    ['keys', 'Escape', 'press'],
  ] as const) {
    const one = courierHarness();
    const order = await act(one, kind, body);
    one.pane.before = (what) => {
      if (what === at)
        one.pane
          .change((pane) => {
            pane.dialog = true;
          })
          .settle();
    };
    expect(await one.attempt(order)).toMatchObject({ is: 'held' });
    expect([one.pane.pastes, one.pane.keys, one.pane.approvals]).toEqual([[], [], []]);
  }
});

test("another's draft, an open dialog, copy mode and a person at the keys hold, though they were read", async () => {
  const held: ReadonlyArray<readonly [string, (one: CourierHarness) => void]> = [
    [
      'draft',
      ({ pane }) =>
        pane
          .change((it) => {
            it.composer = 'of a person';
          })
          .settle(),
    ],
    [
      'dialog',
      ({ pane }) =>
        pane
          .change((it) => {
            it.menu = menu;
          })
          .settle(),
    ],
    [
      'copy-mode',
      ({ pane }) => {
        pane.inMode = true;
      },
    ],
    [
      'input-off',
      ({ pane }) => {
        pane.inputOff = true;
      },
    ],
    [
      'synchronized',
      ({ pane }) => {
        pane.synchronized = true;
      },
    ],
    [
      'human-active',
      ({ pane, clock }) => {
        pane.keyAt = clock.now();
      },
    ],
    [
      'gone',
      ({ pane }) => {
        pane.dead = true;
      },
    ],
  ];
  for (const [reason, make] of held) {
    for (const [kind, body] of [
      ['draft', 'x'],
      ['keys', 'Left'],
    ] as const) {
      const one = courierHarness();
      make(one);
      expect({ kind, ...(await one.attempt(await act(one, kind, body))) }).toMatchObject({ kind, is: 'held', reason });
      expect([one.pane.pastes, one.pane.keys]).toEqual([[], []]);
    }
  }
});

test('a draft of which one typed only a part is not one’s own', async () => {
  const one = courierHarness();
  one.pane
    .change((pane) => {
      pane.composer = 'Which port? And why?';
    })
    .settle();
  const order = await act(one, 'submit', 'Which port?', { draft: 'Which port?' });
  expect(await one.attempt(order)).toMatchObject({ is: 'held', reason: 'draft' });
  expect(one.pane.keys).toEqual([]);
});

test('Enter for a draft that has gone is refused', async () => {
  const one = courierHarness();
  expect(await one.attempt(await act(one, 'submit', 'Which port?'))).toMatchObject({
    is: 'cancelled',
    reason: expect.stringContaining('not in the prompt any more'),
  });
  expect(one.pane.keys).toEqual([]);
});

test('a dialog is answered only by keys that were meant for it', async () => {
  const one = courierHarness();
  one.pane
    .change((pane) => {
      pane.menu = menu;
    })
    .settle();
  const dialog = dialogOf(menu).fingerprint;
  const meant = await act(one, 'keys', 'y', { dialog });
  expect(await one.attempt(meant)).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'dialog-closed' } });
  expect(one.pane.choices).toMatchObject([{ label: 'Yes, proceed' }]);
  const other = courierHarness();
  other.pane
    .change((pane) => {
      pane.menu = menu;
    })
    .settle();
  const order = await act(other, 'keys', 'y', { dialog });
  other.pane
    .change((pane) => {
      pane.menu = { ...menu, command: 'rm -rf /' };
    })
    .settle();
  await other.clock.pass(50);
  expect(await other.attempt(order)).toMatchObject({ is: 'cancelled', reason: /another dialog/ });
  expect(other.pane.keys).toEqual([]);
});

test('a program that nobody knows takes a text, but not where its screen may be a dialog', async () => {
  const unknown = () => {
    const one = courierHarness();
    one.pane.torn = { agent: 'unknown', state: 'unknown' };
    one.pane.facts = { ...one.pane.facts, commandOpenings: [{ pattern: '^\\s*[!/]', prefix: null }] };
    return one;
  };
  const one = unknown();
  expect(await one.attempt(await act(one, 'draft', 'hello'))).toEqual(typed('acknowledged'));
  const asks = unknown();
  asks.pane.suspected = 'it asks "Overwrite? [y/N]"';
  expect(await asks.attempt(await act(asks, 'draft', 'y'))).toMatchObject({ is: 'held', reason: 'dialog' });
  expect(await asks.attempt(await act(asks, 'keys', 'Enter'))).toMatchObject({ is: 'held', reason: 'dialog' });
  for (const body of ['!rm x', '/quit', '  /quit', 'one\ntwo']) {
    const two = unknown();
    expect(await two.attempt(await act(two, 'draft', body))).toEqual(typed('failed'));
    expect(two.pane.pastes).toEqual([]);
  }
  const said = unknown();
  const options = { force: false, allowShell: false, takesLines: true };
  expect(await said.attempt(await act(said, 'draft', 'one\ntwo', { options }))).toEqual(typed('acknowledged'));
});

test('of a program that nobody knows the receipt says that the draft left the composer', async () => {
  const one = courierHarness({ echoes: false });
  one.pane
    .change((pane) => {
      pane.composer = 'hello';
    })
    .settle();
  one.pane.torn = { agent: 'unknown', state: 'unknown' };
  const order = await act(one, 'submit', 'hello', { draft: 'hello' });
  expect(await one.attempt(order)).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'left-the-composer' } });
  expect(one.pane.submissions).toEqual(['hello']);
  const deaf = courierHarness();
  deaf.pane
    .change((pane) => {
      pane.composer = 'hello';
    })
    .settle();
  deaf.pane.torn = { agent: 'unknown', state: 'unknown' };
  deaf.pane.deaf = true;
  const lost = await act(deaf, 'submit', 'hello', { draft: 'hello' });
  expect(await deaf.attempt(lost)).toMatchObject({ is: 'typed-not-submitted' });
  expect(deaf.pane.keys).toEqual(['Enter']);
});

test('a bare shell takes one line, and Enter runs it', async () => {
  const shell = () => {
    const one = courierHarness();
    one.pane.exitToShell();
    one.pane.settle();
    return one;
  };
  const options = { force: false, allowShell: true };
  const one = shell();
  expect(await one.attempt(await act(one, 'draft', 'ls /tmp;', { options }))).toEqual(typed('acknowledged'));
  expect(one.pane.composer).toBe('ls /tmp;');
  one.memory.stored = null;
  const submit = await act(one, 'submit', 'ls /tmp;', { options, draft: 'ls /tmp;' });
  expect(await one.attempt(submit)).toEqual(typed('acknowledged'));
  expect(one.pane.submissions).toEqual(['ls /tmp;']);
  const two = shell();
  expect(await two.attempt(await act(two, 'draft', 'ls\nrm x', { options }))).toEqual(typed('failed'));
  expect(two.pane.pastes).toEqual([]);
});

test('after a crash nothing is typed or pressed again', async () => {
  const one = courierHarness();
  one.pane
    .change((pane) => {
      pane.composer = 'Which port?';
    })
    .settle();
  const state = { is: 'typed', at: 0 } as const;
  expect(await one.reconcile(await act(one, 'draft', 'Which port?', { state }))).toMatchObject({
    is: 'acknowledged',
    receipt: { evidence: 'in-composer' },
  });
  const entered = courierHarness();
  entered.pane
    .change((pane) => {
      pane.composer = 'Which port?';
    })
    .settle();
  expect(await entered.reconcile(await act(entered, 'submit', 'Which port?', { state }))).toEqual(
    typed('typed-not-submitted'),
  );
  const gone = courierHarness();
  expect(await gone.reconcile(await act(gone, 'draft', 'Which port?', { state }))).toEqual(typed('uncertain'));
  expect([one, entered, gone].flatMap(({ pane }) => [...pane.pastes, ...pane.keys])).toEqual([]);
});

test('what is drawn dim in the row with the cursor is no change of it', async () => {
  const one = courierHarness();
  const mark = await read(one);
  const snapshot = (await one.pane.capture())!;
  const reading = one.pane.read(snapshot);
  const row = { text: '> try "fix the tests"', dim: [[2, 21]] as const };
  const hinted = { ...snapshot, rows: snapshot.rows.map((each, at) => (at === snapshot.cursorRow ? row : each)) };
  expect(differenceFrom(mark, { snapshot: hinted, reading })).toBeNull();
  const typedThere = { ...hinted, rows: hinted.rows.map((each) => ({ ...each, dim: [] })) };
  expect(differenceFrom(mark, { snapshot: typedThere, reading })).toMatchObject({ of: 'row' });
});
