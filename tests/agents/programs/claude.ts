import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropKey } from '../first-dialogs.ts';
import { type TestProgram, usualKeys } from '../test-program.ts';
import { claudeScenes } from './claude-scenes.ts';

const key = 'not-a-key-for-nothing';

/** Claude Code 2.1.332 */
export const claude: TestProgram = {
  npm: '@anthropic-ai/claude-code',
  version: '2.1.332',
  binary: 'claude',
  keys: usualKeys,
  startLimitMs: 60_000,
  approval: /Do you want to (?:proceed|create|make this edit|overwrite)/,
  prepare({ home, name, workingFolder }, { server, firstRun = false }) {
    const trusted = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true, allowedTools: [] };
    const known = {
      customApiKeyResponses: { approved: [key.slice(-20)], rejected: [] },
      projects: { [workingFolder]: trusted },
    };
    const state = {
      hasCompletedOnboarding: true,
      lastOnboardingVersion: '2.1.332',
      theme: 'dark',
      numStartups: 5,
      ...(firstRun ? {} : known),
    };
    writeFileSync(join(home, '.claude.json'), JSON.stringify(state));
    return {
      // auto mode, its default, cannot check actions here and asks in another way
      args: ['--permission-mode', 'default'],
      environment: {
        ANTHROPIC_BASE_URL: server.url(name),
        ANTHROPIC_API_KEY: key,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        DISABLE_TELEMETRY: '1',
        DISABLE_ERROR_REPORTING: '1',
      },
    };
  },
  isIdle: (screen) => /^❯(?:\u00a0|$)/m.test(screen) && !/esc to interrupt/.test(screen),
  ownScenes: claudeScenes,
  firstDialogs: [
    { name: 'trust', note: 'a new folder: whether it is trusted', options: { firstRun: true } },
    {
      name: 'login',
      note: 'an API key in the environment that it has not seen before',
      options: { beforeStart: ({ home }) => dropKey(join(home, '.claude.json'), 'customApiKeyResponses') },
    },
    {
      name: 'bypass',
      note: 'started so that it asks nothing: whether that is meant',
      // to root it refuses this, but in a sandbox
      options: { args: ['--dangerously-skip-permissions'], environment: { IS_SANDBOX: '1' } },
    },
  ],
};
