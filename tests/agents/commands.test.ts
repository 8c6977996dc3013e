import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, type Line, makeHome, run, startBridge } from '../live/bridge-process.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import type { AgentName } from './programs/index.ts';
import { startAgent } from './real-agents.ts';

/** Commands of several lines in the dialogs of real agents: what a rule approves, what the human is asked, what No does. */

const policy = `
controller: { backend: rules }
policy:
  - when: { kind: approval, command: '^npm test$' }
    choose: 1
  - when: { kind: approval, command: "^touch one\\ntouch two$" }
    choose: 1
`;

const agents = (['claude', 'codex', 'gemini', 'qwen', 'cline', 'continue', 'copilot'] as const).filter((name) =>
  isWanted(name),
);

let server: ModelServer;
let tmux: PrivateTmux;
let bridge: BridgeProcess | null = null;

beforeEach(async () => {
  tmux = privateTmux();
  server = await modelServer();
});
afterEach(async () => {
  await bridge?.stop('SIGKILL');
  bridge = null;
  await tmux.stop();
  await server.close();
});

const isApproval = (line: Line) => line.type === 'request-changed' && line.kind === 'approval';
const shown = async (id: unknown, home: string) =>
  JSON.parse((await run(tmux, ['show', String(id), '--home', home, '--json'])).stdout);

test.each(agents)(
  '%s: a command of two lines is approved by a rule that names both at most, and refused by No',
  async (name: AgentName) => {
    const worker = await startAgent(name, { tmux, server, name: 'worker' });
    await tmux.run('set-option', '-p', '-t', worker.paneId, '@label', 'worker');
    const home = makeHome(tmux, policy);
    bridge = await startBridge(tmux, home, ['--session', 'worker']);
    const made = (file: string) => existsSync(join(worker.workingFolder, file));
    const asks = async (command: string) => {
      await worker.paste(`RUN ESCALATE: ${command}`);
      await worker.waitForScreen(new RegExp(command.split('\n').at(-1)!));
      await worker.submit();
    };

    // a rule that names every line approves it; where nobody can tell from the screen what a line is to its end, a person does
    await asks('touch one\ntouch two');
    const isByRow = ['claude', 'codex'].includes(name);
    const isFirst = (line: Line) => isApproval(line) && line.state === (isByRow ? 'answered' : 'asked');
    const answered = await bridge.line('the first is decided, or asked for', isFirst, 60_000);
    if (isByRow) expect(answered.answeredBy).toBe('rules');
    else
      expect(await run(tmux, ['answer', String(answered.id), '--choose', '1', '--home', home])).toMatchObject({
        code: 0,
      });
    await waitFor('both lines have run', () => made('one') && made('two'), {
      limitMs: 60_000,
      describe: async () => `${await worker.screen()}\n${bridge!.lines.map((line) => JSON.stringify(line)).join('\n')}`,
    });
    await worker.waitUntilIdle();

    // a rule for the first line is none for the command: the human is asked, and shown all of it
    await asks('npm test\ntouch three');
    const asked = await bridge.line(
      'the human is asked',
      (line) => isApproval(line) && line.id !== answered.id && line.state === 'asked',
      60_000,
    );
    const request = await shown(asked.id, home);
    expect(request.dialog.subject).toMatchObject({ is: 'command', text: 'npm test\ntouch three' });
    expect(request.text).toContain('npm test\ntouch three');
    const isAnswered = (line: Line) => isApproval(line) && line.id === asked.id && line.state === 'answered';
    expect(bridge.lines.filter(isAnswered)).toEqual([]);

    // refused by its label, and not run
    const no = (request.dialog.options as { label: string }[]).find(({ label }) => /^(?:No|Deny)\b/.test(label))!;
    const refused = await run(tmux, ['answer', String(asked.id), '--choose', no.label, '--home', home]);
    expect(refused, `${refused.stdout}${refused.stderr}`).toMatchObject({ code: 0 });
    await worker.waitUntilIdle();
    expect(made('three')).toBe(false);
  },
);

