import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installationOf } from '../../bridge/launch/installation.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-installed-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['clone', 'src/bridge/.git', 'src/bridge', 'git pull', 'npm unlink -g macs-bridge'],
  [
    'global',
    'lib/node_modules/macs-bridge',
    undefined,
    'npm install -g ./macs-bridge-NEWER.tgz',
    'npm uninstall -g macs-bridge',
  ],
  [
    'global',
    'mine/lib/node_modules/macs-bridge',
    undefined,
    'npm install -g --prefix FOLDER/mine ./macs-bridge-NEWER.tgz',
    'npm uninstall -g --prefix FOLDER/mine macs-bridge',
  ],
  [
    'npx',
    '.npm/_npx/0a1b/node_modules/macs-bridge',
    undefined,
    'npx --package ./macs-bridge-NEWER.tgz bridge version',
    'rm -r FOLDER/.npm/_npx/0a1b',
  ],
  [
    'dependency',
    'project/node_modules/macs-bridge',
    undefined,
    'npm install ./macs-bridge-NEWER.tgz',
    'npm uninstall macs-bridge',
  ],
])('what was installed as %s is updated and removed as that', (is, path, root, update, remove) => {
  mkdirSync(join(folder, path), { recursive: true });
  mkdirSync(join(folder, 'lib/node_modules'), { recursive: true });
  const found = installationOf(join(folder, root ?? path), join(folder, 'lib/node_modules'));
  expect(found).toMatchObject({
    is,
    update: expect.arrayContaining([update.replace('FOLDER', folder)]),
    remove: expect.arrayContaining([remove.replace('FOLDER', folder)]),
  });
});
