import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestProgram, usualKeys } from '../test-program.ts';

/** grok-cli 0.0.34 */
export const grok: TestProgram = {
  npm: '@vibe-kit/grok-cli',
  version: '0.0.34',
  binary: 'grok',
  keys: usualKeys,
  scenes: ['denied_on', 'feedback', 'picker', 'stopped_waiting', 'rows'],
  startLimitMs: 60_000,
  approval: /Do you want to proceed with this operation\?/,
  prepare({ home, name }, { server }) {
    const folder = join(home, '.grok');
    mkdirSync(folder, { recursive: true });
    const url = `${server.url(name)}/v1`;
    const settings = { apiKey: 'not-a-key', baseURL: url, defaultModel: 'scripted-model', models: ['scripted-model'] };
    writeFileSync(join(folder, 'user-settings.json'), JSON.stringify(settings));
    return {
      args: ['-u', url, '-m', 'scripted-model'],
      environment: { GROK_API_KEY: 'not-a-key', GROK_BASE_URL: url },
    };
  },
  isIdle: (screen) => /│ ❯ Ask me anything\.\.\. /.test(screen) && !/esc to interrupt\)|^ +█$/m.test(screen),
  // without a key it does not start
  firstDialogs: [],
};
