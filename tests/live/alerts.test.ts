import { appendFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { command, eachMailTestStarts, found, home, member, watch } from './mail-fixture.ts';

/** Alerts that arrive: by a webhook and an ntfy server of the test's own, once for each matter. */

eachMailTestStarts({ workers: ['lead'] });

let server: Server;
let answers: number[];
let got: Array<{ path: string; headers: Record<string, unknown>; body: Record<string, unknown> }>;
beforeEach(async () => {
  [answers, got] = [[], []];
  server = createServer((request, reply) => {
    let text = '';
    request.on('data', (piece) => {
      text += piece;
    });
    request.on('end', () => {
      got.push({ path: request.url!, headers: request.headers, body: JSON.parse(text) });
      reply.statusCode = answers.shift() ?? 200;
      reply.end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const notify = [
    'notify:',
    '  bell: false',
    `  webhook: { url: ${url}/hook, headers: { x-key: k } }`,
    `  ntfy: { url: ${url}/my-topic, token: t }`,
    '  rules:',
    '    - { kinds: [mail], ways: [ntfy] }',
  ];
  appendFileSync(join(home, 'bridge.yaml'), `${notify.join('\n')}\n`);
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

test('a question calls once by each way, mail by the way of its rule, and the receipts are kept', async () => {
  const lead = await member('lead');
  const watching = await watch();
  await watching.line('watched', found('lead'));
  await lead.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await waitFor('both were called', () => got.length === 2);
  const [hook, ntfy] = ['/hook', '/'].map((path) => got.find((one) => one.path === path)!);
  expect(hook).toMatchObject({
    headers: { 'x-key': 'k', 'idempotency-key': hook!.body.id },
    body: { kind: 'request', member: expect.stringContaining('lead'), title: expect.stringContaining('needs you') },
  });
  expect(ntfy).toMatchObject({ headers: { authorization: 'Bearer t' }, body: { topic: 'my-topic', priority: 3 } });
  await command('add', 'ci');
  expect(await command('tell', 'human', 'Look at this.', '--as', 'ci')).toMatchObject({ code: 0 });
  await waitFor('mail', () => got.length === 3);
  expect(got[2]).toMatchObject({ path: '/', body: { message: expect.stringContaining('Look at this.') } });
  await watching.stop();
  const again = await watch();
  await again.line('watched', found('lead'));
  expect(got).toHaveLength(3);
});

test('`notify test` tries every way, and says what each answered', async () => {
  answers = [204, 403];
  const { code, stdout } = await command('notify', 'test');
  expect([code, stdout.split('\n').sort()]).toEqual([
    0,
    [
      '',
      expect.stringMatching(/^(?:ntfy|webhook) +failed: 127\.0\.0\.1:\d+ answered 403$/),
      expect.stringMatching(/^(?:ntfy|webhook) +sent: 127\.0\.0\.1:\d+ answered 204$/),
    ],
  ]);
  expect(got.map(({ path }) => path).sort()).toEqual(['/', '/hook']);
});
