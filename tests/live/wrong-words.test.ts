import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux } from '../fixtures/private-tmux.ts';
import { makeHome, run, startBridge } from './bridge-process.ts';

let tmux: PrivateTmux;
let home: string;
beforeEach(async () => {
  tmux = privateTmux();
  home = makeHome(tmux);
  await tmux.run('new-session', '-d', '-s', 'macs', 'exec sleep 1000');
});
afterEach(() => tmux.stop());

test('an id that is empty is wrong use in words, with and without a daemon', async () => {
  const words = { code: 64, stderr: expect.stringMatching(/^bridge: show: id: is empty\s*$/) };
  expect(await run(tmux, ['show', '', '--home', home])).toMatchObject(words);
  const answer = await run(tmux, ['answer', '', 'a text', '--home', home]);
  expect(answer).toMatchObject({ code: 64, stderr: expect.stringContaining('answer: id: is empty') });
  const bridge = await startBridge(tmux, home, ['--session', 'macs', '--mode', 'manual']);
  try {
    expect(await run(tmux, ['show', '', '--home', home])).toMatchObject(words);
  } finally {
    await bridge.stop('SIGKILL');
  }
});

test.each(['send', 'ask'])('%s of a text that begins with a dash says where it goes', async (command) => {
  const said = await run(tmux, [command, '- first do this', '--home', home]);
  expect(said).toMatchObject({ code: 64, stderr: expect.stringContaining('a text that begins with - goes after --') });
});
