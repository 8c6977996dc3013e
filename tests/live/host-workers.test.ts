import { describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { canServeSsh } from '../fixtures/ssh-host.ts';
import { inState } from './bridge-process.ts';
import {
  aboutDatabases,
  command,
  eachHostTestStarts,
  far,
  farWorker,
  found,
  link,
  tool,
  watch,
} from './host-fixture.ts';

describe.skipIf(!canServeSsh)('workers of another host', () => {
  eachHostTestStarts({ yaml: aboutDatabases });

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

  test('agent-send -H goes there by the name of the host or by its destination, with a bridge and without', async () => {
    const agent = await farWorker();
    const odd = '$(touch x) `id` "q" \' \\ ; C-c ünï 漢字 🚀;';
    const first = await tool('agent-send.sh', '-H', 'box', '-s', 'worker', '-S', 'web1:lead', '-m', odd);
    expect([first.code, first.stderr]).toEqual([0, '']);
    const bridge = await watch();
    await bridge.line('it is found', found);
    const again = await tool('agent-send.sh', '-H', 'root@127.0.0.1', '-s', 'worker', '-S', 'web1:lead', '-m', 'again');
    expect([again.code, again.stderr]).toEqual([0, '']);
    await waitFor('both are there', () => agent.inputs().length === 2);
    expect(agent.inputs().map((input) => input.replace(/ -> \S+:worker\]/, ' -> HOST:worker]'))).toEqual([
      `[web1:lead -> HOST:worker] ${odd}`,
      '[web1:lead -> HOST:worker] again',
    ]);
    expect(await tool('agent-send.sh', '-H', 'box', '-s', 'nowhere', '-m', 'x')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no session nowhere on box'),
    });
  });
});
