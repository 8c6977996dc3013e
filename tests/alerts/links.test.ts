import { expect, test } from 'vitest';
import { ActionLinks, linksKey } from '../../bridge/alerts/links.ts';
import type { RequestId } from '../../bridge/core/ids.ts';
import type { Dialog } from '../../bridge/core/reading.ts';
import type { Request } from '../../bridge/core/request.ts';
import { sampleRequest } from '../journal/samples.ts';

/** A code opens its one request, for so long, and only as it stood when the code was made. */

const hour = 3_600_000;
const waiting = { is: 'asked', of: 'human', why: 'no rule matches', at: 1 } as const;
const dialog: Dialog = {
  kind: 'approval',
  question: 'Run this?',
  subject: { is: 'command', text: 'npm test', isWhole: true },
  options: [
    { label: 'Yes', key: 'y', isHighlighted: true },
    { label: 'No', key: null, isHighlighted: false },
  ],
  fingerprint: 'f',
};
const one = 'r1' as RequestId;

function scene() {
  const kept = new Map<string, unknown>();
  const requests = new Map<string, Request>();
  const clock = { at: 1_000_000, now: () => clock.at, after: () => () => {} };
  const memory = {
    memory: <T>(key: string) => (kept.get(key) ?? null) as T | null,
    saveMemory: (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
  };
  const open = () => new ActionLinks({ memory, clock, lastsMs: hour, requestOf: (id) => requests.get(id) ?? null });
  const put = (over: Partial<Request>, id = 'r1') => requests.set(id, sampleRequest(id, { state: waiting, ...over }));
  put({ dialog, kind: 'approval' });
  return { links: open(), open, put, clock, kept };
}

test('what is kept of a code does not tell it, and it counts over a restart', () => {
  const { links, open, kept } = scene();
  const code = links.mint(one)!;
  expect(code).toMatch(/^[\w-]{32}$/);
  expect(JSON.stringify([...kept])).not.toContain(code);
  expect(open().requestOf(code)?.id).toBe('r1');
});

test.each<[string, Partial<Request>]>([
  ['the command', { dialog: { ...dialog, subject: { is: 'command', text: 'npm run deploy', isWhole: true } } }],
  ['how much of it shows', { dialog: { ...dialog, subject: { is: 'command', text: 'npm test', isWhole: false } } }],
  ['the order of its options', { dialog: { ...dialog, options: [...dialog.options].reverse() } }],
  ['a key of an option', { dialog: { ...dialog, options: dialog.options.map((option) => ({ ...option, key: 'x' })) } }],
  ['the fingerprint alone', { dialog: { ...dialog, fingerprint: 'g' } }],
  ['the dialog into none', { dialog: undefined as unknown as Dialog }],
  ['the words', { dialog, text: 'Run that?' }],
])('a code opens nothing once this has changed: %s', (_what, over) => {
  const { links, put } = scene();
  const code = links.mint(one)!;
  put({ dialog, kind: 'approval', ...over });
  expect(links.requestOf(code)).toBeNull();
});

test('which option is highlighted is nothing that changed', () => {
  const { links, put } = scene();
  const code = links.mint(one)!;
  const options = dialog.options.map((option) => ({ ...option, isHighlighted: !option.isHighlighted }));
  put({ dialog: { ...dialog, options }, kind: 'approval' });
  expect(links.requestOf(code)?.id).toBe('r1');
});

test.each<[string, Request['state']]>([
  ['is with a controller', { ...waiting, of: 'controller' }],
  [
    'has an answer in doubt',
    {
      ...waiting,
      doubt: {
        answer: { by: 'human', instructions: 'Yes', notes: '', at: 2 },
        deliveryId: 'd' as never,
        delivery: 'uncertain',
      },
    },
  ],
  ['was dismissed', { is: 'dismissed', by: 'human', at: 2 }],
  ['was withdrawn', { is: 'withdrawn', reason: 'dialog-closed', at: 2 }],
  ['is only seen yet', { is: 'open' }],
])('a request that %s has no link, and one made before opens nothing', (_what, state) => {
  const { links, put } = scene();
  const code = links.mint(one)!;
  put({ dialog, kind: 'approval', state });
  expect([links.requestOf(code), links.mint(one)]).toEqual([null, null]);
});

test('a code has its time, also where the clock was set back', () => {
  const { links, clock } = scene();
  const code = links.mint(one)!;
  clock.at += hour - 1;
  expect(links.requestOf(code)?.id).toBe('r1');
  clock.at += 1;
  expect(links.requestOf(code)).toBeNull();
  clock.at -= 2 * hour;
  expect(links.requestOf(code)).toBeNull();
});

test('with one use all links to it are over, and those to others are not', () => {
  const { links, put } = scene();
  put({}, 'r2');
  const [first, second, other] = [links.mint(one)!, links.mint(one)!, links.mint('r2' as RequestId)!];
  links.end('r1');
  expect([first, second, other].map((code) => links.requestOf(code)?.id ?? null)).toEqual([null, null, 'r2']);
});

test('no more than so many are kept: the oldest go', () => {
  const { links, kept } = scene();
  const codes = Array.from({ length: 250 }, () => links.mint(one)!);
  expect((kept.get(linksKey) as unknown[]).length).toBe(200);
  expect([codes[0], codes[249]].map((code) => links.requestOf(code!)?.id ?? null)).toEqual([null, 'r1']);
});
