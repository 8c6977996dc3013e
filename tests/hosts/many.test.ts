import { describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { canServeSsh } from '../fixtures/ssh-host.ts';
import { inState } from '../live/bridge-process.ts';
import { aboutDatabases, command, eachHostTestStarts, farWorker, found, link, watch } from '../live/host-fixture.ts';

describe.skipIf(!canServeSsh)('two hosts with five agents each', () => {
  eachHostTestStarts({ yaml: aboutDatabases, others: ['cab'] });

  test('all ask at once, and again after a cut; each is answered once for each of its questions', async () => {
    const places = ['box', 'cab'].flatMap((host) =>
      [1, 2, 3, 4, 5].map((number) => ({ host, name: `worker-${number}` })),
    );
    const agents: ScriptedAgent[] = [];
    for (const { host, name } of places) agents.push(await farWorker(name, { host }));
    const bridge = await watch();
    await waitFor('all are found', () => bridge.lines.filter(found).length === agents.length, { limitMs: 60_000 });
    const names = bridge.lines.filter(found).map(({ worker }) => worker);
    expect(names.sort()).toEqual(places.map(({ host, name }) => `${name}@${host}`).sort());
    const ask = (question: string) =>
      Promise.all(agents.map((agent) => agent.perform({ play: [{ request: question }], input: `go: ${question}` })));
    const delivered = (count: number) => () => bridge.lines.filter(inState('delivered')).length === count;
    await ask('Which database?');
    await waitFor('all are answered', delivered(agents.length), { limitMs: 60_000 });
    link.cut();
    await ask('And which database for tests?');
    link.mend();
    await waitFor('all are answered again', delivered(2 * agents.length), { limitMs: 180_000 });
    for (const agent of agents) expect(agent.inputs()).toEqual(['Use SQLite.', 'Use SQLite.']);
    const members: ReadonlyArray<{ state: string }> = JSON.parse((await command('members', '--json')).stdout);
    expect(members.filter(({ state }) => state === 'away')).toEqual([]);
  });
});

describe.skipIf(!canServeSsh)('a host without node, python or bash', () => {
  eachHostTestStarts({ yaml: aboutDatabases, programs: ['sh', 'tmux', 'ps', 'cat', 'sed', 'grep', 'cut'] });

  test('its worker is found, asks, and is answered', async () => {
    const agent = await farWorker();
    const bridge = await watch();
    await bridge.line('it is found', found, 60_000);
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    await bridge.line('delivered', inState('delivered'));
    expect(agent.inputs()).toEqual(['Use SQLite.']);
  });
});
