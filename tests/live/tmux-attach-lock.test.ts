import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attachLockFor } from '../../bridge/host/attach-lock.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { Locks } from '../../bridge/host/locks.ts';
import { ControlClients } from '../../bridge/tmux/clients.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { eachTestStartsWith, tmux } from './live-fixture.ts';

const bridges = 6;
const rounds = 30;

eachTestStartsWith();

/** The clients of one bridge, as a server of its own process has them. */
function clientsOfABridge(): ControlClients {
  const { socketPath } = tmux;
  const attachLock = attachLockFor(socketPath, systemClock, new Locks(join(tmux.folder, 'locks')));
  const exec = new ExecCommands({ socketPath });
  return new ControlClients({
    way: wayHere(socketPath),
    after: (delayMs, callback) => systemClock.after(delayMs, callback),
    pidFile: null,
    onNotice: () => {},
    onEnd: () => {},
    onChange: () => {},
    alone: (work) => attachLock.exclusive(work),
    received: () => exec.runAll([['display-message', '-p', '']]),
  });
}

test('bridges that come and go at once do not end the tmux server', async () => {
  await tmux.run('new-session', '-d', '-s', 'macs', 'exec sleep 86400');
  const facts = async () => (await tmux.run('display-message', '-p', '-t', '=macs:', '#{pid} #{session_id}')).trim();
  const before = await facts();
  const session = new Set([before.split(' ')[1]!]);
  let came = 0;
  const comeAndGo = async () => {
    const clients = clientsOfABridge();
    const attached = await clients.keep(session, []);
    came += attached.length;
    await clients.dropAll();
  };
  for (let round = 0; round < rounds; round++) await Promise.all(Array.from({ length: bridges }, comeAndGo));
  expect(await facts()).toBe(before);
  expect(came).toBe(bridges * rounds);
}, 180_000);
