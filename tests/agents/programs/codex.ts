import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeFile, nowhere } from '../first-dialogs.ts';
import { type TestProgram, usualKeys } from '../test-program.ts';
import { codexScenes } from './codex-scenes.ts';

/** codex 0.171.0 */
export const codex: TestProgram = {
  npm: '@openai/codex',
  version: '0.171.0',
  binary: 'codex',
  keys: { ...usualKeys, approve: ['y'] },
  scrolledBack: { shows: /Back to bottom/, back: ['End', 'Escape'] },
  startLimitMs: 60_000,
  approval: /Would you like to run the following command\?/,
  prepare({ home, name, workingFolder }, { server, codexConfig = '', codexDaemon = false, firstRun }) {
    const codexHome = join(home, '.codex');
    mkdirSync(codexHome, { recursive: true });
    writeFileSync(
      join(codexHome, 'config.toml'),
      `model = "scripted-model"
model_provider = "scripted"
approval_policy = "on-request"
sandbox_mode = "read-only"
check_for_update_on_startup = false
${codexConfig}
[model_providers.scripted]
name = "scripted"
base_url = "${server.url(name)}/v1"
wire_api = "responses"
env_key = "SCRIPTED_API_KEY"
request_max_retries = 1
stream_max_retries = 1
[analytics]
enabled = false
${firstRun ? '' : `[projects."${workingFolder}"]\ntrust_level = "trusted"\n`}`,
    );
    return {
      args: codexDaemon ? [] : ['--no-daemon'],
      environment: { CODEX_HOME: codexHome, SCRIPTED_API_KEY: 'not-a-key' },
    };
  },
  isIdle: (screen, title, workingFolder) =>
    title.split(' | ').at(-1) === workingFolder.split('/').at(-1) &&
    !/^(?:[⠀-⣿]|\[ [!.] \]) /.test(title) &&
    /^› /m.test(screen) &&
    screen.includes('scripted-model'),
  lists: [
    { command: '/model ', shows: /Select Model/, choose: ['Enter', 'Enter'] },
    { command: '/permissions ', shows: /Permissions/, choose: ['Enter'] },
  ],
  ownScenes: codexScenes,
  firstDialogs: [
    { name: 'trust', note: 'a new folder: whether it is trusted', options: { firstRun: true } },
    {
      name: 'hooks',
      note: 'two new hooks in hooks.json',
      options: {
        beforeStart({ home }) {
          const hook = [{ hooks: [{ type: 'command', command: 'true' }] }];
          writeFileSync(join(home, '.codex/hooks.json'), JSON.stringify({ hooks: { SessionStart: hook, Stop: hook } }));
        },
      },
    },
    {
      name: 'update',
      note: 'a newer version is known',
      options: {
        beforeStart({ home }) {
          const known = { latest_version: '9.9.9', last_checked_at: new Date().toISOString() };
          writeFileSync(join(home, '.codex/version.json'), JSON.stringify(known));
          changeFile(join(home, '.codex/config.toml'), (text) =>
            text.replace('_on_startup = false', '_on_startup = true'),
          );
        },
      },
    },
    {
      name: 'login',
      note: 'no model provider and no account',
      options: {
        environment: nowhere,
        beforeStart: ({ home }) =>
          writeFileSync(join(home, '.codex/config.toml'), 'check_for_update_on_startup = false\n'),
      },
    },
  ],
};
