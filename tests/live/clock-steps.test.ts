import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, inState, type Line, run } from './bridge-process.ts';
import { agent, eachTestStartsWith, home, startWatching, tmux } from './live-fixture.ts';

const preload = fileURLToPath(new URL('../fixtures/set-clock.mjs', import.meta.url));
const yaml = 'controller: { backend: rules }\npolicy:\n  - { when: { text: /database/ }, answer: Use SQLite. }\n';

let person: PrivateTmux;
let bridge: BridgeProcess;

eachTestStartsWith({ yaml, worker: {} });
beforeEach(async () => {
  person = privateTmux();
  await person.run('new-session', '-d', '-s', 'p', '-x', '120', '-y', '41', `TMUX= tmux -S ${tmux.socketPath} attach`);
  await waitFor('the person sees the worker', async () => (await person.screen('p')).includes('OpenAI Codex'));
  bridge = await startWatching(['--no-heuristic', '--request-timeout', '600'], { preload });
});
afterEach(() => person.stop());

async function setClock(seconds: number): Promise<void> {
  const done = once(bridge.child, 'message');
  bridge.child.send({ setClockByMs: seconds * 1000 });
  await done;
}

async function ask(question: string): Promise<string> {
  const known = bridge.lines.length;
  await agent.perform({ play: [{ busy: 200 }, { request: question }], input: question });
  const isNew = (line: Line) => bridge.lines.indexOf(line) >= known && inState('open')(line);
  return String((await bridge.line('seen', isNew)).id);
}

const became = (id: string, state: string) => (line: Line) => line.id === id && inState(state)(line);

const day = 86_400;
test.each([-day, -3, 60, day])(
  'the system clock is set by %i s: nothing is held, missed, expired or done twice',
  async (seconds) => {
    const asked = await ask('Which colour?');
    await bridge.line('the human is asked', became(asked, 'asked'));
    // somebody is at the keys just then
    await person.run('send-keys', '-t', 'p', '-l', 'x');
    await waitFor('the key', async () => (await agent.state()).draft === 'x');
    await person.run('send-keys', '-t', 'p', 'C-u');
    await waitFor('the draft is gone', async () => (await agent.state()).draft === '');
    await setClock(seconds);
    const answer = await run(tmux, ['answer', '--home', home, asked, 'Blue.']);
    expect(answer.stdout + answer.stderr).toContain(asked);
    await bridge.line('delivered', became(asked, 'delivered'), 20_000);
    const ruled = await ask('Which database?');
    await bridge.line('answered by a rule', became(ruled, 'delivered'), 20_000);
    await bridge.line('told', (line) => /the system's clock went/.test(String(line.text)));
    const later = await ask('Which name?');
    await bridge.line('the human is asked', became(later, 'asked'));
    await setClock(-seconds);
    const steps = () => bridge.lines.filter((line) => /the system's clock went/.test(String(line.text)));
    await waitFor('told again', () => steps().length === 2);
    const next = await ask('Which database now?');
    await bridge.line('answered by a rule', became(next, 'delivered'), 20_000);
    expect(agent.inputs().filter((input) => !input.startsWith('Which'))).toEqual([
      'Blue.',
      'Use SQLite.',
      'Use SQLite.',
    ]);
    expect(bridge.lines.filter(inState('expired'))).toEqual([]);
    for (const id of [asked, later]) {
      expect(bridge.lines.filter((line) => line.type === 'human-needed' && line.id === id)).toHaveLength(1);
    }
    expect(await run(tmux, ['verify', '--home', home])).toMatchObject({ code: 0 });
  },
);
