import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { canServeSsh } from '../fixtures/ssh-host.ts';
import {
  answering,
  type BridgeProcess,
  inState,
  type Line,
  makeHome,
  requestIds,
  startBridge,
} from './bridge-process.ts';
import { command, eachHostTestStarts, far, farWorker, found, home, near } from './host-fixture.ts';

const watched = (line: Line) => line.type === 'said' && /is watched by the bridge of/.test(String(line.text));

describe.skipIf(!canServeSsh)('one server, two bridges on its host and two on another', () => {
  eachHostTestStarts();

  test('one of them has the worker, as long as it lives; each question is answered once', async () => {
    const agent = await farWorker();
    const bridges: BridgeProcess[] = [];
    // each with a runtime folder of its own, as in a container
    const start = async (name: string, at: 'here' | 'there') => {
      const tmux = at === 'here' ? near : far;
      const runtime = join(tmux.folder, `runtime-${name}`);
      mkdirSync(runtime, { mode: 0o700 });
      const hosts = at === 'here' ? readFileSync(join(home, 'bridge.yaml'), 'utf8') : '';
      const own = makeHome(tmux, `${hosts}${answering(name)}`, name);
      const bridge = await startBridge(tmux, own, [], { env: { XDG_RUNTIME_DIR: runtime } });
      bridges.push(bridge);
      await bridge.line(`${name} finds the worker, or says whose it is`, (line) => found(line) || watched(line));
      return bridge;
    };
    try {
      const order = [
        await start('remote-1', 'here'),
        await start('local-1', 'there'),
        await start('remote-2', 'here'),
        await start('local-2', 'there'),
      ];
      expect(order.map(({ lines }) => lines.some(found))).toEqual([true, false, false, false]);
      // a command here has none of their files: the pane itself tells whose it is
      const [listed] = JSON.parse((await command('list', '--host', 'box', '--json')).stdout);
      expect(listed.owner).toMatchObject({ home: makeHome(near, '', 'remote-1'), isOurs: false });
      let living = order;
      for (let number = 1; number <= 3; number++) {
        const owner = await waitFor('one watches', () => living.find(({ lines }) => lines.some(found)));
        await agent.perform({ play: [{ busy: 200 }, { request: `Question ${number}?` }], input: 'go' });
        await owner.line('delivered', inState('delivered'), 60_000);
        expect(agent.inputs()).toHaveLength(number);
        expect(living.filter((each) => each !== owner).flatMap(requestIds)).toEqual([]);
        await owner.stop(number === 1 ? 'SIGKILL' : 'SIGTERM');
        living = living.filter((each) => each !== owner);
        await waitFor('another has it', () => living.some(({ lines }) => lines.some(found)), { limitMs: 30_000 });
      }
      expect(new Set(agent.inputs()).size).toBe(3);
      await living[0]!.stop();
      const left = await far.run('show-options', '-p', '-t', agent.paneId);
      expect(left).not.toContain('@bridge');
    } finally {
      for (const bridge of bridges) await bridge.stop('SIGKILL');
    }
  });
});
