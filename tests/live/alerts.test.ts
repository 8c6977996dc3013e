import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { answers, eachTestHasReceiver, got, receiverUrl } from './alert-receiver.ts';
import { command, eachMailTestStarts, found, home, member, watch } from './mail-fixture.ts';

/** Alerts that arrive: by a webhook and an ntfy server of the test's own, once for each matter. */

eachMailTestStarts({ workers: ['lead'] });

eachTestHasReceiver();
beforeEach(() => {
  const notify = [
    'notify:',
    '  bell: false',
    `  webhook: { url: ${receiverUrl}/hook, headers: { x-key: k }, settled: true }`,
    `  ntfy: { url: ${receiverUrl}/my-topic, token: t }`,
    '  rules:',
    '    - { kinds: [mail], ways: [ntfy] }',
  ];
  appendFileSync(join(home, 'bridge.yaml'), `${notify.join('\n')}\n`);
});

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
  answers.push(204, 403);
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

test('what was answered elsewhere is taken off the phone, and a webhook that asked for it is told; each once', async () => {
  const lead = await member('lead');
  const watching = await watch();
  await watching.line('watched', found('lead'));
  await lead.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await waitFor('both were called', () => got.length === 2);
  const [{ id }] = JSON.parse((await command('requests', '--json')).stdout) as [{ id: string }];
  expect(await command('answer', id, 'SQLite.')).toMatchObject({ code: 0 });
  const first = got.slice(0, 2);
  const hook = first.find(({ path }) => path === '/hook')!.body;
  const sequence = first.find(({ path }) => path === '/')!.body.sequence_id;
  expect(sequence).toMatch(/^[\w-]{1,64}$/);
  // the worker goes on with the answer, and may call for something else
  const taken = () => got.filter(({ method, path }) => method === 'DELETE' && path === `/my-topic/${sequence}`);
  const told = () => got.filter(({ body }) => body.id === hook.id && body.settled === true);
  await waitFor('both are told', () => taken().length > 0 && told().length > 0);
  expect(taken()[0]!.headers).toMatchObject({ authorization: 'Bearer t' });
  expect(told()[0]!.body).toEqual({ id: hook.id, title: hook.title, settled: true });
  await watching.stop();
  await watch();
  expect([taken().length, told().length]).toEqual([1, 1]);
});
