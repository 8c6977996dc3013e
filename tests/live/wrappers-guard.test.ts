import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { tmux } from './live-fixture.ts';
import { comms, eachWrapperTestStartsWith, recording, tool } from './wrappers-fixture.ts';

/** The guard's rules hold for every tool that types: nothing goes into copy mode, and no text becomes a command of the program. */

eachWrapperTestStartsWith();

type Typing = (text: string) => ReturnType<typeof tool>;

const typing: Readonly<Record<string, Typing>> = {
  'tmux-bridge type': (text) => tool('tmux-bridge', ['type', 'bob:0.0', text]),
  'tmux-bridge message': (text) => tool('tmux-bridge', ['message', 'bob:0.0', text]),
  'agent-send': (text) => tool('agent-send.sh', ['-s', 'bob', '-m', text]),
  'send-message': (text) => tool('send-message.sh', ['-s', 'bob', '-m', text]),
  'agent_comms send': (text) => comms(['send', 'bob', text]),
  'agent_comms post': (text) => comms(['post', 'x', text, '--to', 'bob']),
};

const bobIn = async () => {
  const bob = await recording('bob');
  await comms(['add', 'bob', 'bob']);
  return bob;
};
const isRead = () => tool('tmux-bridge', ['read', 'bob:0.0']);

for (const [name, type] of Object.entries(typing)) {
  test(`${name}: into copy mode nothing is typed, and it says so`, async () => {
    const bob = await bobIn();
    await isRead();
    await tmux.run('copy-mode', '-t', '=bob:');
    const ran = await type('hello');
    expect(ran.code).not.toBe(0);
    expect(ran.stdout + ran.stderr).toMatch(/copy mode/);
    expect(await tmux.run('display-message', '-p', '-t', '=bob:', '#{pane_in_mode}')).toContain('1');
    // it would have been swallowed there, or stand in the composer now
    await tmux.run('send-keys', '-t', '=bob:', '-X', 'cancel');
    await tmux.run('send-keys', '-t', '=bob:', 'Enter');
    await waitFor('an Enter is all it got', () => bob().length > 0);
    expect(bob()).toEqual(['']);
  });
}

for (const [name, type] of Object.entries(typing)) {
  test(`${name}: what begins with ! or / is no command of the program`, async () => {
    const bob = await bobIn();
    const isBare = ['tmux-bridge type', 'send-message'].includes(name);
    for (const text of ['!touch x', '/quit']) {
      await isRead();
      const ran = await type(text);
      // a tool that puts its own words first has them there
      expect([text, ran.code === 0]).toEqual([text, !isBare]);
      if (isBare) expect(ran.stdout + ran.stderr).toContain('unknown would take the');
    }
    const screen = await tmux.screen('=bob:');
    if (isBare) expect(bob()).toEqual([]);
    for (const input of bob()) expect(input).toMatch(/^(?:\[|«agent-msg» )/);
    if (isBare) expect(screen).not.toMatch(/touch|quit/);
  });
}

test('agent_comms: nor where the marker that is set would make it one', async () => {
  const bob = await bobIn();
  for (const AGENT_COMMS_MARKER of ['!', '/say']) {
    const ran = await comms(['send', 'bob', 'hello'], { env: { AGENT_COMMS_MARKER } });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown would take the') });
  }
  expect(bob()).toEqual([]);
});
