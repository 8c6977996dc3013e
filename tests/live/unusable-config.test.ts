import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inState, run } from './bridge-process.ts';
import { agent, bridge, eachTestStartsWith, home, tmux } from './live-fixture.ts';

/** A bridge.yaml that somebody spoiled while a bridge runs, which goes on with what it had read. */

eachTestStartsWith({ worker: {}, bridge: ['--mode', 'manual'] });

test('it keeps nobody from what a living bridge does, and is said each time', async () => {
  await agent.perform({ play: [{ request: 'Which?' }], input: 'go' });
  const asked = await bridge.line('asked', inState('asked'));
  appendFileSync(join(home, 'bridge.yaml'), '\npolcy: 1\n');
  const said = /bridge\.yaml: .*polcy: is not a known key; the bridge that runs goes on/;

  const listed = await run(tmux, ['requests', '--home', home, '--json']);
  expect(listed).toMatchObject({ code: 0, stderr: expect.stringMatching(said) });
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id: asked.id }]);
  for (const command of [
    ['show', String(asked.id)],
    ['answer', String(asked.id), 'B.'],
    ['pause', 'worker'],
    ['resume', 'worker'],
  ]) {
    expect(await run(tmux, [...command, '--home', home])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(said),
    });
  }
  expect(agent.inputs()).toEqual(['B.']);
  expect(await run(tmux, ['stop', '--home', home])).toMatchObject({ code: 0 });
  // without one it is a fault
  expect(await run(tmux, ['requests', '--home', home])).toMatchObject({ code: 64, stdout: '' });
});
