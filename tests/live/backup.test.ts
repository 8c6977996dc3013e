import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { runAsPerson } from './as-person.ts';
import { inState, program, requestIds, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

eachTestStartsWith({ yaml: 'mode: manual\n', worker: {} });

const file = () => join(tmux.folder, 'a.backup');
const copy = () => join(tmux.folder, 'copy');

test('an answer that waited when the backup was made is not typed by the bridge that goes on with it, until a person says so', async () => {
  const bridge = await startWatching();
  await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await bridge.line('the human is asked', inState('asked'));
  const [id = ''] = requestIds(bridge);
  // a draft of somebody's in the composer holds it
  await tmux.run('send-keys', '-t', agent.paneId, '-l', 'a draft');
  await waitFor('the draft is seen', async () =>
    (await run(tmux, ['status', '--home', home, '--pane', agent.paneId])).stdout.includes('a draft is in'),
  );
  expect(await run(tmux, ['answer', '--home', home, id, 'Use SQLite.'])).toMatchObject({ code: 2 });
  expect(await run(tmux, ['backup', '--home', home, file()])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^backed up .*home to .*a\.backup: \d+ files, \d+ KB\n$/),
  });
  expect(await run(tmux, ['completion', 'ids', '--home', home])).toMatchObject({
    code: 0,
    stdout: `${id.slice(-6)}\n`,
  });
  expect(await run(tmux, ['restore', '--home', home, file()])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/a bridge runs there \(pid \d+\)\n +`bridge stop` ends it/),
  });
  await bridge.stop('SIGKILL');

  const restored = await run(tmux, ['restore', '--home', copy(), file()]);
  expect(restored).toMatchObject({ code: 0, stderr: '' });
  expect(restored.stdout).toContain('1 open requests are yours to answer');
  expect(restored.stdout).toContain('1 deliveries that waited are cancelled');
  expect(await run(tmux, ['verify', '--home', copy()])).toMatchObject({ code: 0 });
  await tmux.run('send-keys', '-t', agent.paneId, 'C-u');
  const goesOn = await startWatching([], { home: copy() });
  const shown = JSON.parse((await run(tmux, ['show', '--json', '--home', copy(), id])).stdout);
  expect(shown).toMatchObject({ doubt: { answer: { instructions: 'Use SQLite.' } } });
  // the empty composer is seen: what could be typed would be
  await waitFor('idle', async () =>
    (await run(tmux, ['status', '--home', copy(), '--pane', agent.paneId])).stdout.startsWith('idle '),
  );
  expect(agent.inputs()).toEqual([]);
  expect(readdirSync(join(copy(), 'inbox'))).toEqual([`${id}.request.md`]);
  expect(await run(tmux, ['answer', '--home', copy(), id, '--again'])).toMatchObject({ code: 0 });
  await goesOn.line('it is delivered', inState('delivered'));
  expect(agent.inputs().map((input) => input.trim())).toEqual(['Use SQLite.']);
});

test('a disk that is full leaves neither half a backup nor half a state directory', async () => {
  expect(await run(tmux, ['ask', '--no-wait', '--home', home, '--pane', agent.paneId, 'Which?'])).toMatchObject({
    code: 0,
  });
  mkdirSync(join(home, 'archive', '2026-11'), { recursive: true });
  writeFileSync(join(home, 'archive', '2026-11', 'page.md'), randomBytes(1_000_000));
  const onFullDisk = (...words: string[]) =>
    runAsPerson(['prlimit', '--fsize=500000', process.execPath, program, ...words], {
      cwd: tmux.folder,
      env: { PATH: process.env.PATH, HOME: tmux.folder, XDG_RUNTIME_DIR: tmux.folder },
    });
  const before = readdirSync(tmux.folder).sort();
  expect(await onFullDisk('backup', '--home', home, file())).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/the disk is full|cannot be written/),
  });
  expect(readdirSync(tmux.folder).sort()).toEqual(before);
  expect(await run(tmux, ['backup', '--home', home, file()])).toMatchObject({ code: 0 });
  expect(await onFullDisk('restore', '--home', copy(), file())).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/the disk is full|cannot be written/),
  });
  expect(existsSync(copy())).toBe(false);
  expect(readdirSync(tmux.folder).filter((name) => /restoring/.test(name))).toEqual([]);
  mkdirSync(copy());
  expect(await run(tmux, ['restore', '--home', copy(), file()])).toMatchObject({ code: 0 });
});
