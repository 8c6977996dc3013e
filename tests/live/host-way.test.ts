import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processNames } from '../../bridge/agent-programs/index.ts';
import { processesBy, wayBy } from '../../bridge/app/ways.ts';
import type { TmuxEvent } from '../../bridge/core/events.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { Hosts } from '../../bridge/host/hosts/hosts.ts';
import { Panes } from '../../bridge/panes/panes.ts';
import { Programs } from '../../bridge/panes/programs.ts';
import { TmuxServers } from '../../bridge/tmux/servers.ts';
import { paste, press } from '../../bridge/tmux/typing.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { canServeSsh, knowHost, type SshServer, startSshServer } from '../fixtures/ssh-host.ts';
import { openTmuxHarness, type TmuxHarness } from '../tmux/tmux-harness.ts';

/** A tmux server on another machine: here one of this machine, reached by ssh alone. */
describe.skipIf(!canServeSsh)('a tmux server over ssh', () => {
  let harness: TmuxHarness;
  let ssh: SshServer;
  let hosts: Hosts;
  let servers: TmuxServers;
  let panes: Panes;
  let events: TmuxEvent[];

  beforeEach(async () => {
    harness = await openTmuxHarness();
    ssh = await startSshServer(harness.tmux.folder);
    knowHost(ssh);
    events = [];
    const { socketPath } = harness.tmux;
    hosts = new Hosts([{ name: 'box', ssh: 'root@127.0.0.1', options: ssh.options, socket: socketPath }], systemClock);
    servers = new TmuxServers({
      clock: systemClock,
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'output') panes.noticeOutput(event.address, event.bytes, true);
      },
      aloneAt: () => (work) => work(),
      clientsPlaceFor: (path) => `${path}.clients`,
      wayTo: wayBy(hosts),
    });
    panes = new Panes({
      servers,
      programs: new Programs(processNames, processesBy(hosts)),
      clock: systemClock,
      choiceFor: () => ({ agent: null, agents: {} }),
    });
  });
  afterEach(async () => {
    await servers.close();
    await hosts.close();
    await ssh.stop();
    await harness.stop();
  });

  test('its panes are listed, looked at, heard and typed into, any text to the letter', async () => {
    const recorder = await harness.record();
    await servers.add('box:');
    await waitFor('it is listed', () => servers.listed.length > 0, { limitMs: 30_000 });
    const facts = (await panes.list()).find(({ paneId }) => paneId === recorder.paneId)!;
    expect(facts.socketPath).toBe(`box:${harness.tmux.socketPath}`);
    const server = servers.at(facts)!;
    const stop = server.notifyFor(facts.paneId);
    await waitFor('a control client is there', () => events.some(({ type }) => type === 'output'));
    const seen = await panes.capture(facts);
    expect(seen?.rows.map(({ text }) => text)).toContain('READY');
    expect(seen?.identity.panePid).toBe(facts.panePid);
    expect(seen?.foreground).not.toBe('none');
    const condition = { panePid: facts.panePid, command: null, notTitles: [], notOnScreen: [] };
    let heard = '';
    for (const text of [
      "it's $HOME `id` #{pid} %H ;",
      'héllo 日本 👩‍💻',
      '-n \\n "q" {a,b} ~root',
      ';',
      'x'.repeat(9_000),
    ]) {
      expect(await paste(server, facts.paneId, text, condition, { bracketed: false })).toBe('done');
      expect(await press(server, facts.paneId, 'Enter', condition)).toBe('done');
      heard += `${text}\r`;
    }
    await recorder.hears(heard);
    stop();
    // and without a control client, through the shell alone
    const { commands } = wayBy(hosts)('box:');
    expect(await paste(commands, facts.paneId, "it's $HOME\n`id`", condition, { bracketed: false })).toBe('done');
    await recorder.hears(`${heard}it's $HOME\n\`id\``);
  });
});
