import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nowhere } from '../first-dialogs.ts';
import type { Prepared } from '../real-agents.ts';
import { type TestProgram, usualKeys } from '../test-program.ts';
import { asPatchingModel, patchScenes } from './patch-scenes.ts';

/** cline 3.0.65 */
export const cline: TestProgram = {
  npm: 'cline',
  version: '3.0.65',
  binary: 'cline',
  keys: { ...usualKeys, approve: ['y'], deny: ['n'] },
  startLimitMs: 120_000,
  approval: /Cline needs permission/,
  prepare({ home, name }, { server, firstRun = false }) {
    const folder = join(home, '.cline', 'data', 'settings');
    mkdirSync(folder, { recursive: true });
    const provider = 'openai-compatible';
    const settings = { provider, apiKey: 'not-a-key', model: 'scripted-model', baseUrl: `${server.url(name)}/v1` };
    const entry = { settings, updatedAt: '2026-01-01T00:00:00.000Z', tokenSource: 'manual' };
    const providers = { version: 1, lastUsedProvider: provider, providers: { [provider]: entry } };
    writeFileSync(join(folder, 'providers.json'), JSON.stringify(providers));
    // its promotions stand over the composer and take the first keys
    const shown = { 'cline-cli-cline-pass-intro': true, 'cline-cli-desktop-launch': true };
    if (!firstRun) writeFileSync(join(folder, 'cli-notices.json'), JSON.stringify({ shown }));
    return {
      args: ['--tui', '-P', provider, '-m', 'scripted-model', '--auto-approve', 'false'],
      environment: {},
    };
  },
  // in column 1 stands what turns; in column 26 the first composer
  isIdle: (screen) => /^ *❯ (What can I do|Ask anything)/m.test(screen) && !/^ [⠀-⣿] /m.test(screen),
  ownScenes: () =>
    patchScenes({
      start: { beforeStart: asPatchingModel('.cline/data/settings/providers.json') },
      state: 'approval',
      step: (input) => ({ call: 'apply_patch', args: { input } }),
      sees: /Cline needs permission/,
      posing: ['$ npm test', 'src/a.ts Cline needs permission'],
    }),
  firstDialogs: [
    { name: 'promotion', note: 'a promotion over the composer', options: { firstRun: true } },
    {
      name: 'login',
      note: 'no provider is connected',
      options: { environment: nowhere, beforeStart: withoutClineProvider },
    },
  ],
};

function withoutClineProvider({ home, args }: Prepared): void {
  rmSync(join(home, '.cline'), { recursive: true });
  // what names a provider on the command line takes the place of the question
  (args as string[]).splice(0, args.length, '--tui');
}
