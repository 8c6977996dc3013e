import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { boundedCommand } from '../../bridge/host/bounded-command.ts';

const run = (argv: readonly string[], limitMs = 30_000) =>
  boundedCommand(argv, { cwd: tmpdir(), env: { PATH: process.env.PATH, WORD: 'a b' }, limitMs });

test('its exit code, and the end of what it printed; no shell reads its words', async () => {
  expect(await run(['printf', '%s', '$WORD; exit 3']).ended).toEqual({ code: 0, isLate: false, said: '$WORD; exit 3' });
  expect(await run(['sh', '-c', 'echo "$WORD"; exit 3']).ended).toEqual({ code: 3, isLate: false, said: 'a b' });
  expect((await run(['sh', '-c', 'yes no | head -n 9999; echo last >&2']).ended).said.length).toBeLessThanOrEqual(400);
});

test('one that is not there cannot be run', async () => {
  expect(await run(['/nowhere/at-all']).ended).toMatchObject({ code: null, said: expect.stringContaining('ENOENT') });
});

test('at the limit it is ended, with what it has started; what it left in the background holds nobody up', async () => {
  expect(await run(['sh', '-c', 'sleep 1000 & sleep 1000'], 50).ended).toMatchObject({ code: null, isLate: true });
  const left = run(['sh', '-c', 'sleep 1000 & echo $!']);
  const { code, said } = await left.ended;
  process.kill(Number(said), 'SIGKILL');
  expect(code).toBe(0);
});
