import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { makeHome, makeWork, run } from './bridge-process.ts';
import { eachTestStartsWith, tmux } from './live-fixture.ts';

/** A program that reads with GNU readline, which takes a paste whole and puts its further lines at the edge. */
const program = `#!/usr/bin/env python3
import readline, sys
readline.parse_and_bind('set enable-bracketed-paste on')
print('ready')
while True:
    line = input('> ')
    open(sys.argv[1], 'a').write(repr(line) + '\\n')
    print('got it')
`;

const hasReadline =
  spawnSync('python3', ['-c', 'import readline; assert "libedit" not in readline.__doc__']).status === 0;

eachTestStartsWith();

test.runIf(hasReadline)('a text of several lines reaches a program that reads with readline as one input', async () => {
  const path = join(makeWork(tmux), 'mystery');
  const log = join(tmux.folder, 'inputs');
  writeFileSync(path, program);
  chmodSync(path, 0o755);
  await tmux.run('new-session', '-d', '-s', 'macs', '-x', '80', '-y', '24', `${path} ${log}`);
  await waitFor('it reads', async () => (await tmux.screen('macs')).includes('> '.trim()));
  const paneId = (await tmux.run('list-panes', '-a', '-F', '#{pane_id}')).trim();
  const text = 'First, the table of the workers.\nThen its index.\nThe names stay as they are.';
  const send = ['send', '--home', makeHome(tmux), '--agent', 'generic', '--pane', paneId, '--wait', '20', text];
  expect(await run(tmux, send)).toMatchObject({ code: 0, stdout: expect.stringContaining('submitted') });
  await waitFor('it was read', () => existsSync(log));
  expect(readFileSync(log, 'utf8')).toBe(`'${text.replaceAll('\n', '\\n')}'\n`);
});
