import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../../bridge/app/bridge.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import type { OpenInput } from '../../bridge/core/native-input.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { ProcessFiles } from '../../bridge/host/process-files.ts';
import { nativeInputIo } from '../../bridge/native-input/io.ts';
import { NativeInputs } from '../../bridge/native-input/native-inputs.ts';
import { addressOn } from '../fixtures/address.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { makeHome, run } from '../live/bridge-process.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type RealAgent, startAgent } from './real-agents.ts';
import { argsWithNativeInput, withNativeInput } from './with-native-input.ts';

/** The native input of real agents, in one conversation each: the model's log is the witness. docs/reference/native-input.md has the figures. */
const agents = withNativeInput.filter((name) => isWanted(name));

describe.each(agents)('the native input of a real %s', (name) => {
  let server: ModelServer;
  let tmux: PrivateTmux;
  let agent: RealAgent;
  let home: string;

  beforeAll(async () => {
    server = await modelServer();
    tmux = privateTmux();
    home = makeHome(tmux);
    agent = await startAgent(name, { tmux, server, name: 'worker', args: argsWithNativeInput(name, tmux.folder) });
  });
  afterAll(async () => {
    await tmux?.stop();
    await server?.close();
  });

  const send = (text: string, via: 'native' | 'auto') =>
    run(tmux, ['send', '--home', home, '--pane', agent.paneId, '--via', via, '--wait', '30', '-'], { input: text });
  const toldSince = async (before: number, count: number) => {
    await waitFor('the model is told', () => agent.messages().length >= before + count, {
      limitMs: 60_000,
      describe: () => agent.screen(),
    });
    await agent.waitUntilIdle();
    return agent.messages().slice(before);
  };

  test.runIf(name === 'codex')('has no native input before the first turn: auto types, and says why', async () => {
    const sent = await send('Say hello.', 'auto');
    expect(sent).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/typed, since codex app-server: .*no rollout/),
    });
    expect(await toldSince(0, 1)).toEqual(['Say hello.']);
  });

  test('hands over a text of several lines to the letter, once', async () => {
    const before = agent.messages().length;
    const text =
      'First the table.\n\n- keep "the names", `touch proof` and $(touch proof)\n\tGrüße, 日本語 👩‍👩‍👧 and C:\\temp\\';
    const sent = await send(name === 'codex' ? `!touch proof\n${text}` : text, 'native');
    expect(sent, `${sent.stderr}\n${await agent.screen()}`).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('; by '),
    });
    expect(await toldSince(before, 1)).toEqual([name === 'codex' ? `!touch proof\n${text}` : text]);
    expect(existsSync(join(agent.workingFolder, 'proof'))).toBe(false);
  });

  test('answers no dialog, whatever is handed to it meanwhile; the courier hands over nothing', async () => {
    const before = agent.messages().length;
    const proof = join(agent.workingFolder, 'proof');
    await agent.type(`RUN ESCALATE: touch ${proof}`);
    await agent.waitForScreen(agent.approval);
    const held = await run(tmux, ['send', '--home', home, '--pane', agent.paneId, '--via', 'native', 'yes']);
    expect(held).toMatchObject({ code: 2, stderr: expect.stringContaining('held: dialog') });

    // what a dialog would meet that opens after the guard has looked
    const input = await nativeInputOf();
    const handOver = input.is === 'message' ? [await input.post('1')] : [await input.put('1'), await input.submit()];
    if (name === 'codex') expect(handOver).toEqual([{ is: 'refused', reason: expect.stringContaining('taken back') }]);
    expect(await agent.screen()).toMatch(agent.approval);
    expect(existsSync(proof)).toBe(false);
    await agent.deny();
    // qwen keeps it until then; opencode has dropped it
    await agent.waitUntilIdle();
    const kept = name === 'qwen' ? ['1'] : [];
    expect(await toldSince(before, 1 + kept.length)).toEqual([`RUN ESCALATE: touch ${proof}`, ...kept]);
    expect(existsSync(proof)).toBe(false);
  });

  test.runIf(name === 'codex')(
    'takes nothing after an interrupted turn: it is taken back, and auto types it once',
    async () => {
      const before = agent.messages().length;
      const sent = await send('And now by hand.', 'auto');
      expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/typed, since .*it was taken back/) });
      expect(await toldSince(before, 1)).toEqual(['And now by hand.']);
    },
  );

  async function nativeInputOf(): Promise<OpenInput> {
    const config = loadConfig({ home, flags: { socket: tmux.socketPath }, env: {} });
    const bridge = await Bridge.open(config, { on: () => {} });
    try {
      const snapshot = await bridge.panes.capture(await addressOn(bridge.main, agent.paneId));
      const nativeInputs = new NativeInputs({
        processes: new ProcessFiles(),
        clock: systemClock,
        io: nativeInputIo(systemClock),
      });
      const input = await nativeInputs.find(snapshot!, bridge.panes.composerFacts(name, snapshot!.identity));
      if ('refused' in input) throw new Error(input.refused);
      return input;
    } finally {
      await bridge.close();
    }
  }
});
