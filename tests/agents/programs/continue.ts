import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestProgram, usualKeys } from '../test-program.ts';

/** continue's cn 1.5.47; the package is the agent's name */
export const cn: TestProgram = {
  npm: '@continuedev/cli',
  version: '1.5.47',
  binary: 'cn',
  keys: usualKeys,
  startLimitMs: 120_000,
  approval: /Would you like to continue\?/,
  prepare({ home, name }, { server, firstRun = false }) {
    const folder = join(home, '.continue');
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'config.yaml');
    writeFileSync(
      config,
      `name: scripted
version: 1.0.0
schema: v1
models:
  - name: Scripted Model
    provider: openai
    model: scripted-model
    apiBase: ${server.url(name)}/v1
    apiKey: not-a-key
    roles: [chat, edit]
    capabilities: [tool_use]
`,
    );
    if (!firstRun) writeFileSync(join(folder, '.onboarding_complete'), '');
    return {
      args: firstRun ? [] : ['--config', config],
      environment: {
        CONTINUE_TELEMETRY_ENABLED: '0',
        CONTINUE_METRICS_ENABLED: '0',
        CONTINUE_CLI_AUTO_UPDATED: '1',
      },
    };
  },
  isIdle: (screen) => /Ask anything/.test(screen) && !/esc to interrupt/.test(screen),
  firstDialogs: [{ name: 'login', note: 'no provider is connected', options: { firstRun: true } }],
};
