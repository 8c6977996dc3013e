import { expect, test } from 'vitest';
import { ask, eachHubTestStarts, tokens } from './hub-fixture.ts';

/** The server's limits, as small as they can be. */

eachHubTestStarts({ refusalsPerMinute: 5, requestsPerMinute: 20 });

test('whoever guesses tokens is not heard any more for a while, with the right one neither', async () => {
  const statuses: number[] = [];
  for (let count = 0; count < 8; count++)
    statuses.push((await ask('GET', '/api/v1/whoami', { token: `bridge_${count}` })).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  const { status, body } = await ask('GET', '/api/v1/whoami', { token: tokens.human });
  expect([status, body.error.code, body.error.next_step]).toEqual([429, 'too-many-refusals', 'wait a minute']);
  expect((await ask('GET', '/health')).status).toBe(200);
});

test('a token that asks too often is told so, and the others are not', async () => {
  const statuses = [];
  for (let count = 0; count < 25; count++)
    statuses.push((await ask('GET', '/api/v1/whoami', { token: tokens.lead })).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  const last = await ask('GET', '/api/v1/whoami', { token: tokens.lead });
  expect([last.status, last.body.error.code]).toEqual([429, 'too-many-requests']);
  expect((await ask('GET', '/api/v1/whoami', { token: tokens.coder })).status).toBe(200);
});
