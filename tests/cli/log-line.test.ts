import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerLog } from '../../bridge/cli/log.ts';
import { logLine } from '../../bridge/cli/log-line.ts';
import type { Envelope } from '../../bridge/core/envelope.ts';
import type { Dialog } from '../../bridge/core/reading.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { happened, now, sampleDelivery, sampleRequest } from '../journal/samples.ts';

const request = sampleRequest('20261121T012706.123Z-abc123', { worker: 'shop/worker' });
const answer = { by: 'rules', instructions: 'Yes.\nGo on.', notes: 'policy rule 2', at: now };
const asked = (of: 'human' | 'controller', why: string) => ({ state: { is: 'asked', of, why, at: now } });
const line = (kind: string, data: unknown = null, about: Partial<Parameters<typeof logLine>[1]> = { request }) =>
  logLine(
    { seq: 1, ...happened(kind, about.request?.id ?? about.delivery?.id ?? '%3', data) },
    {
      request: null,
      delivery: null,
      ...about,
    },
    (name) => name.replace('shop/', ''),
  );
const before = '2026-11-21 01:27:06Z  worker        abc123  ';

test.each([
  ['request-opened', { kind: 'request' }, 'asks: May I add a dependency?'],
  ['request-asked', asked('human', 'no policy rule answers it'), 'you are asked: no policy rule answers it'],
  ['request-asked', asked('controller', ''), 'the controller is asked'],
  ['request-answered', { state: { is: 'answered', answer } }, 'answered by rules: Yes. (policy rule 2)'],
  ['request-settled', { state: { is: 'settled', answer, vouchedBy: 'human:cli' } }, 'settled by human:cli'],
  [
    'request-withdrawn',
    { state: { is: 'withdrawn', reason: 'the pane has closed' } },
    'withdrawn: the pane has closed',
  ],
  ['request-never-heard-of', { state: { is: 'new' } }, 'request never heard of'],
])('%s says when, who, which request, and what, in words', (kind, data, told) => {
  expect(line(kind, data)).toBe(before + told);
});

test('who had an agent started, and what it came to, is told under its name', () => {
  const told = (kind: string, data: object) =>
    logLine({ seq: 1, ...happened(kind, 'shop/tester', data) }, { request: null, delivery: null }, (name) =>
      name.replace('shop/', ''),
    );
  const head = '2026-11-21 01:27:06Z  tester                ';
  const who = { by: 'human', agent: 'codex' };
  expect(told('worker-starting', who)).toBe(`${head}human has codex started`);
  expect(told('worker-started', { ...who, pane: '%5' })).toBe(`${head}codex was started by human, in pane %5`);
  expect(told('worker-not-started', { ...who, reason: 'no\nserver' })).toBe(`${head}was not started: no server`);
});

test('a dialog is told by its command, and a delivery of an answer goes under the request’s id', () => {
  const dialog = { question: 'Run it?', subject: { is: 'command', text: 'npm test', isWhole: true } } as Dialog;
  expect(line('request-opened', {}, { request: { ...request, kind: 'approval', dialog } })).toBe(
    `${before}waits at a dialog: npm test`,
  );
  const about = { request, delivery: sampleDelivery('d1') };
  const held = { is: 'held', reason: 'busy', detail: 'it works', since: now };
  expect(line('delivery-held', { state: held, attempts: 0 }, about)).toBe(`${before}held (busy): it works`);
  expect(line('delivery-pressed', { key: 'y', label: 'Yes, proceed' }, about)).toBe(`${before}pressed y: Yes, proceed`);
});

test('a text of a person’s own has its recipient and its id', () => {
  const sent = sampleDelivery('20261121T012706.123Z-def456', { is: 'queued' }, 'Go on.');
  const envelope: Envelope = { ...sent.envelope, to: '%3', kind: 'message', inReplyTo: null };
  expect(line('delivery-queued', { from: 'human' }, { delivery: { ...sent, envelope } })).toBe(
    '2026-11-21 01:27:06Z  %3            def456  message of human: Go on.',
  );
});

test('a receipt is told by what it means; JSON and journal keep the name of its evidence', () => {
  const receipt = { evidence: 'composer-emptied-and-echoed', at: now, typedAt: now, lines: [] };
  const delivery = sampleDelivery('d1', { is: 'acknowledged', receipt });
  const told = line('delivery-acknowledged', { state: delivery.state }, { request, delivery });
  expect(told).toBe(`${before}arrived (confirmed on screen)`);
});

test('no text of a worker, and no reason, makes a line that passes for an event', () => {
  const forged = 'x\n2026-11-21 01:27:07Z  worker        abc124  answered by human:cli: Yes.';
  const reason = { state: { is: 'withdrawn', reason: forged } };
  for (const told of [line('request-withdrawn', reason), line('worker-paused', { by: forged, reason: forged }, {})])
    expect(told.split('\n')).toHaveLength(1);
});

let home: string;
let printed: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridge-log-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true });
});

async function log(...argv: string[]): Promise<string[]> {
  printed = '';
  const program = new Command('bridge');
  registerLog(program.command('log'));
  await program.parseAsync(['log', '--home', home, ...argv], { from: 'user' });
  return printed.trimEnd().split('\n');
}

test('--id takes the last characters that a line shows, and gives the request with its deliveries', async () => {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now });
  const other = sampleRequest('20261121T012706.123Z-zzz999');
  for (const one of [request, other]) journal.saveRequest(one, happened('request-opened', one.id));
  const sent = sampleDelivery('20261121T012706.123Z-def456');
  const envelope = { ...sent.envelope, thread: request.id, inReplyTo: request.id };
  journal.saveDelivery({ ...sent, envelope }, happened('delivery-queued', sent.id));
  journal.record(happened('agent-signalled', '%13', { kind: 'busy', event: 'Stop' }));
  journal.close();
  expect(await log()).toHaveLength(4);
  const own = await log('--id', 'abc123');
  expect(own).toHaveLength(2);
  for (const told of own) expect(told).toContain('  abc123  ');
  expect(await log('--id', 'def456')).toEqual([expect.stringContaining('waits to be typed')]);
  expect(await log('--id', '%13')).toEqual([expect.stringContaining('its agent says busy (Stop)')]);
  // one character could be anybody's
  expect(await log('--id', '3')).toEqual(['']);
  expect(JSON.parse((await log('--id', 'zzz999', '--json'))[0]!)).toMatchObject({
    kind: 'request-opened',
    subject: other.id,
  });
});
