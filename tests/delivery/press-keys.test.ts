import { expect, test } from 'vitest';
import { keysOf, submits } from '../../bridge/core/keys.ts';
import { type CourierHarness, courierHarness } from './courier-harness.ts';
import { dialogOf, type Menu } from './fake-pane.ts';

const menu: Menu = {
  command: 'npm test',
  options: [
    ['Yes, proceed', 'y'],
    ['No', 'Escape'],
  ],
  at: 0,
};

function keys({ delivery }: CourierHarness, body: string, change: Parameters<CourierHarness['delivery']>[1] = {}) {
  return delivery(body, { kind: 'keys', ...change });
}

test('keys are pressed together, once, and the screen that changed is the receipt', async () => {
  const one = courierHarness();
  one.pane.change((pane) => {
    pane.composer = 'half a thought';
  });
  one.pane.settle();
  expect(await one.attempt(keys(one, 'BSpace BSpace'))).toMatchObject({
    is: 'acknowledged',
    receipt: { evidence: 'screen-changed' },
  });
  expect(one.pane.keys).toEqual(['BSpace', 'BSpace']);
  await one.clock.pass(100);
  expect(one.pane.composer).toBe('half a thoug');
  expect(one.pane.pastes).toEqual([]);
  expect(one.memory.states).toEqual(['claimed', 'typed', 'acknowledged']);
});

test('keys that change nothing on the screen are uncertain, and not pressed again', async () => {
  const one = courierHarness();
  one.pane.deaf = true;
  expect(await one.attempt(keys(one, 'Enter'))).toMatchObject({ is: 'uncertain' });
  expect(one.pane.keys).toEqual(['Enter']);
});

test('a busy agent can be interrupted; no text would be typed into it', async () => {
  const one = courierHarness();
  one.pane.busy = true;
  one.pane.settle();
  await one.attempt(keys(one, 'Escape'));
  expect(one.pane.keys).toEqual(['Escape']);
  const text = courierHarness();
  text.pane.busy = true;
  text.pane.settle();
  expect(await text.attempt(text.delivery('a text'))).toMatchObject({ is: 'held', reason: 'busy' });
});

test('what would submit a draft is held, unless it is forced', async () => {
  const one = courierHarness();
  one.pane.composer = 'half a thought';
  one.pane.settle();
  expect(await one.attempt(keys(one, 'C-u Enter'))).toMatchObject({ is: 'held', reason: 'draft' });
  expect(one.pane.keys).toEqual([]);
  const forced = keys(one, 'Enter', { options: { force: true, allowShell: false } });
  expect(await one.attempt(forced)).toMatchObject({ is: 'acknowledged' });
  expect(one.pane.submissions).toEqual(['half a thought']);
});

test('no key answers a dialog that it was not meant for, forced or not', async () => {
  for (const force of [false, true]) {
    const one = courierHarness();
    one.pane.menu = menu;
    one.pane.settle();
    const order = keys(one, 'Enter', { options: { force, allowShell: false } });
    expect(await one.attempt(order)).toMatchObject({ is: 'held', reason: 'dialog' });
    expect(one.pane.keys).toEqual([]);
  }
});

test('a dialog that opens between the look and the keys is not answered', async () => {
  const one = courierHarness();
  one.pane.before = (act) => {
    if (act === 'press') one.pane.change((pane) => (pane.dialog = true)).settle();
  };
  expect(await one.attempt(keys(one, 'Enter'))).toMatchObject({ is: 'held', reason: 'dialog' });
  expect(one.pane.approvals).toEqual([]);
});

test('keys meant for a dialog are pressed in it, and never in another', async () => {
  const one = courierHarness();
  one.pane.menu = menu;
  one.pane.settle();
  const dialog = dialogOf(menu).fingerprint;
  expect(await one.attempt(keys(one, 'y', { dialog }))).toMatchObject({ is: 'acknowledged' });
  expect(one.pane.choices).toMatchObject([{ label: 'Yes, proceed' }]);

  const other = courierHarness();
  other.pane.menu = { ...menu, command: 'rm -rf /' };
  other.pane.settle();
  expect(await other.attempt(keys(other, 'y', { dialog }))).toMatchObject({ is: 'cancelled' });

  const swapped = courierHarness();
  swapped.pane.menu = menu;
  swapped.pane.settle();
  swapped.pane.before = (act) => {
    if (act === 'press') swapped.pane.change((pane) => (pane.menu = { ...menu, command: 'rm -rf /' })).settle();
  };
  expect(await swapped.attempt(keys(swapped, 'y', { dialog }))).toMatchObject({ is: 'held', reason: 'dialog' });
  expect([...other.pane.keys, ...swapped.pane.keys]).toEqual([]);
});

