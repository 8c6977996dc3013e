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
