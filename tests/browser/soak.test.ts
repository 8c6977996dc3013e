import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, enter, openBrowser } from '../fixtures/browser.ts';
import { sampleRequest } from '../journal/samples.ts';
import { ask, bridge, eachHubTestStarts, hub, tokens } from '../live/hub-fixture.ts';
import { fill } from './filling.ts';

/**
 * The dashboard left open, with 200 members and 100,000 messages, while they write and ask: what it keeps must not grow with what
 * has happened. BRIDGE_TEST_SOAK_MINUTES says how long; the short run has as many events a minute.
 */

const minutes = Number(process.env.BRIDGE_TEST_SOAK_MINUTES ?? 1);

eachHubTestStarts({ requestsPerMinute: 100_000 });

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath !== null) browser = await openBrowser();
});
afterAll(async () => browser?.close());

/** Half of them messages, half the beginnings and ends of requests. */
const roundsPerSecond = 5;
const everyMs = 1_000 / roundsPerSecond;
/** Every list of the page is full by then: the longest has 500 events. */
const warmUpEvents = 600;
const samples = 12;

interface Sample {
  readonly events: number;
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** What the page keeps, once all that it does not need is gone. */
async function weighed(cdp: CDPSession, events: number): Promise<Sample> {
  for (let go = 0; go < 3; go++) await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  return { events, heapBytes: usedSize, nodes, listeners: jsEventListeners };
}

/** Members write, and one of them asks and is answered by nobody. @returns how many events that were */
async function round(at: number): Promise<void> {
  const text = `Round ${at}: the build of part ${at % 97} is green again.`;
  const posted = await ask('POST', '/api/v1/messages', {
    token: tokens.human,
    body: { to: [`member-${at % 200}`], body: text, thread: `soak-${at % 40}` },
  });
  expect([posted.status, posted.body]).toEqual([200, expect.anything()]);
  const id = `soak-${String(at).padStart(8, '0')}`;
  const request = sampleRequest(id, {
    text,
    state: { is: 'asked', of: 'human', why: 'no rule answers it', at: Date.now() },
    openedAt: Date.now(),
  });
  bridge.journal.saveRequest(request, { at: Date.now(), kind: 'request-opened', subject: id, data: { text } });
  const dismissed = await ask('POST', `/api/v1/requests/${id}/dismiss`, { token: tokens.human, body: {} });
  expect([dismissed.status, dismissed.body]).toEqual([200, expect.anything()]);
}

/** As somebody looks through it: each view for a while, by its key. */
async function lookThrough(page: Page): Promise<void> {
  for (const key of ['1', '2', '3', '4', '5', '1']) {
    await page.keyboard.press(key);
    await delay(150);
  }
}

/** By least squares: by how much a value grows with each event. */
function growthOf(all: readonly Sample[], of: (sample: Sample) => number): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(all.map(({ events }) => events)), mean(all.map(of))];
  const above = all.reduce((sum, one) => sum + (one.events - x) * (of(one) - y), 0);
  return above / all.reduce((sum, one) => sum + (one.events - x) ** 2, 0);
}

const eventsSoFar = () => bridge.journal.events({ limit: 1 }).at(-1)?.seq ?? 0;

describe.skipIf(chromiumPath === null)('in a browser', () => {
  test(
    'left open it keeps no more after many events than after few',
    async () => {
      fill();
      const { page, faults } = await enter(browser, hub.loginLink());
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('HeapProfiler.enable');
      const before = eventsSoFar();
      let rounds = 0;
      const play = async (isOver: () => boolean) => {
        for (let due = performance.now(); !isOver(); due += everyMs) {
          await round(rounds++);
          await delay(Math.max(0, due + everyMs - performance.now()));
        }
      };
      await play(() => eventsSoFar() - before >= warmUpEvents);
      // the browser keeps what it has learned of code that it runs often
      for (let go = 0; go < 12; go++) {
        await lookThrough(page);
        const until = performance.now() + 1_000;
        await play(() => performance.now() >= until);
      }
      const all: Sample[] = [];
      for (let at = 0; at <= samples; at++) {
        await lookThrough(page);
        all.push(await weighed(cdp, eventsSoFar() - before));
        const until = performance.now() + (minutes * 60_000) / samples;
        if (at < samples) await play(() => performance.now() >= until);
      }
      const settled = all.slice(samples / 2);
      const [perEvent, nodes, listeners] = [
        growthOf(settled, ({ heapBytes }) => heapBytes),
        growthOf(settled, (one) => one.nodes),
        growthOf(settled, (one) => one.listeners),
      ];
      const [first, last] = [all[0]!, all.at(-1)!];
      process.stdout.write(
        `${all.map((one) => `${one.events} events: ${(one.heapBytes / 1e6).toFixed(2)} MB, ${one.nodes} nodes, ${one.listeners} listeners`).join('\n')}\n` +
          `in ${minutes} minutes ${last.events - first.events} events; an event leaves ${perEvent.toFixed(1)} bytes, ${nodes.toFixed(4)} nodes, ${listeners.toFixed(4)} listeners\n`,
      );
      expect(last.events - first.events).toBeGreaterThan(minutes * 60 * roundsPerSecond);
      // an event that is kept takes 500 bytes and more, and a row in a list ten nodes
      expect([perEvent < 250, nodes < 0.5, listeners < 0.1]).toEqual([true, true, true]);
      expect(faults).toEqual([]);
    },
    (minutes + 4) * 60_000,
  );
});
