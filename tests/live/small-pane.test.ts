import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { type Line, run } from './bridge-process.ts';
import { agent, bridge, eachTestStartsWith, home, tmux } from './live-fixture.ts';

eachTestStartsWith({ worker: {}, bridge: ['--mode', 'manual'] });

const isSmall = (line: Line) => line.type === 'said' && /too small to be read/.test(String(line.text));
const resize = (rows: number) => tmux.run('resize-window', '-t', agent.paneId, '-x', '80', '-y', String(rows));

test('a pane too small to be read is said once in the log, until it is enlarged; list and doctor say so too', async () => {
  await resize(7);
  const said = await bridge.line('said', isSmall);
  expect(said).toMatchObject({ level: 'warning', text: expect.stringMatching(/^worker: its pane %\d+ \(80x\d\) is/) });
  expect((await run(tmux, ['list', '--home', home])).stdout).toMatch(/worker.*too small/);
  expect((await run(tmux, ['doctor', '--home', home])).stdout).toMatch(/too small to be read.*worker %\d+ 80x\d/);
  await resize(6);
  await resize(30);
  await waitFor(
    'it is enlarged',
    async () => !(await run(tmux, ['list', '--home', home])).stdout.includes('too small'),
  );
  // a look at the list of panes between the two sizes
  await agent.perform({ play: [{ busy: 1_500 }, { request: 'Which database?' }], input: 'go' });
  await bridge.line('asked', (line) => line.type === 'request-changed' && line.state === 'asked');
  expect(bridge.lines.filter(isSmall)).toHaveLength(1);
  await resize(7);
  await waitFor('said again', () => bridge.lines.filter(isSmall).length === 2);
});
