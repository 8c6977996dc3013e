import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropKey, nowhere } from '../first-dialogs.ts';
import { type TestProgram, usualKeys } from '../test-program.ts';

/** gemini-cli 0.61.0 */
export const gemini: TestProgram = {
  npm: '@google/gemini-cli',
  version: '0.61.0',
  binary: 'gemini',
  keys: usualKeys,
  startLimitMs: 150_000,
  approval: /Allow execution of|Apply this change\?/,
  prepare({ home, name, workingFolder }, { server, firstRun }) {
    const folder = join(home, '.gemini');
    mkdirSync(folder, { recursive: true });
    const settings = {
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false, maxAttempts: 2 },
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: true } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      ui: { hideTips: true, hideBanner: true, showStatusInTitle: true, dynamicWindowTitle: true },
      ide: { hasSeenNudge: true },
    };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    const trusted = firstRun ? {} : { [workingFolder]: 'TRUST_FOLDER' };
    writeFileSync(join(folder, 'trustedFolders.json'), JSON.stringify(trusted));
    return {
      args: ['-m', 'gemini-2.5-pro'],
      environment: { GEMINI_API_KEY: 'not-a-key', GOOGLE_GEMINI_BASE_URL: server.url(name) },
    };
  },
  isIdle: (screen, title) => /^◇\s+Ready/.test(title) && /Type your message/.test(screen),
  firstDialogs: [
    { name: 'trust', note: 'a new folder: whether it is trusted', options: { firstRun: true } },
    {
      name: 'login',
      note: 'no way to authenticate is chosen',
      options: {
        environment: { ...nowhere, GEMINI_API_KEY: '', GOOGLE_GEMINI_BASE_URL: '' },
        beforeStart: ({ home }) => dropKey(join(home, '.gemini/settings.json'), 'security'),
      },
    },
  ],
};
