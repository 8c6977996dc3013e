import { beforeEach, expect, test } from 'vitest';
import type { Request } from '../../bridge/core/request.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { Alerts } from '../../bridge/requests/alerts.ts';
import { happened, sampleRequest } from '../journal/samples.ts';

let journal: Journal;
let called: string[];
beforeEach(() => {
  journal = Journal.open(':memory:', { now: 0 }).journal;
  called = [];
});

function start(againAfterMs: number): Alerts {
  const calling = new Alerts({
    memory: journal,
    againAfterMs,
    call: (request, why) => called.push(`${request.id}: ${why}`),
  });
  calling.enable();
  return calling;
}

function waiting(id: string, state: Request['state'] = { is: 'asked', of: 'human', why: 'no rule', at: 0 }): Request {
  const request = sampleRequest(id, { state });
  journal.saveRequest(request, happened('request-asked', id));
  return request;
}

test('a request calls once, however often it is published, also across a restart', () => {
  const one = waiting('r1');
  start(0).needed(one, 'no rule', 0);
  start(0).needed(one, 'no rule', 5_000);
  const again = start(0);
  again.needed(one, 'no rule', 9_000);
  again.tick(9_000_000);
  expect(called).toEqual(['r1: no rule']);
});

test('it calls again only after the set time, and only while it waits for the human', () => {
  const calling = start(600_000);
  const one = waiting('r1');
  calling.needed(one, 'no rule', 0);
  calling.needed(waiting('r2'), 'no rule', 300_000);
  calling.tick(599_999);
  expect(called).toHaveLength(2);
  calling.tick(600_000);
  expect(called).toEqual(['r1: no rule', 'r2: no rule', 'r1: no rule']);
  waiting('r1', { is: 'dismissed', by: 'human:cli', at: 700_000 });
  calling.tick(5_000_000);
  expect(called.slice(3)).toEqual(['r2: no rule']);
});

test('a command that ends at once calls nobody, so that the bridge still does', () => {
  const one = waiting('r1');
  new Alerts({ memory: journal, againAfterMs: 0, call: () => called.push('unheard') }).needed(one, 'no rule', 0);
  start(0).needed(one, 'no rule', 1);
  expect(called).toEqual(['r1: no rule']);
});
