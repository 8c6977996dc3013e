import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { exchanges } from '../scenes.ts';
import { type TestProgram, usualKeys } from '../test-program.ts';

const asksStore = {
  prompt: 'Ask me about the store',
  steps: [
    {
      call: 'AskUserQuestion',
      args: {
        questions: [
          {
            question: 'Which store should the service use?',
            header: 'Store',
            multi_select: false,
            options: [
              { label: 'SQLite', description: 'One file' },
              { label: 'Postgres', description: 'A server' },
            ],
          },
        ],
      },
    },
  ],
  after: [{ say: 'So be it.' }],
};

/** Kimi Code 2.1.0; it writes files without asking, and asks before it runs a command */
export const kimi: TestProgram = {
  npm: '@moonshot-ai/kimi-code',
  version: '2.1.0',
  binary: 'kimi',
  // npm's `node` package: it does not start on Node 20
  needs: ['node@22.23.3'],
  keys: usualKeys,
  startLimitMs: 90_000,
  // of a tall one only its end is on the screen
  approval: /▶ Run this command\?|1\/2\/3\/4 choose/,
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
  ownScenes: () => ({
    question_store: {
      acts: [
        { ask: asksStore },
        { sees: /Which store should/ },
        { record: 'dialog_question', note: 'a question of the model with two options' },
      ],
    },
    rejected_with_words: {
      acts: [
        { ask: exchanges.denied },
        { sees: /▶ Run this command\?/ },
        { press: ['4'] },
        { waitMs: 900 },
        { record: 'dialog_feedback', note: 'what to do instead is asked after "Reject with feedback"' },
      ],
    },
    model: {
      acts: [
        { type: '/model' },
        { press: ['Enter'] },
        { sees: /Select a model/ },
        { record: 'dialog_model', note: 'the list of models' },
      ],
    },
  }),
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
