import { describe, expect, test } from 'vitest';
import { claude } from '../../bridge/agent-programs/claude/index.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { TmuxServer } from '../../bridge/tmux/server.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { isWanted } from './installs.ts';
import { modelServer } from './model-server.ts';
import { startAgent } from './real-agents.ts';

describe.runIf(isWanted('claude'))('a real claude', () => {
  test('ends each frame as its fact says, and no piece of one looks so', async () => {
    const tmux = privateTmux();
    const server = await modelServer();
    let drawn = '';
    const listener = new TmuxServer({
      way: wayHere(tmux.socketPath),
      clock: systemClock,
      onEvent: (event) => {
        if (event.type === 'output') drawn += event.bytes.toString('latin1');
      },
    });
    try {
      await tmux.run('new-session', '-d', '-s', 'frames', '-x', '120', '-y', '40', 'exec cat');
      const agent = await startAgent('claude', { tmux, server, session: 'frames', name: 'worker' });
      await listener.start();
      listener.watch([agent.paneId]);
      const rests = async () => {
        await agent.waitUntilIdle();
        await waitFor('its frame ends', () => claude.screen.frameEnd!.test(drawn.slice(-64)));
      };
      await agent.type('SAY: one');
      await rests();
      await agent.paste(`SAY: ${'a line that is longer than the pane is wide '.repeat(40)}`);
      await agent.submit();
      await rests();
      await agent.type('RUN: touch two');
      await agent.waitForScreen(agent.approval);
      await waitFor('its dialog is drawn', () => claude.screen.frameEnd!.test(drawn.slice(-64)));
      await agent.deny();
      await rests();
      // where one ends the next begins, at the upper edge; in between it sets modes and asks for some at times, which draws nothing
      const modes = /^(?:\x1b\[(?:[<>=?][\d;]*\$?[A-Za-z]|c)|\x1b\(B|\x0f|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))+/;
      const end = new RegExp(claude.screen.frameEnd!.source.replace(/\$$/, ''), 'g');
      const behind = [...drawn.matchAll(end)].map(({ index, 0: { length } }) =>
        drawn.slice(index + length, index + length + 200).replace(modes, ''),
      );
      expect(behind.length).toBeGreaterThan(10);
      expect(behind.filter((next) => next !== '' && !next.startsWith('\x1b[H'))).toEqual([]);
    } finally {
      await listener.close();
      await tmux.stop();
      await server.close();
    }
  });
});
