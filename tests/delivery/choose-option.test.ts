import { expect, test } from 'vitest';
import type { Delivery } from '../../bridge/core/envelope.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';
import { dialogOf, type Menu } from './fake-pane.ts';

const keyed: Menu = {
  command: 'npm test',
  options: [
    ['Yes, proceed', 'y'],
    ['Yes, always', 'p'],
    ['No', 'Escape'],
  ],
  at: 0,
};
const keyless: Menu = { ...keyed, options: keyed.options.map(([label]) => [label, null] as const) };

function opened(menu: Menu, character: Parameters<typeof courierHarness>[0] = {}): CourierHarness {
  const made = courierHarness(character);
  made.pane.menu = menu;
  made.pane.settle();
  return made;
}

function choosing({ delivery }: CourierHarness, menu: Menu, label: string, change: Partial<Delivery> = {}): Delivery {
  return delivery(label, { dialog: dialogOf(menu).fingerprint, ...change });
}

test('an option with a key of its own is chosen by one press, and the closed dialog is the receipt', async () => {
  const one = opened(keyed);
  const state = await one.attempt(choosing(one, keyed, 'Yes, proceed'));
  expect(state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'dialog-closed' } });
  expect(one.pane.choices).toEqual([{ label: 'Yes, proceed', command: 'npm test', by: 'courier' }]);
  expect(one.pane.keys).toEqual(['y']);
  expect(one.pane.pastes).toEqual([]);
  expect(one.memory.states).toEqual(['claimed', 'typed', 'acknowledged']);
  expect(one.memory.kinds).toContain('delivery-pressed');
});

test('an option without a key is highlighted step by step, and only then confirmed', async () => {
  for (const [label, from, keys] of [
    ['No', 0, ['Down', 'Down', 'Enter']],
    ['Yes, proceed', 2, ['Up', 'Up', 'Enter']],
    ['Yes, always', 1, ['Enter']],
  ] as const) {
    const menu = { ...keyless, at: from };
    const one = opened(menu);
    expect(await one.attempt(choosing(one, menu, label))).toMatchObject({ is: 'acknowledged' });
    expect(one.pane.choices).toMatchObject([{ label }]);
    expect(one.pane.keys).toEqual(keys);
  }
});

test('a dialog that takes the place of another between the look and the press is not answered', async () => {
  for (const command of ['npm test; rm -rf /', 'rm -rf /', 'npm  test', 'npm test\n    && rm -rf /']) {
    for (const menu of [keyed, keyless]) {
      const one = opened(menu);
      one.pane.before = (act) => {
        if (act === 'press')
          one.pane
            .change((pane) => {
              pane.menu = { ...menu, command };
            })
            .settle();
      };
      const state = await one.attempt(choosing(one, menu, 'Yes, proceed'));
      expect(state).toMatchObject({ is: 'held', reason: 'dialog' });
      expect(one.pane.keys).toEqual([]);
      one.pane.before = () => {};
      const then = await one.attempt(one.memory.stored!);
      expect(then).toMatchObject({ is: 'cancelled', reason: expect.stringContaining('another-dialog-opened') });
      expect(one.pane.choices).toEqual([]);
    }
  }
});

test('a dialog that was closed meanwhile is left alone, and so is the draft below', async () => {
  const one = opened(keyed);
  one.pane
    .change((pane) => {
      pane.menu = null;
      pane.composer = 'half a thought';
    })
    .settle();
  expect(await one.attempt(choosing(one, keyed, 'Yes, proceed'))).toMatchObject({ is: 'cancelled' });
  expect(one.pane.keys).toEqual([]);
  expect(one.pane.composer).toBe('half a thought');
});

