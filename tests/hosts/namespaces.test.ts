import { afterEach, describe, expect, test } from 'vitest';
import { canMakeNamespaces } from '../fixtures/namespace.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { inState, type Line } from '../live/bridge-process.ts';
import { apart, command, eachHostTestStarts, farWorker, found, watch } from '../live/host-fixture.ts';
import { closeJournal, wordsFrom } from './delivery-words.ts';

if (!canMakeNamespaces) {
  console.warn('a host with a network of its own: not tried, for it takes root, iproute2 and CAP_NET_ADMIN');
}

const said = (words: RegExp) => (line: Line) => line.type === 'said' && words.test(String(line.text));

describe.skipIf(!canMakeNamespaces)('a host with a network of its own', () => {
  eachHostTestStarts({ isApart: true });
  afterEach(closeJournal);

  test('its wire is silent: every wait is bounded, what is due waits, and arrives once when it is back', async () => {
    const agent = await farWorker();
    const bridge = await watch('--mode', 'manual');
    await bridge.line('it is found', found);
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    const asked = await bridge.line('asked', inState('asked'));
    apart.down();
    const cutAt = Date.now();
    await command('answer', String(asked.id), 'Use SQLite.');
    const sent = await command('send', '--pane', 'worker@box', 'is anybody there?');
    expect(sent.code).not.toBe(0);
    await bridge.line('it is away', said(/host box is away/), 60_000);
    expect(Date.now() - cutAt).toBeLessThan(40_000);
    await bridge.line('the answer waits', (line) => line.type === 'delivery-changed' && line.reason === 'host-away');
    const [member] = JSON.parse((await command('members', '--json')).stdout);
    expect(member).toMatchObject({ state: 'away', awayForMs: expect.any(Number) });
    const checked = await command('hosts', 'check');
    expect(checked.code).toBe(1);
    apart.up();
    await bridge.line('it is back', said(/host box is back/), 120_000);
    await bridge.line('delivered', inState('delivered'), 60_000);
    expect(agent.inputs()).toEqual(['Use SQLite.']);
  });

  test('silence in the middle of typing: what its system still sends when the wire is back comes to nothing', async () => {
    const agent = await farWorker();
    const bridge = await watch();
    await bridge.line('it is found', found);
    const texts: string[] = [];
    for (const [round, state] of ['queued', 'typed', 'submitted'].entries()) {
      const text = `text number ${round}, silent once it is ${state}`;
      texts.push(text);
      const last = wordsFrom(0).at(-1)?.seq ?? 0;
      const sent = command('send', '--host', 'box', '--pane', '%0', '--wait', '120', text);
      const isSo = () => wordsFrom(last).some(({ kind }) => kind === `delivery-${state}`);
      await waitFor(`it is ${state}`, isSo, { limitMs: 60_000, everyMs: 1 });
      apart.down();
      await bridge.line('it is away', () => bridge.lines.filter(said(/host box is away/)).length > round, 60_000);
      apart.up();
      const { code, stdout, stderr } = await sent;
      expect([text, code], `${stdout}${stderr}${JSON.stringify(wordsFrom(last))}`).toEqual([text, 0]);
      await bridge.line('it is back', () => bridge.lines.filter(said(/host box is back/)).length > round, 120_000);
    }
    expect(agent.inputs()).toEqual(texts);
  });
});
