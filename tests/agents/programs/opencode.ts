import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestProgram, usualKeys } from '../test-program.ts';
import { asPatchingModel, patchScenes } from './patch-scenes.ts';

/** opencode 1.18.33 */
export const opencode: TestProgram = {
  npm: 'opencode-ai',
  version: '1.18.33',
  binary: 'opencode',
  keys: { ...usualKeys, interrupt: ['Escape', 'Escape'] },
  startLimitMs: 180_000,
  approval: /Permission required/,
  prepare({ home, name }, { server }) {
    const folder = join(home, '.config', 'opencode');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'opencode.json'), JSON.stringify(opencodeSettings(server.url(name))));
    return {
      args: [],
      environment: {
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      },
    };
  },
  isIdle: (screen) => /Scripted Model/.test(screen) && !/esc (again to )?interrupt|Permission required/.test(screen),
  ownScenes: () => opencodePatches('.config/opencode/opencode.json'),
  firstDialogs: [],
};

/** @param settings its settings file, in its home */
export const opencodePatches = (settings: string) =>
  patchScenes({
    start: { beforeStart: asPatchingModel(settings) },
    state: 'approval',
    step: (patchText) => ({ call: 'apply_patch', args: { patchText } }),
    sees: /Permission required[\s\S]*Allow once/,
    posing: ['src/a.ts  Allow once   Allow always   Reject', '# Shell command', '$ npm test'],
  });

/** Its settings file, which its forks take too. */
export function opencodeSettings(url: string): object {
  const model = 'scripted/scripted-model';
  return {
    autoupdate: false,
    share: 'disabled',
    model,
    small_model: model,
    enabled_providers: ['scripted'],
    permission: { bash: 'ask', edit: 'ask' },
    provider: {
      scripted: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Scripted',
        options: { baseURL: `${url}/v1`, apiKey: 'not-a-key' },
        models: {
          'scripted-model': { name: 'Scripted Model', reasoning: true, limit: { context: 200_000, output: 8000 } },
        },
      },
    },
  };
}