test('an option of another name, or one of two of the same name, is not chosen', async () => {
  const renamed = opened(keyed);
  expect(await renamed.attempt(choosing(renamed, keyed, 'Yes'))).toMatchObject({ is: 'failed' });
  const twins: Menu = { ...keyed, options: [...keyed.options, ['No', 'n']] };
  const twice = opened(twins);
  expect(await twice.attempt(choosing(twice, twins, 'No'))).toMatchObject({ is: 'failed' });
  expect([...renamed.pane.keys, ...twice.pane.keys]).toEqual([]);
  const relabelled = opened({ ...keyed, options: [['Yes, and always', 'y'], keyed.options[1]!, keyed.options[2]!] });
  expect(await relabelled.attempt(choosing(relabelled, keyed, 'Yes, proceed'))).toMatchObject({ is: 'cancelled' });
  expect(relabelled.pane.keys).toEqual([]);
});

test('in a window that types into all its panes no option is chosen, and no highlight moves on', async () => {
  for (const menu of [keyed, keyless]) {
    const before = opened(menu);
    before.pane.synchronized = true;
    expect(await before.attempt(choosing(before, menu, 'No'))).toMatchObject({ is: 'held', reason: 'synchronized' });
    const during = opened(menu);
    during.pane.before = (act) => {
      if (act === 'press') during.pane.synchronized = true;
    };
    expect(await during.attempt(choosing(during, menu, 'No'))).toMatchObject({ is: 'held' });
    expect([...before.pane.keys, ...during.pane.keys]).toEqual([]);
  }
  const moved = opened(keyless);
  moved.pane.after = () => {
    moved.pane.synchronized = true;
  };
  expect(await moved.attempt(choosing(moved, keyless, 'No'))).toMatchObject({ is: 'held' });
  expect(moved.pane.keys).toEqual(['Down']);
  expect(moved.pane.choices).toEqual([]);
});

test('a highlight that a person moves is not confirmed', async () => {
  const one = opened(keyless);
  let presses = 0;
  one.pane.before = (act) => {
    if (act !== 'press' || ++presses < 2) return;
    one.pane
      .change((pane) => {
        pane.menu = { ...keyless, at: 2 };
      })
      .settle();
  };
  expect(await one.attempt(choosing(one, keyless, 'Yes, always'))).toMatchObject({ is: 'held', reason: 'dialog' });
  expect(one.pane.keys).toEqual(['Down']);
  expect(one.pane.choices).toEqual([]);
});

test('nothing is pressed while a person is at the keys, reads in copy mode, or the agent is another one', async () => {
  const active = opened(keyed);
  active.pane.keyAt = active.clock.now() - 500;
  expect(await active.attempt(choosing(active, keyed, 'No'))).toMatchObject({ is: 'held', reason: 'human-active' });
  const copying = opened(keyed);
  copying.pane.inMode = true;
  expect(await copying.attempt(choosing(copying, keyed, 'No'))).toMatchObject({ is: 'held', reason: 'copy-mode' });
  const other = opened(keyed);
  const meant = choosing(other, keyed, 'No');
  other.pane
    .change((pane) => {
      pane.agentPid = 999;
    })
    .settle();
  expect(await other.attempt(meant)).toMatchObject({ is: 'cancelled' });
  for (const one of [active, copying, other]) expect(one.pane.keys).toEqual([]);
});

test('a dialog whose rows stand on the screen twice, or that is wrapped by the terminal, is not pressed into', async () => {
  const twice = opened(keyed);
  twice.pane.banner = ['  $ npm test'];
  twice.pane.settle();
  expect(await twice.attempt(choosing(twice, keyed, 'No'))).toMatchObject({ is: 'held', reason: 'dialog' });
  const long = { ...keyed, command: `echo ${'x'.repeat(200)}` };
  const wrapped = opened(long);
  expect(await wrapped.attempt(choosing(wrapped, long, 'No'))).toMatchObject({ is: 'held', reason: 'dialog' });
  expect([...twice.pane.keys, ...wrapped.pane.keys]).toEqual([]);
});

