import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { claimIn, claimText } from '../../bridge/tmux/claim.ts';
import { canServeSsh } from '../fixtures/ssh-host.ts';
import { type BridgeProcess, makeHome, run, startBridge } from './bridge-process.ts';
import { command, eachHostTestStarts, far, farWorker, found, link, watch } from './host-fixture.ts';

let there: BridgeProcess | null = null;
let thereAt: { home: string; env: { XDG_RUNTIME_DIR: string } };

/** A bridge on the host itself, which shares no file with ours. */
async function bridgeThere(): Promise<void> {
  const runtime = join(far.folder, 'runtime');
  mkdirSync(runtime, { mode: 0o700 });
  thereAt = { home: makeHome(far, '', 'there'), env: { XDG_RUNTIME_DIR: runtime } };
  there = await startBridge(far, thereAt.home, [], { env: thereAt.env });
  await there.line('it has the worker', found);
}

const mailThere = async () =>
  JSON.parse((await run(far, ['history', '--json', '--home', thereAt.home], { env: thereAt.env })).stdout);

describe.skipIf(!canServeSsh)('a host with a bridge of its own', () => {
  eachHostTestStarts();
  afterEach(async () => {
    await there?.stop('SIGKILL');
    there = null;
  });

  test('what is told to an agent there goes by the bridge that has its pane, once, with its receipt', async () => {
    const agent = await farWorker();
    await bridgeThere();
    const here = await watch();
    await here.line('it says whose it is', ({ type, text }) => type === 'said' && /is watched by/.test(String(text)));
    const text = "the tests are 'green', $HOME and all";
    const told = await command('tell', 'worker@box', text, '--wait', '30');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/^submitted worker@box in \d+ ms: /);
    expect(agent.inputs()).toHaveLength(1);
    expect(agent.inputs()[0]).toContain(text);
    expect(await mailThere()).toHaveLength(1);
    // that bridge typed it, and ours nothing
    expect(here.lines.filter(({ type }) => type === 'delivery-changed')).toEqual([]);
  });

  test('a link that is cut meanwhile: it is asked again, and does it once', async () => {
    const agent = await farWorker();
    await bridgeThere();
    for (const [round, afterMs] of [0, 700, 1_500].entries()) {
      const text = `text number ${round}`;
      const key = `key-${round}`;
      const tell = () => command('tell', 'worker@box', text, '--wait', '60', '--idempotency-key', key);
      const times = () => agent.inputs().filter((input) => input.includes(text)).length;
      const told = tell();
      if (round > 0) {
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        link.cut();
        await new Promise((resolve) => setTimeout(resolve, 200));
        link.mend();
      }
      const { code, stderr } = await told;
      if (code !== 0) {
        // cut before it was handed over: nothing was sent, and that is said
        expect([stderr, times()]).toEqual([expect.stringMatching(/box/), 0]);
        expect((await tell()).code).toBe(0);
      }
      expect(times()).toBe(1);
    }
    expect(await mailThere()).toHaveLength(3);
  });

  test('what an agent there asks is listed and answered by the bridge there, from here', async () => {
    const agent = await farWorker();
    await bridgeThere();
    const here = await watch();
    await here.line('it says whose it is', ({ type, text }) => type === 'said' && /is watched by/.test(String(text)));
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    await there!.line('asked', ({ type, state }) => type === 'request-changed' && state === 'asked');
    const listed = await command('hosts', 'run', 'box', 'requests');
    expect(listed, listed.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('Which database?') });
    const [id] = /^\w{6}/m.exec(listed.stdout)!;
    const answer = "Use 'SQLite', $HOME and all";
    expect(await command('hosts', 'run', 'box', 'answer', id, answer)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('submitted'),
    });
    expect(agent.inputs().at(-1)).toBe(answer);
    expect(here.lines.filter(({ type }) => type === 'delivery-changed')).toEqual([]);
    expect(await command('hosts', 'run', 'box', 'answer', 'none', 'x')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('none'),
    });
    expect(await command('hosts', 'run', 'elsewhere', 'requests')).toMatchObject({ code: 64 });
  });

  test('where its program is not to be seen there, that is said, and nothing is typed', async () => {
    const agent = await farWorker();
    await bridgeThere();
    const { client } = claimIn(
      (await far.run('display-message', '-p', '-t', agent.paneId, '#{@bridge-owner}')).trim(),
    )!;
    const claim = { client, bridge: 'ab', folder: 'elsewhere', pid: 999_999, since: 1, host: 'box', home: '/there' };
    await far.run('set-option', '-p', '-t', agent.paneId, '@bridge-owner', claimText(claim));
    there!.child.kill('SIGSTOP');
    const told = await command('tell', 'worker@box', 'hello');
    there!.child.kill('SIGCONT');
    expect(told.code).not.toBe(0);
    expect(told.stderr).toMatch(/process 999999\) has the pane, and its program is not to be seen/);
    expect(agent.inputs()).toEqual([]);
  });
});
