import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planAttachments } from '../../bridge/tmux/attachments.ts';
import { paneFacts } from './pane-facts.ts';

const place = (paneId: string, sessionId: string) => paneFacts({ paneId, sessionId });
const plan = (places: ReturnType<typeof place>[], watched: string[], attached: string[] = []) =>
  Object.fromEntries(planAttachments(places, new Set(watched), new Set(attached)));

test('a watched pane is told by its session, and an unwatched one by none', () => {
  expect(plan([place('%1', '$1'), place('%2', '$2')], ['%2'])).toEqual({ '%2': '$2' });
});

test('a pane in two sessions is told by the one that is needed anyway', () => {
  const places = [place('%1', '$1'), place('%1', '$2'), place('%2', '$2')];
  expect(plan(places, ['%1', '%2'])).toEqual({ '%1': '$2', '%2': '$2' });
});

test('a client that is there already is kept rather than another brought', () => {
  expect(plan([place('%1', '$1'), place('%1', '$2')], ['%1'], ['$2'])).toEqual({ '%1': '$2' });
});

test('a dead pane draws nothing and needs no client', () => {
  expect(plan([paneFacts({ paneId: '%1', dead: true })], ['%1'])).toEqual({});
});

test('every watched pane is told by exactly one of its own sessions, and a plan carried out stays as it is', () => {
  const places = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 4 })), { maxLength: 30 });
  fc.assert(
    fc.property(places, (pairs) => {
      const list = pairs.map(([pane, session]) => place(`%${pane}`, `$${session}`));
      const watched = [...new Set(list.map((pane) => pane.paneId))];
      const first = plan(list, watched);
      expect(Object.keys(first).sort()).toEqual([...watched].sort());
      for (const [paneId, sessionId] of Object.entries(first)) {
        expect(list.some((pane) => pane.paneId === paneId && pane.sessionId === sessionId)).toBe(true);
      }
      expect(plan(list, watched, Object.values(first))).toEqual(first);
    }),
  );
});
