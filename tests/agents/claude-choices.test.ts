import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, type Line, makeHome, run, startBridge } from '../live/bridge-process.ts';
import type { ModelCall, ModelStep } from './directives.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { claudeQuestion, writesPlan } from './programs/claude-scenes.ts';
import { type RealAgent, type RealAgentOptions, startAgent } from './real-agents.ts';

/** What `bridge answer --choose` makes of the dialogs that Claude Code alone has, by what the model is told. */

const plan = writesPlan('Make a plan', '# Cache\n\n1. Add a table\n');
const tools: Readonly<Record<string, ModelStep>> = {
  'Ask me': { call: 'AskUserQuestion', args: { questions: [claudeQuestion] } },
  'Ask for several': { call: 'AskUserQuestion', args: { questions: [{ ...claudeQuestion, multiSelect: true }] } },
  'Run it': { call: 'Bash', args: { command: 'npm --version > one', description: 'Write a file' } },
  'Send an agent': {
    call: 'Agent',
    args: { description: 'Write a file', prompt: 'Run it', subagent_type: 'general-purpose' },
  },
};

/** once its plan is written it asks for leave; whatever it is told after that ends the turn */
function answer(call: ModelCall): readonly ModelStep[] {
  const { message, toolResult } = call;
  if (message.includes(plan.prompt)) {
    if (toolResult === null && typeof plan.steps === 'function') return plan.steps(call);
    if (/created successfully|updated/.test(toolResult ?? '')) return plan.after!;
  }
  if (toolResult !== null) return [{ say: 'So be it.' }];
  return Object.entries(tools).flatMap(([prompt, step]) => (message.includes(prompt) ? [step] : []));
}

let server: ModelServer;
let tmux: PrivateTmux;
let bridge: BridgeProcess | null = null;

beforeEach(async () => {
  tmux = privateTmux();
  server = await modelServer(answer);
});
afterEach(async () => {
  await bridge?.stop('SIGKILL');
  bridge = null;
  await tmux.stop();
  await server.close();
});

describe.runIf(isWanted('claude'))('a real claude', () => {
  let home: string;
  let worker: RealAgent;
  const done = new Set<unknown>();

  async function begin(prompt: string, options: Partial<RealAgentOptions> = {}, policy = ''): Promise<void> {
    worker = await startAgent('claude', { tmux, server, name: 'worker', ...options });
    await tmux.run('set-option', '-p', '-t', worker.paneId, '@label', 'worker');
    home = makeHome(tmux, policy);
    bridge = await startBridge(tmux, home, ['--session', 'worker', ...(policy === '' ? ['--mode', 'manual'] : [])]);
    await worker.type(prompt);
  }

  /** the dialog that is asked for next, as it is shown */
  async function asked() {
    const isNext = (line: Line) => line.type === 'request-changed' && line.state === 'asked' && !done.has(line.id);
    const { id } = await bridge!.line('a dialog is asked for', isNext, 60_000);
    done.add(id);
    return JSON.parse((await run(tmux, ['show', String(id), '--home', home, '--json'])).stdout);
  }

  const choose = (id: unknown, option: string) => run(tmux, ['answer', String(id), '--choose', option, '--home', home]);

  async function isTold(what: RegExp): Promise<void> {
    await waitFor(`the model is told ${what}`, () => worker.calls().some((call) => what.test(call.toolResult ?? '')), {
      limitMs: 30_000,
      describe: async () =>
        `${await worker.screen()}\n${worker
          .calls()
          .map((call) => call.toolResult)
          .join('\n---\n')}`,
    });
  }

  test('is given the second answer to its question', async () => {
    await begin('Ask me');
    const { id, dialog } = await asked();
    expect(dialog).toMatchObject({ kind: 'choice', question: claudeQuestion.question });
    expect(await choose(id, 'PostgreSQL A server of its own')).toMatchObject({ code: 0 });
    await isTold(/PostgreSQL/);
  });

  test('is given no key where an answer of several would only be marked', async () => {
    await begin('Ask for several');
    const { id, dialog } = await asked();
    expect(dialog).toMatchObject({ kind: 'choice', question: claudeQuestion.question, options: [] });
    expect((await choose(id, '2')).code).not.toBe(0);
    expect(await worker.screen()).toMatch(/2\. \[ \] PostgreSQL/);
  });

  test.each([
    ['1', /⏵⏵ auto mode on/],
    ['2', /⏸ manual mode on/],
  ])('has its plan approved by option %s', async (option, mode) => {
    await begin('Make a plan', { args: ['--permission-mode', 'plan'] });
    const { id, dialog } = await asked();
    expect(dialog.kind).toBe('plan');
    expect(dialog.options.map(({ label }: { label: string }) => label)).toEqual([
      'Yes, and use auto mode',
      'Yes, manually approve edits',
    ]);
    // the third would ask for words
    expect((await choose(id, '3')).code).not.toBe(0);
    const end = await choose(id, option);
    expect([end.code, end.stdout]).toEqual([0, expect.stringContaining('(dialog-closed)')]);
    await worker.waitForScreen(/Approved Claude's plan/);
    await worker.waitForScreen(mode);
  });

  test('stays in auto mode, and runs what is approved then', async () => {
    await begin('Run it', { args: ['--permission-mode', 'auto'] });
    const first = await asked();
    expect(first.dialog.options).toMatchObject([{ label: 'Enter to stay in auto mode' }]);
    expect(await choose(first.id, '1')).toMatchObject({ code: 0 });
    const second = await asked();
    expect(second.dialog).toMatchObject({ kind: 'approval', subject: { text: 'npm --version > one', isWhole: true } });
    expect(await choose(second.id, 'Yes')).toMatchObject({ code: 0 });
    await waitFor('it has run', () => existsSync(join(worker.workingFolder, 'one')), { limitMs: 30_000 });
  });

  test('has the command of its subagent approved by a rule that names it, and by no other', async () => {
    const row = "policy:\n  - when: { kind: approval, command: '^npm --version > one$' }\n    choose: 1\n";
    await begin('Send an agent', {}, `controller: { backend: rules }\n${row}`);
    const isAnswered = (line: Line) => line.type === 'request-changed' && line.state === 'answered';
    expect(await bridge!.line('it is decided', isAnswered, 60_000)).toMatchObject({ answeredBy: 'rules' });
    await waitFor('it has run', () => existsSync(join(worker.workingFolder, 'one')), { limitMs: 30_000 });
  });
});
