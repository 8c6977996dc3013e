import { expect, test } from 'vitest';
import { fullName, isCalled, nameMeant, projectName, shownName } from '../../bridge/core/names.ts';

const known = ['shop/worker', 'blog/worker', 'blog/worker/docs', 'worker-of-an-older-bridge'];

test('a worker is shown by its label, and by its full name where another has that label', () => {
  expect(shownName('shop/worker', known)).toBe('shop/worker');
  expect(shownName('blog/worker/docs', known)).toBe('worker/docs');
  expect(shownName('shop/worker', ['shop/worker'])).toBe('worker');
  expect(shownName('worker-of-an-older-bridge', known)).toBe('worker-of-an-older-bridge');
});

test('a name that fits several is refused with the full ones, and one that fits one is that one', () => {
  expect(nameMeant('shop/worker', known)).toBe('shop/worker');
  expect(nameMeant('worker/docs', known)).toBe('blog/worker/docs');
  expect(nameMeant('nobody', known)).toBeNull();
  expect(() => nameMeant('worker', known)).toThrow('fits several: blog/worker, shop/worker');
  // one is called what another's label is: the exact name is meant
  expect(nameMeant('worker', ['worker', 'shop/worker'])).toBe('worker');
});

test('a rule for a label speaks of every worker of that label, and one for a full name of that one', () => {
  expect(isCalled('shop/worker', 'worker')).toBe(true);
  expect(isCalled('shop/worker', 'shop/worker')).toBe(true);
  expect(isCalled('shop/worker', 'blog/worker')).toBe(false);
  expect(isCalled('shop/worker', 'shop')).toBe(false);
});

test('projects of one name are told apart by the folders above, and none has the name of another', () => {
  const taken = new Set<string>();
  for (const folder of ['/home/a/shop', '/home/b/shop', '/srv/b/shop', '/', '/root', '/x/b.shop']) {
    taken.add(projectName(folder, taken));
  }
  expect([...taken]).toEqual(['shop', 'b.shop', 'srv.b.shop', 'root', 'root.2', 'x.b.shop']);
  expect(fullName('b.shop', 'worker')).toBe('b.shop/worker');
});
