import { expect, test } from 'vitest';
import type { RequestId } from '../../bridge/core/ids.ts';
import { sampleRequest } from '../journal/samples.ts';
import { ask, bridge, eachHubTestStarts, tokens } from './hub-fixture.ts';

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

test('whoever asks too often from an address keeps nobody there from a link that counts', async () => {
  const state = { is: 'asked', of: 'human', why: 'no rule matches', at: 1 } as const;
  const request = sampleRequest('r1', { via: 'ask', state });
  bridge.journal.saveRequest(request, { at: 1, kind: 'request-opened', subject: request.id, data: {} });
  const link = `/a/${bridge.links.mint('r1' as RequestId)!}`;
  const statuses = [];
  for (let count = 0; count < 25; count++) statuses.push((await ask('GET', `/a/${'x'.repeat(32)}`)).status);
  expect(statuses.at(-1)).toBe(429);
  expect((await ask('GET', '/health')).status).toBe(429);
  expect((await ask('GET', link)).status).toBe(200);
  const looks = [];
  for (let count = 0; count < 25; count++) looks.push((await ask('GET', link)).status);
  expect([looks[0], looks.at(-1)]).toEqual([200, 429]);
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
