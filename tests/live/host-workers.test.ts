import { describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { canServeSsh } from '../fixtures/ssh-host.ts';
import { inState, type Line } from './bridge-process.ts';
import { command, eachHostTestStarts, far, farWorker, link, watch } from './host-fixture.ts';

const yaml = `
controller: { backend: rules }
policy:
  - when: { text: /database/i }
    answer: Use SQLite.
`;

const found = (line: Line) => line.type === 'worker-found';

describe.skipIf(!canServeSsh)('workers of another host', () => {
  eachHostTestStarts({ yaml });

  test('one asks, and a rule answers, exactly once, with a receipt', async () => {
    const agent = await farWorker();
    const bridge = await watch();
    expect(await bridge.line('it is found', found)).toMatchObject({ worker: 'worker@box' });
    const members = JSON.parse((await command('members', '--json')).stdout);
    expect(members).toMatchObject([{ fullName: 'worker/worker@box', agent: 'codex' }]);
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    await bridge.line('delivered', inState('delivered'));
    await agent.fact('the answer arrives', (fact) => fact.input !== undefined);
    expect(agent.inputs()).toEqual(['Use SQLite.']);
  });

  test('an option of its dialog is chosen', async () => {
    const agent = await farWorker();
    const bridge = await watch();
    await bridge.line('it is found', found);
    await agent.perform({ play: [{ dialog: 'touch x' }], input: 'go' });
    const asked = await bridge.line('asked', inState('asked'));
    const chosen = await command('answer', String(asked.id), '--choose', 'Yes, proceed');
    expect(chosen).toMatchObject({ code: 0, stderr: '' });
    expect(chosen.stdout).toContain('dialog-closed');
    expect(agent.facts().filter((fact) => JSON.stringify(fact).includes('approv'))).not.toEqual([]);
  });

  test('a text for it arrives to the letter; while the host is away it waits, and is typed once it is back', async () => {
    const agent = await farWorker();
    const bridge = await watch();
    await bridge.line('it is found', found);
    const texts = ["it's $HOME `id` #{pid} ;", 'héllo 日本'];
    for (const text of texts) {
      const told = await command('tell', 'worker@box', text, '--wait', '20', '--inline');
      expect(told.stderr + told.stdout).toMatch(/submitted|delivered/);
    }
    link.cut();
    await bridge.line('it is away', (line) => line.type === 'said' && /host box is away/.test(String(line.text)));
    const told = await command('tell', 'worker@box', 'after the cut', '--inline');
    expect(told).toMatchObject({ code: 2, stdout: expect.stringMatching(/box/) });
    expect((await command('members')).stdout).toMatch(/worker@box +away \d/);
    expect((await command('hosts')).stdout).toMatch(/box is away for \d.*: \S/);
    link.mend();
    await agent.fact('it arrives', (fact) => fact.input?.includes('after the cut') === true, 60_000);
    expect(agent.inputs().map((input) => input.split('\n').at(-1))).toHaveLength(3);
    await waitFor('nothing is left of us there', async () => {
      const options = await far.run('list-buffers', '-F', '#{buffer_name}');
      return options.trim() === '';
    });
  });
});
