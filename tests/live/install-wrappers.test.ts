import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './bridge-process.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

eachTestStartsWith();

const scripts = resolve(import.meta.dirname, '../../scripts');
const bridge = (...words: string[]) => run(tmux, [...words, '--home', home]);

test('install-wrappers links the names that are free, says which were not, and uninstall takes exactly these links', async () => {
  const bin = join(tmux.folder, 'a bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'agent_comms'), 'of somebody\n');
  symlinkSync('/nowhere/tmux-bridge', join(bin, 'tmux-bridge'));
  const first = await bridge('install-wrappers', '--bin', bin);
  expect(first).toMatchObject({
    code: 1,
    stdout: [
      ...['agent-send.sh', 'send-message.sh', 'agent-comms', 'agent-chat'].map(
        (name) => `linked ${join(bin, name)} -> ${join(scripts, name)}`,
      ),
      `left ${join(bin, 'tmux-bridge')}: it is a link to /nowhere/tmux-bridge`,
      `left ${join(bin, 'agent_comms')}: a file lies there`,
      `${bin} is not in your PATH: nothing finds them by their names yet`,
      '',
    ].join('\n'),
  });
  rmSync(join(bin, 'tmux-bridge'));
  const again = JSON.parse((await bridge('install-wrappers', '--bin', bin, '--json')).stdout);
  expect([again.linked.length, again.kept.length, again.refused.length]).toEqual([1, 4, 1]);
  // into another folder besides; then one link is taken away, and one leads elsewhere
  expect((await bridge('install-wrappers', '--bin', join(tmux.folder, 'new', 'bin'))).code).toBe(0);
  rmSync(join(bin, 'agent-comms'));
  rmSync(join(bin, 'send-message.sh'));
  symlinkSync('/nowhere', join(bin, 'send-message.sh'));

  const would = await bridge('uninstall');
  expect(would).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`would remove a link to a script of bridge: ${join(bin, 'agent-send.sh')}`),
  });
  expect(await bridge('uninstall', '--yes')).toMatchObject({ code: 0 });
  expect(readdirSync(bin).sort()).toEqual(['agent_comms', 'send-message.sh']);
  expect(readFileSync(join(bin, 'agent_comms'), 'utf8')).toBe('of somebody\n');
  expect(readlinkSync(join(bin, 'send-message.sh'))).toBe('/nowhere');
  expect(readdirSync(join(tmux.folder, 'new', 'bin'))).toEqual([]);
  expect(existsSync(join(scripts, 'agent_comms'))).toBe(true);
  expect((await bridge('uninstall')).stdout).not.toContain('a link to a script');
});

test('a link that a person made by hand is theirs, and a record is no word to remove anything else', async () => {
  const bin = join(tmux.folder, 'bin');
  mkdirSync(bin);
  symlinkSync(join(scripts, 'tmux-bridge'), join(bin, 'tmux-bridge'));
  const mine = join(bin, 'mine');
  symlinkSync('/etc/passwd', mine);
  writeFileSync(join(home, 'wrappers.json'), JSON.stringify([{ path: mine, target: '/etc/passwd' }, null, 7]));
  expect(await bridge('install-wrappers', '--bin', bin)).toMatchObject({ code: 0 });
  expect(await bridge('uninstall', '--yes')).toMatchObject({ code: 0 });
  expect(readdirSync(bin).sort()).toEqual(['mine', 'tmux-bridge']);
});
