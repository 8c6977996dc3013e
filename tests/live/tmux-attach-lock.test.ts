import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attachLockFor } from '../../bridge/host/attach-lock.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { Locks } from '../../bridge/host/locks.ts';
import { inTurn } from '../../bridge/tmux/attach-turn.ts';
import { type Alone, ControlClients } from '../../bridge/tmux/clients.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { eachTestStartsWith, tmux } from './live-fixture.ts';

const bridges = 6;
const rounds = 30;

eachTestStartsWith();

/** Bridges whose runtime folder is one, as on one machine; each with one of its own, as in containers and on other machines. */
const turns = {
  'with one runtime folder': () => {
    const attachLock = attachLockFor(tmux.socketPath, systemClock, new Locks(join(tmux.folder, 'locks')));
    return <T>(work: () => Promise<T>) => attachLock.exclusive(work);
  },
  'each with a runtime folder of its own': () => {
    const exec = new ExecCommands({ socketPath: tmux.socketPath });
    return <T>(work: () => Promise<T>) => inTurn(exec, systemClock, work);
  },
};

/** The clients of one bridge, as a server of its own process has them. */
function clientsOfABridge(alone: Alone): ControlClients {
  const { socketPath } = tmux;
  const exec = new ExecCommands({ socketPath });
  return new ControlClients({
    way: wayHere(socketPath),
    after: (delayMs, callback) => systemClock.after(delayMs, callback),
    clientsPlace: null,
    onNotice: () => {},
    onEnd: () => {},
    onChange: () => {},
    alone,
    received: () => exec.runAll([['display-message', '-p', '']]),
  });
}

test.each(Object.entries(turns))(
  'bridges that come and go at once, %s, do not end the tmux server',
  async (_, turn) => {
    await tmux.run('new-session', '-d', '-s', 'macs', 'exec sleep 86400');
    const facts = async () => (await tmux.run('display-message', '-p', '-t', '=macs:', '#{pid} #{session_id}')).trim();
    const before = await facts();
    const session = new Set([before.split(' ')[1]!]);
    let came = 0;
    const comeAndGo = async () => {
      const clients = clientsOfABridge(turn());
      const attached = await clients.keep(session, []);
      came += attached.length;
      await clients.dropAll();
    };
    for (let round = 0; round < rounds; round++) await Promise.all(Array.from({ length: bridges }, comeAndGo));
    expect(await facts()).toBe(before);
    expect(came).toBe(bridges * rounds);
  },
  180_000,
);

test('the turn of a bridge that died in it is over after a while; what is no word of a bridge’s stays, and nobody waits for it', async () => {
  await tmux.run('new-session', '-d', '-s', 'macs', 'exec sleep 86400');
  const exec = new ExecCommands({ socketPath: tmux.socketPath });
  const shown = async () => (await tmux.run('show-options', '-sqv', '@bridge-attaching')).trim();
  await tmux.run('set-option', '-s', '@bridge-attaching', '0123456789abcdef');
  const startedAt = systemClock.now();
  expect(await inTurn(exec, systemClock, shown)).toMatch(/^[0-9a-f]{16}$/);
  expect(systemClock.now() - startedAt).toBeGreaterThan(2_500);
  expect(await shown()).toBe('');
  await tmux.run('set-option', '-s', '@bridge-attaching', "it's #{pid}, mine}");
  expect(await inTurn(exec, systemClock, shown)).toBe("it's #{pid}, mine}");
  expect(await shown()).toBe("it's #{pid}, mine}");
  const order: string[] = [];
  await tmux.run('set-option', '-su', '@bridge-attaching');
  const one = (name: string) =>
    inTurn(exec, systemClock, async () => {
      order.push(`${name} begins`);
      await shown();
      order.push(`${name} ends`);
    });
  await Promise.all(['a', 'b', 'c', 'd'].map(one));
  for (let at = 0; at < order.length; at += 2) expect(order[at + 1]).toBe(order[at]!.replace('begins', 'ends'));
});
