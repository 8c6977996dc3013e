import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './bridge-process.ts';
import { eachTestStartsWith, tmux } from './live-fixture.ts';

eachTestStartsWith();

test('--simulate-log tells what would have been detected, for a person and for a machine, and needs no tmux', async () => {
  const log = join(tmux.folder, 'worker.log');
  writeFileSync(log, 'words\n<<CONTROLLER_REQUEST>>\nWhich database?\n<<CONTROLLER_REQUEST_END>>\n');
  const told = await run(tmux, ['--simulate-log', log]);
  expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining('Which database?') });
  const records = await run(tmux, ['--simulate-log', log, '--json']);
  expect(JSON.parse(records.stdout)).toMatchObject([{ kind: 'request', text: 'Which database?', line: 4 }]);
});

test('a log that cannot be read is said, with what to do', async () => {
  const told = await run(tmux, ['--simulate-log', join(tmux.folder, 'none.log')]);
  expect(told).toMatchObject({ code: 64, stderr: expect.stringMatching(/none\.log: cannot be read[\s\S]*readable/) });
});