test('what keeps being held back is given up, and a person is told', async () => {
  const one = opened(keyed);
  one.pane.banner = ['  $ npm test'];
  one.pane.settle();
  let delivery = choosing(one, keyed, 'No');
  for (let turn = 0; turn < 5; turn++) {
    await one.attempt(delivery);
    delivery = one.memory.stored!;
  }
  expect(delivery.state).toMatchObject({ is: 'failed', reason: expect.stringContaining('5 attempts') });
});

test('another dialog that opens at once is a receipt for the first one, and is not answered', async () => {
  const one = opened(keyed);
  one.pane.nextMenu = { ...keyed, command: 'rm -rf /' };
  const state = await one.attempt(choosing(one, keyed, 'Yes, proceed'));
  expect(state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'another-dialog-opened' } });
  expect(one.pane.choices).toHaveLength(1);
});

test('a key that changes nothing is never pressed again', async () => {
  for (const menu of [keyed, keyless]) {
    const one = opened(menu);
    one.pane.deaf = true;
    const state = await one.attempt(choosing(one, menu, 'Yes, proceed'));
    expect(state).toMatchObject({ is: 'uncertain' });
    expect(one.pane.keys).toHaveLength(1);
  }
});

test('a program that starts anew after the choice has closed its dialog', async () => {
  const one = opened(keyed);
  one.pane.after = () => {
    one.pane.torn = { dialog: null, state: 'starting', composer: { is: 'absent' } };
  };
  const state = await one.attempt(choosing(one, keyed, 'Yes, proceed'));
  expect(state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'dialog-closed' } });
});

test('an empty screen after the key is a closed dialog once it has stood, and no blink of one', async () => {
  const empty = opened(keyed);
  empty.pane.after = () => {
    empty.pane.deaf = true;
    empty.pane.blank = true;
  };
  expect(await empty.attempt(choosing(empty, keyed, 'No'))).toMatchObject({
    is: 'acknowledged',
    receipt: { evidence: 'dialog-closed' },
  });
  const blink = opened(keyed);
  blink.pane.deaf = true;
  blink.pane.after = () => {
    blink.pane.blank = true;
    blink.clock.after(400, () => {
      blink.pane.blank = false;
    });
  };
  expect(await blink.attempt(choosing(blink, keyed, 'No'))).toMatchObject({ is: 'uncertain' });
});

const numbered: Menu = {
  ...keyed,
  options: keyed.options.map(([label], index) => [label, String(index + 1)] as const),
  keysMove: 'there',
};

test('a key that only moves the highlight is confirmed by Enter once the option is seen highlighted', async () => {
  for (const [label, from, key] of [
    ['No', 0, '3'],
    ['Yes, proceed', 2, '1'],
  ] as const) {
    const menu = { ...numbered, at: from };
    const one = opened(menu);
    const state = await one.attempt(choosing(one, menu, label));
    expect(state).toMatchObject({ is: 'acknowledged', receipt: { evidence: 'dialog-closed' } });
    expect(one.pane.choices).toEqual([{ label, command: 'npm test', by: 'courier' }]);
    expect(one.pane.keys).toEqual([key, 'Enter']);
    expect(one.memory.kinds.filter((kind) => kind === 'delivery-pressed')).toHaveLength(2);
  }
});

test('an option that was highlighted before its key is not confirmed: nothing shows that the key was read', async () => {
  const one = opened(numbered);
  expect(await one.attempt(choosing(one, numbered, 'Yes, proceed'))).toMatchObject({ is: 'uncertain' });
  expect(one.pane.keys).toEqual(['1']);
});

test('a highlight that went to another option is not confirmed', async () => {
  const menu: Menu = { ...numbered, keysMove: 'astray' };
  const one = opened(menu);
  expect(await one.attempt(choosing(one, menu, 'Yes, always'))).toMatchObject({ is: 'uncertain' });
  expect(one.pane.keys).toEqual(['2']);
  expect(one.pane.choices).toEqual([]);
});

