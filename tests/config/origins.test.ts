import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../bridge/config/config.ts';
import { originsOf } from '../../bridge/config/origins.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridge-origins-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('each setting is named once, where it was set last', () => {
  writeFileSync(
    join(home, 'bridge.yaml'),
    'mode: manual\nsocket: /run/s\nlimits: { per-day: 20 }\nnotify: { bell: true, again-after: 5 }\npolicy:\n  - { when: { text: x }, answer: y }\n',
  );
  const config = loadConfig({ home, flags: { mode: 'auto' }, env: { TMUX_SOCKET: '/tmp/s', TARGET_PANE_LABEL: '' } });
  expect(originsOf(config)).toEqual([
    { from: 'flags', names: ['--mode'] },
    { from: 'environment', names: ['TMUX_SOCKET'] },
    { from: 'file', names: ['limits.per-day', 'notify.again-after', 'policy (1 rule)', 'notify.bell'] },
  ]);
});

test('where nothing is set nothing is named', () => {
  expect(originsOf(loadConfig({ home, flags: {}, env: {} }))).toEqual([]);
});
