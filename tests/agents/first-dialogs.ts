import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentName } from './installs.ts';
import type { Prepared, RealAgentOptions } from './real-agents.ts';

/** A dialog that a program shows before its composer, and what a home must lack or hold so that it comes up. */
export interface FirstDialog {
  readonly name: 'trust' | 'hooks' | 'login' | 'update' | 'promotion';
  readonly note: string;
  readonly options: Pick<RealAgentOptions, 'firstRun' | 'environment' | 'beforeStart'>;
}

/** Where an account is asked for nothing may go out, whatever the program tries. */
const nowhere = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' };

/** The first dialogs that can be brought up without an account and without a network. opencode and pi have none. */
export const firstDialogs: Readonly<Record<AgentName, readonly FirstDialog[]>> = {
  codex: [
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
  gemini: [
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
  qwen: [
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
  cline: [
    { name: 'promotion', note: 'a promotion over the composer', options: { firstRun: true } },
    {
      name: 'login',
      note: 'no provider is connected',
      options: { environment: nowhere, beforeStart: withoutClineProvider },
    },
  ],
  continue: [{ name: 'login', note: 'no provider is connected', options: { firstRun: true } }],
  opencode: [],
  pi: [],
};

function withoutClineProvider({ home, args }: Prepared): void {
  rmSync(join(home, '.cline'), { recursive: true });
  // what names a provider on the command line takes the place of the question
  (args as string[]).splice(0, args.length, '--tui');
}

function dropKey(path: string, key: string): void {
  changeFile(path, (text) => JSON.stringify({ ...(JSON.parse(text) as object), [key]: undefined }));
}

function changeFile(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
