import { expect, test } from 'vitest';
import { type Claim, claimIn, claimText, isPlain, type Judge, standingOf } from '../../bridge/tmux/claim.ts';

const claim: Claim = {
  client: 'client-123@1764381845',
  bridge: '0123456789abcdef',
  folder: 'fedcba9876543210',
  pid: 4711,
  since: 1_764_381_845_123,
  host: 'box',
  home: '/home/me/.local/state/bridge',
};

test('a claim is one word that tells everything of it', () => {
  expect(claimText(claim)).toBe(
    'bridge-1:client-123@1764381845:0123456789abcdef:fedcba9876543210:4711:1764381845123:box:/home/me/.local/state/bridge',
  );
  expect(claimIn(claimText(claim))).toEqual(claim);
});

test.each([
  'with spaces "and" quotes',
  '#{pane_id},#(touch x)} %H %% ; $HOME `x` \\',
  'under_score:colon',
  'Ünïcödé 日本',
  '_20',
])('what means something to tmux stands in it as other characters: %s', (home) => {
  const text = claimText({ ...claim, home, host: home });
  expect(text).toMatch(/^[A-Za-z0-9_.@/:-]+$/);
  expect(isPlain(text)).toBe(true);
  expect(claimIn(text)).toEqual({ ...claim, home, host: home });
});

test('of a long state directory the end is told', () => {
  const told = claimIn(claimText({ ...claim, home: `/${'deep/'.repeat(100)}mine` }))!.home;
  expect(told.length).toBeLessThanOrEqual(121);
  expect(told).toMatch(/^….*deep\/mine$/);
});

test.each([
  '',
  'a word',
  'bridge-1',
  'bridge-2:client-1@1:00:x:1:1:box:/h',
  'bridge-1:client-1@1:00:x:1:1:box',
  'bridge-1:client-1@1:00:x:1:1:box:/h:more',
  'bridge-1::00:x:1:1:box:/h',
  'bridge-1:client-1@1:not-hex:x:1:1:box:/h',
  'bridge-1:client-1@1:00:x:pid:1:box:/h',
  'bridge-1:client-1@1:00:x:1:1:box:/h h',
  'bridge-1:client-1@1:00:x:1:1:box:#{pane_id}',
  `${claimText(claim)}\n`,
])('what no bridge writes is no claim: %j', (text) => {
  expect(claimIn(text)).toBeNull();
});

const judge = (change: Partial<Judge> = {}): Judge => ({
  bridge: 'aa',
  folder: 'here',
  ours: new Set(['client-1@1']),
  living: new Set(['client-1@1', claim.client]),
  ...change,
});

test.each<[string, string, Partial<Judge>, string]>([
  ['nothing', '', {}, 'free'],
  ["another's whose client lives", claimText(claim), {}, 'theirs'],
  ["another's whose client has gone", claimText(claim), { living: new Set(['client-1@1']) }, 'gone'],
  [
    'one whose client has its process id, and came later',
    claimText(claim),
    { living: new Set(['client-123@1764381846']) },
    'gone',
  ],
  ['ours, whatever client it names', claimText({ ...claim, bridge: 'aa', client: 'client-9@9' }), {}, 'ours'],
  ['that of a bridge which shares our folder', claimText({ ...claim, folder: 'here' }), {}, 'void'],
  ['one that names a client of ours', claimText({ ...claim, client: 'client-1@1' }), {}, 'void'],
  ["a person's word", 'mine', {}, 'void'],
])('%s is judged', (_, text, change, is) => {
  expect(standingOf(text, judge(change)).is).toBe(is);
});