test('a moved highlight is not confirmed where the program drew anything else: it may have chosen already', async () => {
  for (const draws of [
    (pane: CourierHarness['pane']) => void pane.words.push('restarting'),
    (pane: CourierHarness['pane']) => {
      pane.title = 'restarting';
    },
  ]) {
    const one = opened(numbered);
    one.pane.after = () => void one.clock.after(2_000, () => one.pane.change(draws));
    expect(await one.attempt(choosing(one, numbered, 'No'))).toMatchObject({ is: 'uncertain' });
    expect(one.pane.keys).toEqual(['3']);
    expect(one.pane.choices).toEqual([]);
  }
});

test('no Enter follows a moved highlight once a person was at the keys, or another dialog stands there', async () => {
  const touched = opened(numbered);
  touched.pane.after = () => void touched.clock.after(2_000, () => touched.pane.human('Down'));
  expect(await touched.attempt(choosing(touched, numbered, 'No'))).toMatchObject({ is: 'uncertain' });
  expect(touched.pane.keys).toEqual(['3']);

  const replaced = opened(numbered);
  let presses = 0;
  replaced.pane.before = (act) => {
    if (act === 'press' && ++presses === 2)
      replaced.pane
        .change((pane) => {
          pane.menu = { ...numbered, command: 'rm -rf /', at: 2 };
        })
        .settle();
  };
  expect(await replaced.attempt(choosing(replaced, numbered, 'No'))).toMatchObject({ is: 'uncertain' });
  expect(replaced.pane.keys).toEqual(['3']);
  expect([...touched.pane.choices, ...replaced.pane.choices]).toEqual([]);
});

test('Enter after a moved highlight is pressed once, even where nothing comes of it', async () => {
  const one = opened(numbered);
  one.pane.deaf = true;
  expect(await one.attempt(choosing(one, numbered, 'No'))).toMatchObject({ is: 'uncertain' });
  expect(one.pane.keys).toEqual(['3', 'Enter']);
});

test('a dialog that closes under a person’s hands gives no receipt', async () => {
  const one = opened(keyed);
  one.pane.deaf = true;
  one.pane.after = () => void one.clock.after(3_000, () => one.pane.human('Escape'));
  expect(await one.attempt(choosing(one, keyed, 'Yes, proceed'))).toMatchObject({ is: 'uncertain' });
  expect(one.pane.choices).toMatchObject([{ by: 'human' }]);
});

test('after a crash no key is pressed again, whatever the screen shows', async () => {
  const typed = { is: 'typed', at: 1_800_000_000_000 } as const;
  const still = opened(keyed);
  expect(await still.reconcile(choosing(still, keyed, 'No', { state: typed }))).toMatchObject({
    is: 'typed-not-submitted',
  });
  const gone = opened(keyed);
  gone.pane
    .change((pane) => {
      pane.menu = null;
    })
    .settle();
  expect(await gone.reconcile(choosing(gone, keyed, 'No', { state: typed }))).toMatchObject({ is: 'uncertain' });
  expect([...still.pane.keys, ...gone.pane.keys]).toEqual([]);
});

test('the state is committed before the key: a crash between the two leaves a press that never happened, not two', async () => {
  const one = opened(keyed);
  one.memory.crash = (when, next) => {
    if (when === 'before' && next.state.is === 'typed') throw new Error('the disk is full');
  };
  await expect(one.clock.until(one.courier.attempt(choosing(one, keyed, 'No')))).rejects.toThrow('the disk is full');
  expect(one.pane.keys).toEqual([]);
});

test('a torn frame without the dialog is not believed', async () => {
  const one = opened(keyed);
  let looks = 0;
  one.pane.before = (act) => {
    if (act !== 'look') return;
    one.pane.torn = ++looks === 1 ? { dialog: null, state: 'idle', composer: { is: 'empty' } } : null;
  };
  const state = await one.attempt(choosing(one, keyed, 'Yes, proceed'));
  expect(state.is).not.toBe('cancelled');
  const again = await one.attempt(one.memory.stored!);
  expect(again).toMatchObject({ is: 'acknowledged' });
});
