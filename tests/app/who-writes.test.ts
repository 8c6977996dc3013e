import { expect, test } from 'vitest';
import { type WriterEvidence, whoWrites } from '../../bridge/app/who-writes.ts';

const living = ['shop/lead', 'shop/coder'];
const who = (evidence: Partial<WriterEvidence>) => {
  const nothing = {
    proven: null,
    hinted: null,
    token: null,
    as: null,
    isLook: false,
    caller: { is: 'nobody' },
  } as const;
  const directory = { isLiving: (name: string) => living.includes(name), shown: (name: string) => name };
  const { name, standing } = whoWrites({ ...nothing, ...directory, ...evidence });
  return `${name} ${standing}`;
};
const agent = { is: 'agent', program: 'codex', at: [] } as const;
const sandboxed = { is: 'apart', program: 'a sandbox', reason: 'x' } as const;

test('a pane whose processes run the command speaks for its member, and for no other', () => {
  for (const caller of [agent, sandboxed, { is: 'nobody' } as const]) {
    expect(who({ caller, proven: 'shop/lead' })).toBe('shop/lead verified');
    expect(who({ caller, proven: 'shop/lead', as: 'shop/lead' })).toBe('shop/lead verified');
    expect(() => who({ caller, proven: 'shop/lead', as: 'shop/coder' })).toThrow('this pane is shop/lead');
  }
});

test('a token speaks for its member, but not in the pane of another', () => {
  for (const caller of [agent, sandboxed, { is: 'nobody' } as const])
    expect(who({ caller, token: 'shop/coder' })).toBe('shop/coder verified');
  expect(who({ token: 'shop/coder', hinted: 'shop/lead' })).toBe('shop/coder verified');
  expect(() => who({ token: 'shop/coder', as: 'shop/lead' })).toThrow('this token is shop/coder');
  expect(() => who({ token: 'shop/coder', proven: 'shop/lead' })).toThrow('in the pane of shop/lead');
});

test('what is only said is a claim, and none to the name of another living pane', () => {
  expect(who({ caller: agent, as: 'shop/away' })).toBe('shop/away claimed');
  expect(who({ caller: sandboxed, as: 'shop/away' })).toBe('shop/away claimed');
  expect(who({ as: 'shop/away' })).toBe('shop/away claimed');
  for (const caller of [agent, sandboxed, { is: 'nobody' } as const])
    expect(() => who({ caller, as: 'shop/coder' })).toThrow('is another pane');
});

test('an environment that names a pane is a claim too: a sandbox, or a shared server of an agent program', () => {
  for (const caller of [agent, sandboxed, { is: 'nobody' } as const]) {
    expect(who({ caller, hinted: 'shop/lead' })).toBe('shop/lead claimed');
    expect(who({ caller, hinted: 'shop/lead', as: 'shop/lead' })).toBe('shop/lead claimed');
    expect(() => who({ caller, hinted: 'shop/lead', as: 'shop/coder' })).toThrow('is another pane');
  }
});

test('a person is whoever has no agent above and claims nothing; he may look into any mail', () => {
  expect(who({})).toBe('human human');
  expect(who({ as: 'shop/coder', isLook: true })).toBe('shop/coder claimed');
  expect(() => who({ caller: agent, as: 'shop/coder', isLook: true })).toThrow('is another pane');
  expect(() => who({ caller: agent })).toThrow('is in no pane that bridge watches');
  expect(() => who({ caller: sandboxed })).toThrow('is in no pane that bridge watches');
});
