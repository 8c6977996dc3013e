import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serviceFile } from '../../bridge/launch/service-unit.ts';

const service = {
  command: ['/opt/node 20/node', '/x/ma"in.js', 'serve', '--home', '/h/100%$HOME'],
  path: '/a b:/usr/bin',
};

test('a systemd unit runs just these words, whatever stands in them', () => {
  const { path, text, begin } = serviceFile('linux', '/home/ada', service);
  expect(path).toBe('/home/ada/.config/systemd/user/bridge.service');
  expect(text).toContain('\nExecStart="/opt/node 20/node" "/x/ma\\"in.js" "serve" "--home" "/h/100%%$$HOME"\n');
  expect(text).toContain('\nEnvironment="PATH=/a b:/usr/bin"\n');
  expect(begin.at(-1)).toBe('systemctl --user enable --now bridge');
});

test('a launch agent runs just these words, whatever stands in them', () => {
  const { path, text } = serviceFile('darwin', '/Users/ada', { ...service, command: ['/x & y/node', '<a>'] });
  expect(path).toBe('/Users/ada/Library/LaunchAgents/bridge.plist');
  expect(text).toContain('<string>/x &amp; y/node</string>\n    <string>&lt;a&gt;</string>');
});

const isInstalled = (program: string) => spawnSync(program, ['--version']).status === 0;

test.runIf(isInstalled('systemd-analyze'))('systemd has nothing to say against the unit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-unit-'));
  try {
    const command = [process.execPath, '/x/ma"in.js', 'serve', '--home', '/h/100% $HOME'];
    writeFileSync(join(folder, 'bridge.service'), serviceFile('linux', folder, { ...service, command }).text);
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--user', join(folder, 'bridge.service')], {
      env: { PATH: process.env.PATH, XDG_RUNTIME_DIR: folder },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the launch agent is a property list: each key has one value, each tag is closed', () => {
  const list = serviceFile('darwin', '/Users/ada', { ...service, command: ['/x & y/node', '<a>'] }).text;
  const open: string[] = [];
  for (const [, end, name, empty] of list.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (end) expect(open.pop()).toBe(name);
    else if (!empty) open.push(name!);
  }
  expect(open).toEqual([]);
  for (const [, dict] of list.matchAll(/<dict>([\s\S]*?)<\/dict>/g)) {
    const values = dict!.replace(/\s*<(\w+)>[\s\S]*?<\/\1>|\s*<(\w+)\/>|\s*<(dict)>/g, ' $1$2$3');
    expect(values.trim().split(/\s+/).join(' ')).toMatch(/^key \w+(?: key \w+)*$/);
  }
});
