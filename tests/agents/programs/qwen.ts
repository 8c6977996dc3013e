import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropKey, nowhere } from '../first-dialogs.ts';
import { type TestProgram, usualKeys } from '../test-program.ts';

/** qwen-code 0.24.4 */
export const qwen: TestProgram = {
  npm: '@qwen-code/qwen-code',
  version: '0.24.4',
  binary: 'qwen',
  // npm's `node` package: qwen-code does not start on Node 20
  needs: ['node@22.23.3'],
  keys: usualKeys,
  startLimitMs: 120_000,
  approval: /Waiting for user confirmation|Yes, allow once/,
  prepare({ home, name }, { server, firstRun = false }) {
    const folder = join(home, '.qwen');
    mkdirSync(folder, { recursive: true });
    const settings = {
      general: { enableAutoUpdate: false, disableAutoUpdate: true },
      security: { auth: { selectedType: 'openai' }, folderTrust: { enabled: firstRun } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      // npm leaves its own ripgrep without the right to run, which it reports with a path
      tools: { approvalMode: 'default', useRipgrep: false },
      model: { name: 'scripted-model' },
    };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    return {
      args: [],
      environment: {
        OPENAI_API_KEY: 'not-a-key',
        OPENAI_BASE_URL: `${server.url(name)}/v1`,
        OPENAI_MODEL: 'scripted-model',
      },
    };
  },
  isIdle: (screen, title) => title.startsWith('Qwen - ') && /Type your message/.test(screen),
  firstDialogs: [
    { name: 'trust', note: 'a new folder: whether it is trusted', options: { firstRun: true } },
    {
      name: 'login',
      note: 'no provider is connected',
      options: {
        environment: { ...nowhere, OPENAI_API_KEY: '', OPENAI_BASE_URL: '', OPENAI_MODEL: '' },
        beforeStart: ({ home }) => dropKey(join(home, '.qwen/settings.json'), 'security'),
      },
    },
  ],
};
