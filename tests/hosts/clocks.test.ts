import { describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { inState } from '../live/bridge-process.ts';
import { canSetClocks, command, eachHostTestStarts, far, farWorker, found, watch } from '../live/host-fixture.ts';

if (!canSetClocks) console.warn('a host whose clock is off: not tried, for it takes root, openssh-server and faketime');

describe.skipIf(!canSetClocks).each([
  ['an hour and a half behind', -5_400],
  ['three days ahead', 259_200],
])('a host whose clock is %s', (_, clockAheadS) => {
  eachHostTestStarts({ clockAheadS });

  test('its worker asks and is answered, texts arrive, and `hosts check` says how far it is off', async () => {
    const agent = await farWorker();
    const bridge = await watch('--mode', 'manual');
    await bridge.line('it is found', found);
    const startedAt = Number((await far.run('display-message', '-p', '#{start_time}')).trim());
    expect(Math.abs(startedAt - Date.now() / 1000 - clockAheadS)).toBeLessThan(60);
    const [host] = JSON.parse((await command('hosts', 'check', '--json')).stdout);
    expect(Math.abs(host.check.clockAheadS - clockAheadS)).toBeLessThan(10);
    const words = (await command('hosts', 'check')).stdout;
    expect(words).toMatch(clockAheadS < 0 ? /clock.*behind/ : /clock.*ahead/);
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    const asked = await bridge.line('asked', inState('asked'));
    expect((await command('answer', String(asked.id), 'Use SQLite.')).stderr).toBe('');
    await bridge.line('delivered', inState('delivered'));
    for (const text of ['one', 'two']) {
      expect(await command('send', '--host', 'box', '--pane', '%0', '--wait', '30', text)).toMatchObject({ code: 0 });
    }
    expect(agent.inputs()).toEqual(['Use SQLite.', 'one', 'two']);
    const rests = async () => JSON.parse((await command('members', '--json')).stdout)[0].state === 'idle';
    await waitFor('its worker rests', rests, { limitMs: 30_000 });
  });
});