test('keys are held where the window types into all its panes, before the look and after it, also by force', async () => {
  for (const force of [false, true]) {
    const before = courierHarness();
    before.pane.synchronized = true;
    const options = { force, allowShell: false };
    expect(await before.attempt(keys(before, 'Escape', { options }))).toMatchObject({
      is: 'held',
      reason: 'synchronized',
      detail: 'the window types into all its panes (synchronize-panes)',
    });
    const during = courierHarness();
    during.pane.before = (act) => {
      if (act === 'press') during.pane.synchronized = true;
    };
    expect(await during.attempt(keys(during, 'Escape', { options }))).toMatchObject({
      is: 'held',
      reason: 'synchronized',
    });
    expect([...before.pane.keys, ...during.pane.keys]).toEqual([]);
  }
});

test('a shell, a person at the keys and another agent hold keys back', async () => {
  const shell = courierHarness();
  shell.pane.exitToShell();
  shell.pane.settle();
  const there = keys(shell, 'C-c', { recipient: shell.pane.identity });
  expect(await shell.attempt(there)).toMatchObject({ is: 'held', reason: 'shell' });
  const person = courierHarness();
  person.pane.human('x');
  expect(await person.attempt(keys(person, 'Escape'))).toMatchObject({ is: 'held', reason: 'human-active' });
  const replaced = courierHarness();
  const meant = keys(replaced, 'Escape');
  replaced.pane.relaunch();
  expect(await replaced.attempt(meant)).toMatchObject({ is: 'held', reason: 'replaced' });
  expect([...shell.pane.keys, ...person.pane.keys, ...replaced.pane.keys]).toEqual([]);
});

test('after a crash nobody presses keys a second time', async () => {
  const one = courierHarness();
  expect(await one.reconcile(keys(one, 'Enter', { state: { is: 'typed', at: 0 } }))).toMatchObject({ is: 'uncertain' });
  expect(one.pane.keys).toEqual([]);
});

test('only keys are keys: text and letters are refused, letters but in a dialog', () => {
  expect(keysOf(' Escape  C-u ', { inDialog: false })).toEqual(['Escape', 'C-u']);
  expect(keysOf('y', { inDialog: true })).toEqual(['y']);
  for (const body of ['', 'y', 'yes', 'Enter;', '-X', 'rm -rf', 'Up '.repeat(21)]) {
    expect(() => keysOf(body, { inDialog: false })).toThrow(/keys/);
  }
  expect(submits(['Up', 'C-m'], 'Enter')).toBe(true);
  expect(submits(['Up'], 'Enter')).toBe(false);
});

test('keys that close their dialog say so; those that leave it open only changed the screen', async () => {
  const opened = () => {
    const one = courierHarness();
    one.pane.menu = menu;
    one.pane.settle();
    return one;
  };
  const dialog = dialogOf(menu).fingerprint;
  const evidenceOf = async (one: CourierHarness, body: string) => {
    const state = await one.attempt(keys(one, body, { dialog }));
    return state.is === 'acknowledged' ? state.receipt.evidence : state.is;
  };
  expect(await evidenceOf(opened(), 'y')).toBe('dialog-closed');
  expect(await evidenceOf(opened(), 'Down Enter')).toBe('dialog-closed');
  expect(await evidenceOf(opened(), 'Down')).toBe('screen-changed');
  const next = opened();
  next.pane.nextMenu = { ...menu, command: 'rm -rf /' };
  expect(await evidenceOf(next, 'y')).toBe('another-dialog-opened');
  const deaf = opened();
  deaf.pane.deaf = true;
  expect(await evidenceOf(deaf, 'y')).toBe('uncertain');
});

test('what was drawn for a moment after the keys counts, also where the screen stands as before at the end', async () => {
  const one = courierHarness();
  one.pane.menu = menu;
  one.pane.settle();
  let looks = 0;
  one.pane.before = (act) => {
    if (act !== 'look') return;
    looks += 1;
    one.pane.title = looks === 3 ? 'for a moment' : null;
    one.pane.settle();
  };
  expect(await one.attempt(keys(one, 'Left', { dialog: dialogOf(menu).fingerprint }))).toMatchObject({
    is: 'acknowledged',
    receipt: { evidence: 'screen-changed' },
  });
});
