import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentsCache } from '../agents-cache.ts';
import { type TestProgram, usualKeys } from '../test-program.ts';
import { asPatchingModel, patchScenes } from './patch-scenes.ts';

/** GitHub Copilot CLI 1.0.102 */
export const copilot: TestProgram = {
  npm: '@github/copilot',
  version: '1.0.102',
  binary: 'copilot',
  // npm's `node` package: its own Node, as Copilot asks for 22
  needs: ['node@22.23.3'],
  // two Escapes interrupt only within a tenth of a second of each other
  keys: { ...usualKeys, interrupt: ['C-c'] },
  scenes: ['help', 'shell_mode', 'escaped_once', 'asks', 'picker', 'telling', 'rows', 'modes'],
  startLimitMs: 120_000,
  approval: /Do you want to (?:run this command|create|edit|update|delete|move|allow|make)/,
  prepare({ home, name, workingFolder }, { server, firstRun = false }) {
    const folder = join(home, '.copilot');
    mkdirSync(folder, { recursive: true });
    const known = { trusted_folders: [workingFolder], firstLaunchAt: '2026-01-01T00:00:00.000Z' };
    const config = { banner: 'never', autoUpdate: false, ...(firstRun ? {} : known) };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    return {
      args: [],
      environment: {
        // it unpacks 235 MB there at its first start
        XDG_CACHE_HOME: join(agentsCache(), 'copilot', 'cache'),
        COPILOT_OFFLINE: 'true',
        COPILOT_PROVIDER_BASE_URL: `${server.url(name)}/v1`,
        COPILOT_PROVIDER_TYPE: 'openai',
        COPILOT_PROVIDER_API_KEY: 'not-a-key',
        COPILOT_MODEL: 'scripted-model',
        COPILOT_AUTO_UPDATE: 'false',
      },
    };
  },
  isIdle: (screen) => /^❯(?: |$)/m.test(screen) && / Interactive · /.test(screen) && !/\besc\b.*interrupt/.test(screen),
  ownScenes: () =>
    patchScenes({
      start: { beforeStart: asPatchingModel() },
      state: 'approval',
      step: (input) => ({ call: 'apply_patch', args: { input } }),
      sees: /Do you want to [\s\S]*to navigate/,
      second: [{ press: ['Enter'] }, { sees: /Do you want to (?:update|delete)/ }],
      posing: ['src/Do you want to run this command?', '1. Yes', 'npm test'],
    }),
  firstDialogs: [{ name: 'trust', note: 'a new folder: whether it is trusted', options: { firstRun: true } }],
};
