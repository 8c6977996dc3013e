import { expect, test } from 'vitest';
import { type PeerQuestion, whyNoPeer } from '../../bridge/app/peers.ts';
import type { PaneId } from '../../bridge/core/ids.ts';
import { newMember } from '../../bridge/core/member.ts';
import { somePane } from '../journal/samples.ts';

/** Whether `peers:` of bridge.yaml lets a member answer what another asks, or choose in its dialog. */

const lead = newMember('shop/lead', 1);
const coder = newMember('shop/coder', 1);
const elsewhere = { ...somePane, paneId: '%77' as PaneId };
const why = (question: Partial<PeerQuestion>) =>
  whyNoPeer({
    act: 'answer',
    peers: [{ member: 'lead', may: ['answer'] }],
    member: lead,
    names: ['shop/lead', 'lead'],
    pane: elsewhere,
    request: { worker: 'shop/coder', pane: somePane },
    asker: coder,
    ...question,
  });

test('a member that is named may, for all workers or for those that are named; no other', () => {
  expect(why({})).toBeNull();
  expect(why({ peers: [{ member: 'shop/lead', may: ['choose', 'answer'], workers: ['docs', 'coder'] }] })).toBeNull();
  expect(why({ peers: [{ member: 'lead', may: ['answer'], workers: ['shop/coder'] }] })).toBeNull();
  expect(why({ peers: [{ member: 'lead', may: ['answer'], workers: ['docs', 'blog/coder'] }] })).toBe(
    'bridge.yaml lets shop/lead answer requests of docs, blog/coder only',
  );
  for (const member of ['critic', 'blog/lead', 'LEAD', 'lead-2', 'shop'])
    expect([member, why({ peers: [{ member, may: ['answer'] }] })]).toEqual([
      member,
      'bridge.yaml does not let shop/lead answer requests',
    ]);
});

test('to answer is not to choose, and to choose is not to answer', () => {
  expect(why({ act: 'choose' })).toBe('bridge.yaml does not let shop/lead choose in dialogs');
  const chooser = [{ member: 'lead', may: ['choose' as const] }];
  expect(why({ act: 'choose', peers: chooser })).toBeNull();
  expect(why({ peers: chooser })).toBe('bridge.yaml does not let shop/lead answer requests');
  // each grant counts for its own workers
  const both = [
    { member: 'lead', may: ['answer' as const] },
    { member: 'lead', may: ['choose' as const], workers: ['docs'] },
  ];
  expect(why({ act: 'choose', peers: both })).toBe('bridge.yaml lets shop/lead choose in dialogs of docs only');
});

test('who nothing shows, and who is disabled, may nothing', () => {
  expect(why({ member: null, names: ['shop/lead', 'lead'] })).toMatch(/nothing shows/);
  expect(why({ member: { ...lead, isEnabled: false } })).toBe('shop/lead is disabled');
});

test('nobody answers itself: not by its pane, nor from another one, nor under another name', () => {
  const own = 'it is the request of shop/lead itself';
  expect(why({ asker: lead })).toBe(own);
  expect(why({ pane: somePane })).toBe(own);
  expect(why({ pane: null, request: { worker: 'shop/lead', pane: somePane }, asker: null })).toBe(own);
  const renamed = { ...lead, called: 'shop/boss' };
  for (const worker of ['shop/lead', 'shop/boss'])
    expect(why({ member: renamed, request: { worker, pane: somePane }, asker: null })).toMatch(/shop\/boss itself/);
});
