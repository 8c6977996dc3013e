import { readFileSync, existsSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { programController } from '../../bridge/controllers/programs.ts';
import { parseResponse } from '../../bridge/core/protocol.ts';
import { questionOf, realClock, requestId } from './question.ts';
const X = `${process.env.HOME}/.cache/bridge-agents/controllers-try`;
const AG = `${process.env.HOME}/.cache/bridge-agents`;
const systemPrompt = readFileSync('prompts/controller.md', 'utf8');
const env = (name: string, home: string, more: Record<string,string>) => ({ PATH: `${name}/node_modules/.bin:/usr/local/bin:/usr/bin:/bin`, HOME: `${X}/${home}`, TMPDIR: `${X}/tmp`, ...more });
const make: Record<string, () => Record<string, string>> = {
  codex: () => env(`${AG}/codex`, 'home', { CODEX_HOME: `${X}/home/.codex`, MOCK_API_KEY: 'sk-mock' }),
  claude: () => env(`${X}/claude`, 'chome', { ANTHROPIC_API_KEY: 'sk-mock', ANTHROPIC_BASE_URL: 'http://127.0.0.1:18957/cla', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }),
  gemini: () => env(`${AG}/gemini`, 'ghome', { GEMINI_API_KEY: 'mock', GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:18957/gem', GEMINI_MODEL: 'gemini-2.5-pro' }),
  opencode: () => env(`${X}/opencode`, 'ohome', { OPENCODE_DISABLE_MODELS_FETCH: '1' }),
};
const reply = `SAY:thinking aloud\n<<CONTROLLER_RESPONSE id=${requestId}>>\nWORKER INSTRUCTIONS:\nUse sqlite; C-c $(x)\nNOTES:\nwhy\n<<CONTROLLER_RESPONSE_END>>`;
for (const backend of ['codex', 'claude', 'gemini', 'opencode'] as const)
  for (const isolated of [false, true])
    test(`${backend} isolated=${isolated}`, { timeout: 200_000 }, async () => {
      for (const f of ['projmcp', 'usermcp', 'projhook', 'projplugin']) rmSync(`${X}/${f}-ran`, { force: true });
      const c = programController(backend, { command: null, model: null, extraArgs: null, isolated, resume: true, timeoutMs: 180_000, systemPrompt: `${systemPrompt}`, clock: realClock, environment: make[backend]!(), scratchRoot: `${X}/scratch` });
      // the directive reaches the scripted model as the end of the prompt would: put it in the context-free attribute
      const t0 = Date.now();
      const got = await c.ask(questionOf({ workingFolder: `${X}/repo`, text: `TELL` }), new AbortController().signal);
      console.log(backend, isolated, Date.now() - t0, 'ms', JSON.stringify(got).slice(0, 400), ['projmcp', 'usermcp', 'projhook', 'projplugin'].filter((f) => existsSync(`${X}/${f}-ran`)));
      if (got.is === 'answer') console.log(parseResponse(got.text, { split: true, requireBlock: true, requestId }));
      void reply;
    });