test.runIf(isWanted('codex'))(
  'codex: a command is approved as codex has noted it; one that its dialog draws otherwise is shown as it is',
  async () => {
    const worker = await startAgent('codex', { tmux, server, name: 'worker' });
    await tmux.run('set-option', '-p', '-t', worker.paneId, '@label', 'worker');
    const commands = ['touch one && touch two', 'touch athree; touch four', 'touch two\\ntouch aone'];
    const rules = commands.map((command) => `  - when: { kind: approval, command: "^${command}$" }\n    choose: 1\n`);
    const home = makeHome(tmux, `controller: { backend: rules }\npolicy:\n${rules.join('')}`);
    bridge = await startBridge(tmux, home, ['--session', 'worker']);
    const made = (file: string) => existsSync(join(worker.workingFolder, file));
    const asks = async (command: string) => {
      await worker.paste(`RUN ESCALATE: ${command}`);
      await worker.waitForScreen(new RegExp(command.split(/\s/).at(-1)!));
      await worker.submit();
    };

    await asks('touch one && touch two');
    await waitFor('both have run', () => made('one') && made('two'), { limitMs: 60_000, describe: worker.screen });
    await worker.waitUntilIdle();

    // codex draws `touch athree; touch four`; of the last one its offer names `touch two` alone
    const drawnOtherwise = ['touch a\tthree; touch four', 'touch two\ntouch a\tone'];
    for (const [number, command] of drawnOtherwise.entries()) {
      await asks(command);
      const isAsked = (line: Line) =>
        line.type === 'human-needed' && String(line.why).includes('what codex would run is');
      await bridge.line('the human is asked', () => bridge!.lines.filter(isAsked).length > number, 60_000);
      const needed = bridge.lines.filter(isAsked).at(-1)!;
      expect(needed.why).toContain(JSON.stringify(command));
      await worker.deny();
      await worker.waitUntilIdle();
    }
    expect(['four', 'athree', 'a', 'three'].filter(made)).toEqual([]);
  },
);

test.runIf(isWanted('codex'))('codex: a patch of two files is approved by no rule that names one of them', async () => {
  const worker = await startAgent('codex', { tmux, server, name: 'worker' });
  await tmux.run('set-option', '-p', '-t', worker.paneId, '@label', 'worker');
  const rows = ['^.*one\\.ts$', '^.*README\\.md$', '^.*$'];
  const named = rows.map((path) => `  - when: { dialog: edit, path: '${path}' }\n    choose: 1\n`).join('');
  const home = makeHome(tmux, `controller: { backend: rules }\npolicy:\n${named}`);
  bridge = await startBridge(tmux, home, ['--session', 'worker']);
  const patch =
    '*** Begin Patch\n*** Add File: one.ts\n+1\n*** Update File: README.md\n@@\n-# worker\n+# W\n*** End Patch';
  await worker.paste(`RUN: apply_patch <<'END'\n${patch}\nEND`);
  await worker.waitForScreen(/END$/m);
  await worker.submit();
  const asked = await bridge.line('the human is asked', (line) => isApproval(line) && line.state === 'asked', 60_000);
  const { dialog } = await shown(asked.id, home);
  expect(dialog).toMatchObject({ kind: 'edit', subject: { is: 'file', isWhole: false } });
  expect(dialog.subject.text.split('\n').map((path: string) => path.split('/').at(-1))).toEqual([
    'README.md',
    'one.ts',
  ]);
  expect(existsSync(join(worker.workingFolder, 'one.ts'))).toBe(false);
  expect(await run(tmux, ['answer', String(asked.id), '--choose', '1', '--home', home])).toMatchObject({ code: 0 });
  await waitFor('both are changed', () => existsSync(join(worker.workingFolder, 'one.ts')), { limitMs: 30_000 });
});
