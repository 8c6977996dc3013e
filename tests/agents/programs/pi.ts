import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestProgram, usualKeys } from '../test-program.ts';

/** pi-coding-agent 1.6.0; it never asks before it acts */
export const pi: TestProgram = {
  npm: '@earendil-works/pi-coding-agent',
  version: '1.6.0',
  binary: 'pi',
  needs: ['node@22.23.3'],
  keys: usualKeys,
  scrolledBack: { shows: /Jump to latest message/, back: ['C-End'] },
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
  // it shows that it works in the rule above its composer
  isIdle: (screen) => /scripted-model/.test(screen) && !/^(?:── )?\s*[⠀-⣿] \S/m.test(screen),
  lists: [
    { command: '/model', shows: /Only showing models/, choose: ['Enter'] },
    { command: '/settings', shows: /Type to search/ },
    { command: '/resume', shows: /Resume Session/ },
    { command: '/tree', shows: /Session Tree/ },
    { command: '/trust', shows: /Project trust/ },
    { command: '/thinking', shows: /Thinking Level/ },
    { command: '/scoped-models', shows: /Model Configuration/ },
    { command: '/mcp', shows: /MCP servers/ },
    { command: '/bug', shows: /Report a bug/ },
    { command: '/login', shows: /Select authentication method/ },
  ],
  firstDialogs: [
    {
      name: 'trust',
      note: 'a folder with settings for pi: whether it is trusted',
      options: {
        beforeStart({ workingFolder }) {
          mkdirSync(join(workingFolder, '.pi'));
          writeFileSync(join(workingFolder, '.pi', 'SYSTEM.md'), 'You are a coding agent.\n');
        },
      },
    },
  ],
};
