import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TestProgram, usualKeys } from '../test-program.ts';

/** Kimi Code 2.1.0; it writes files without asking, and asks before it runs a command */
export const kimi: TestProgram = {
  npm: '@moonshot-ai/kimi-code',
  version: '2.1.0',
  binary: 'kimi',
  // npm's `node` package: it does not start on Node 20
  needs: ['node@22.23.3'],
  keys: usualKeys,
  startLimitMs: 90_000,
  approval: /▶ Run this command\?/,
  prepare({ home, name, workingFolder }, { server, firstRun = false }) {
    const folder = join(home, '.kimi-code');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'config.toml'),
      `default_model = "scripted"
telemetry = false
[providers.scripted]
type = "openai"
api_key = "not-a-key"
base_url = "${server.url(name)}/v1"
[models.scripted]
provider = "scripted"
model = "scripted-model"
max_context_size = 128000
`,
    );
    if (!firstRun) trust(folder, workingFolder);
    return { args: [], environment: { KIMI_CODE_NO_AUTO_UPDATE: '1', KIMI_DISABLE_TELEMETRY: '1' } };
  },
  isIdle: (screen) => /^ *│ >/m.test(screen) && !/^ +(?:[🌑-🌘]|[⠀-⣿] )/mu.test(screen),
  // without an account it shows its composer, and says only in its banner that it has no model
  firstDialogs: [{ name: 'trust', note: 'a new folder: whether it is trusted', options: { firstRun: true } }],
};

/** It keeps one file for each folder that is trusted. */
function trust(folder: string, workingFolder: string): void {
  const digest = createHash('sha256').update(workingFolder).digest('hex').slice(0, 12);
  const path = join(folder, 'workspace-trust', `wd_${basename(workingFolder)}_${digest}`);
  mkdirSync(join(folder, 'workspace-trust'), { recursive: true });
  writeFileSync(path, JSON.stringify({ root: workingFolder, trustedAt: 0 }));
}
