import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { canServeSsh } from '../fixtures/ssh-host.ts';
import { inState, type Line } from '../live/bridge-process.ts';
import {
  command,
  eachHostTestStarts,
  far,
  farWorker,
  found,
  knownHosts,
  link,
  near,
  watch,
} from '../live/host-fixture.ts';

const said = (words: RegExp) => (line: Line) => line.type === 'said' && words.test(String(line.text));

describe.skipIf(!canServeSsh)('a slow link: 100 ms each way, 20 kB/s', () => {
  eachHostTestStarts({ how: { delayMs: 100, bytesPerS: 20_000 } });

  test('a worker asks, is answered, and is told a long text, each exactly once', async () => {
    const agent = await farWorker();
    const bridge = await watch('--mode', 'manual');
    await bridge.line('it is found', found, 60_000);
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    const asked = await bridge.line('asked', inState('asked'), 60_000);
    const answered = await command('answer', String(asked.id), 'Use SQLite.');
    expect(answered.stderr).toBe('');
    await agent.fact('the answer arrives', (fact) => fact.input === 'Use SQLite.', 60_000);
    const long = Array.from({ length: 60 }, (_, line) => `line ${line} of a text that takes its time`).join('\n');
    const sent = await command('send', '--host', 'box', '--pane', '%0', '--wait', '60', long);
    expect(sent).toMatchObject({ code: 0 });
    expect(agent.inputs()).toEqual(['Use SQLite.', long]);
  });
});

describe.skipIf(!canServeSsh)('a host that comes and goes', () => {
  eachHostTestStarts();

  test('a link that is dead and says nothing is given up in bounded time; what waited is delivered once', async () => {
    const agent = await farWorker();
    const bridge = await watch();
    await bridge.line('it is found', found);
    link.freeze();
    await bridge.line('it is away', said(/host box is away/), 60_000);
    const held = await command('send', '--pane', 'worker@box', 'is anybody there?');
    expect(held.code).not.toBe(0);
    expect(held.stderr).toMatch(/box is not reached/);
    link.mend();
    await bridge.line('it is back', said(/host box is back/), 120_000);
    const sent = await command('send', '--host', 'box', '--pane', '%0', '--wait', '60', 'hello again');
    expect(sent).toMatchObject({ code: 0 });
    expect(agent.inputs()).toEqual(['hello again']);
  });

  test('an answer given while the host is away waits as host-away, and arrives once it is back', async () => {
    const agent = await farWorker();
    const bridge = await watch('--mode', 'manual');
    await bridge.line('it is found', found);
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    const asked = await bridge.line('asked', inState('asked'));
    link.cut();
    await bridge.line('it is away', said(/host box is away/));
    await command('answer', String(asked.id), 'Use SQLite.');
    await bridge.line('it waits', (line) => line.type === 'delivery-changed' && line.reason === 'host-away');
    const [member] = JSON.parse((await command('members', '--json')).stdout);
    expect(member).toMatchObject({ state: 'away', awayForMs: expect.any(Number) });
    expect((await command('list')).stderr).toMatch(/host box is away for [\d.]+ s: /);
    expect(JSON.parse((await command('requests', '--json')).stdout)).toHaveLength(1);
    link.mend();
    await bridge.line('delivered', inState('delivered'), 120_000);
    expect(agent.inputs()).toEqual(['Use SQLite.']);
  });

  test('a bridge that starts while the host is away serves this machine at once, and the host when it comes', async () => {
    const agent = await farWorker();
    link.cut();
    const bridge = await watch();
    await bridge.line('it is away', said(/host box is away/));
    expect((await command('list')).code).toBe(0);
    link.mend();
    await bridge.line('it is found', found, 120_000);
    const sent = await command('send', '--pane', 'worker@box', '--wait', '30', 'hello');
    expect(sent).toMatchObject({ code: 0 });
    expect(agent.inputs()).toEqual(['hello']);
  });

  test('a host whose key is another one, or not known, is away in the words of ssh, and asks nobody; once it is right it is reached', async () => {
    const agent = await farWorker();
    const right = readFileSync(knownHosts, 'utf8');
    const other = join(near.folder, 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const key = readFileSync(`${other}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    writeFileSync(knownHosts, `box ${key}\n`);
    const bridge = await watch();
    await bridge.line('it is away', said(/host box is away .*REMOTE HOST IDENTIFICATION HAS CHANGED/s));
    writeFileSync(knownHosts, '');
    const unknown = async () => (await command('hosts')).stdout.includes('Host key verification failed');
    await waitFor('it is not known', unknown, { limitMs: 60_000 });
    writeFileSync(knownHosts, right);
    await bridge.line('it is found', found, 120_000);
    const sent = await command('send', '--pane', 'worker@box', '--wait', '30', 'hello');
    expect(sent).toMatchObject({ code: 0 });
    expect(agent.inputs()).toEqual(['hello']);
  });

  test('tmux there is another one afterwards: nothing meant for the old pane goes to the new one of its id', async () => {
    const agent = await farWorker();
    const bridge = await watch('--mode', 'manual');
    await bridge.line('it is found', found);
    await agent.perform({ play: [{ request: 'Which database?' }], input: 'go' });
    const asked = await bridge.line('asked', inState('asked'));
    await far.run('kill-server');
    await bridge.line('its server is gone', said(/host box is (?:gone|away)/));
    const next = await farWorker('worker', { name: 'next' });
    expect(next.paneId).toBe(agent.paneId);
    await bridge.line('the new one is found', (line) => found(line) && bridge.lines.filter(found).length === 2, 60_000);
    await command('answer', String(asked.id), 'Use SQLite.');
    const isGone = (line: Line) => line.type === 'delivery-changed' && line.reason === 'gone';
    await bridge.line('its pane is gone', isGone);
    expect(next.inputs()).toEqual([]);
  });
});
