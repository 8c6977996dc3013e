import { expect, test } from 'vitest';
import { type Member, newMember } from '../../bridge/core/member.ts';
import type { Message, Sender } from '../../bridge/core/message.ts';
import { type AudienceOrder, audienceOf } from '../../bridge/messages/audience.ts';

const member = (name: string, more: Partial<Member> = {}): Member => ({ ...newMember(name, 0), ...more });
const members = [
  member('blog/coder'),
  member('shop/asleep', { groups: ['shop'], isEnabled: false }),
  member('shop/coder', { groups: ['shop'] }),
  member('shop/critic', { groups: ['shop', 'readers'] }),
  member('shop/lead', { groups: ['shop'] }),
];
const human: Sender = { name: 'human', standing: 'human' };
const lead: Sender = { name: 'shop/lead', standing: 'verified' };
const takenPart = (thread: string) =>
  thread === 'plan' ? ['human', 'shop/lead', 'shop/coder', 'shop/asleep', 'gone'] : [];
const audience = (order: Partial<AudienceOrder>) =>
  audienceOf({ from: lead, to: [], thread: null, ...order }, members, takenPart);

test.each<[string, Partial<AudienceOrder>, ReturnType<typeof audienceOf>]>([
  [
    'those who are named',
    { to: ['critic', 'blog/coder'] },
    { to: ['shop/critic', 'blog/coder'], group: null, thread: null },
  ],
  ['a label alone is of the own project', { to: ['coder'] }, { to: ['shop/coder'], group: null, thread: null }],
  ['each once', { to: ['critic', 'shop/critic', '@readers'] }, { to: ['shop/critic'], group: null, thread: null }],
  [
    'a group: all of it that are enabled, but oneself, in its thread',
    { to: ['@shop'] },
    { to: ['shop/coder', 'shop/critic'], group: 'shop', thread: 'shop' },
  ],
  [
    'a group from outside',
    { from: human, to: ['@readers'] },
    { to: ['shop/critic'], group: 'readers', thread: 'readers' },
  ],
  [
    'a group and others',
    { to: ['@readers', 'coder'] },
    { to: ['shop/critic', 'shop/coder'], group: null, thread: null },
  ],
  [
    'everybody that is enabled, but oneself',
    { isToAll: true },
    { to: ['blog/coder', 'shop/coder', 'shop/critic'], group: null, thread: null },
  ],
  [
    'the group whose thread it is',
    { thread: 'shop' },
    { to: ['shop/coder', 'shop/critic'], group: 'shop', thread: 'shop' },
  ],
  [
    'and of those in its folder',
    { thread: 'shop/errors' },
    { to: ['shop/coder', 'shop/critic'], group: 'shop', thread: 'shop/errors' },
  ],
  ['some of the group', { thread: 'shop', to: ['coder'] }, { to: ['shop/coder'], group: null, thread: 'shop' }],
  [
    'all who have taken part, the person too',
    { thread: 'plan' },
    { to: ['shop/coder', 'human'], group: null, thread: 'plan' },
  ],
  ['nobody, where nobody has taken part: it is kept', { thread: 'new' }, { to: [], group: null, thread: 'new' }],
  [
    'who is named, in any thread',
    { thread: 'plan', to: ['critic'] },
    { to: ['shop/critic'], group: null, thread: 'plan' },
  ],
  [
    'whoever wrote what it answers, also in the thread of a group that it is not in',
    { thread: 'shop', answers: { from: { name: 'blog/coder', standing: 'verified' } } as Message },
    { to: ['blog/coder'], group: null, thread: 'shop' },
  ],
])('%s', (_, order, expected) => {
  expect(audience(order)).toEqual(expected);
});

test.each<[Partial<AudienceOrder>, RegExp]>([
  [{}, /recipient: is missing/],
  [{ to: ['nobody'] }, /unknown member 'nobody'/],
  [{ to: ['coder', 'nobody'] }, /unknown member 'nobody'/],
  [{ to: ['lead'] }, /nobody writes to himself/],
  [{ to: ['@nobody'] }, /unknown group 'nobody'/],
  [{ to: ['@a b/c'] }, /invalid group/],
  [{ to: ['asleep'] }, /asleep: is disabled, and gets nothing/],
  [{ to: ['critic', 'asleep'] }, /nothing was sent/],
  [{ from: human, to: ['coder'] }, /fits several: blog\/coder, shop\/coder/],
  [{ thread: 'shop', to: ['blog/coder'] }, /blog\/coder: is not in group shop/],
  [{ from: { name: 'shop/critic', standing: 'verified' }, to: ['@readers'] }, /@readers: nobody else/],
])('%j is refused whole', (order, reason) => {
  expect(() => audience(order)).toThrow(reason);
});
