import { expect, test } from 'vitest';
import { crashes } from '../torture/crashes.ts';

/** As little as shows that every kind of death is survived; `npm run torture -- crashes` is the whole of it. */
test('the bridge, tmux, panes and agents die anywhere, and every request and delivery is accounted for', async () => {
  const report = await crashes({
    seed: 11,
    cases: 8,
    minutes: null,
    only: null,
    pairs: null,
    keep: null,
    say: () => {},
  });
  expect(report.failures).toEqual([]);
  expect(report.figures.bridgeDeaths).toBeGreaterThanOrEqual(8);
  expect(report.figures.requests).toBeGreaterThanOrEqual(10);
  expect(report.figures.submissions).toBeGreaterThanOrEqual(5);
}, 300_000);

test('a bridge that dies between seeing a request and asking somebody has a successor that asks', async () => {
  const report = await crashes({
    seed: 12,
    cases: 1,
    minutes: null,
    only: 'daemon-at-request-asked-before',
    pairs: null,
    keep: null,
    say: () => {},
  });
  expect(report.failures).toEqual([]);
  expect(report.figures).toMatchObject({ bridgeDeaths: 1, requests: 1, submissions: 1, cameToHuman: 0 });
}, 150_000);

test('a person goes on while an answer is held and no bridge lives: the next one types it nowhere', async () => {
  const options = { seed: 13, cases: 1, minutes: null, only: 'went-on-before', pairs: null, keep: null, say: () => {} };
  const report = await crashes(options);
  expect(report.failures).toEqual([]);
  expect(report.figures).toMatchObject({ requests: 1, passedOver: 1, stale: 0, submissions: 0 });
}, 150_000);
