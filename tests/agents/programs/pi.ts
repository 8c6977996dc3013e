import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestProgram, usualKeys } from '../test-program.ts';

/** pi-coding-agent 0.73.1; it never asks before it acts */
export const pi: TestProgram = {
  npm: '@mariozechner/pi-coding-agent',
  version: '0.73.1',
  binary: 'pi',
  keys: usualKeys,
  startLimitMs: 60_000,
  approval: null,
  prepare({ home, name }, { server }) {
    const folder = join(home, '.pi', 'agent');
    mkdirSync(folder, { recursive: true });
    const provider = {
      baseUrl: `${server.url(name)}/v1`,
      api: 'openai-completions',
      apiKey: 'not-a-key',
      compat: { supportsDeveloperRole: false, supportsReasoningEffort: false },
      models: [{ id: 'scripted-model', reasoning: true }],
    };
    writeFileSync(join(folder, 'models.json'), JSON.stringify({ providers: { scripted: provider } }));
    const settings = { defaultProvider: 'scripted', defaultModel: 'scripted-model', retry: { enabled: false } };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    return { args: ['--offline'], environment: { PI_OFFLINE: '1', PI_SKIP_VERSION_CHECK: '1' } };
  },
  isIdle: (screen) => /scripted-model/.test(screen) && !/^\s*[⠀-⣿] \S/m.test(screen),
  firstDialogs: [],
};
