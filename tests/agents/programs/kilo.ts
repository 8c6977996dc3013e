import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProgram } from '../test-program.ts';
import { opencode, opencodePatches, opencodeSettings } from './opencode.ts';

/** Kilo 7.7.9, a fork of opencode */
export const kilo: TestProgram = {
  ...opencode,
  keys: { ...opencode.keys, deny: ['Escape', 'Enter'] },
  npm: '@kilocode/cli-linux-x64',
  version: '7.7.9',
  binary: '@kilocode/cli-linux-x64/bin/kilo',
  prepare({ home, name }, { server }) {
    const folder = join(home, '.config', 'kilo');
    mkdirSync(folder, { recursive: true });
    // a first snapshot that is slow, as on a loaded machine, is asked about in a dialog
    const settings = { ...opencodeSettings(server.url(name)), snapshot: false };
    writeFileSync(join(folder, 'kilo.json'), JSON.stringify(settings));
    return {
      args: [],
      environment: { KILO_DISABLE_AUTOUPDATE: '1', KILO_DISABLE_MODELS_FETCH: '1', KILO_DISABLE_LSP_DOWNLOAD: '1' },
    };
  },
  ownScenes: () => opencodePatches('.config/kilo/kilo.json'),
};
