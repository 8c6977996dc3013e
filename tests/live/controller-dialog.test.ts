import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { makeHome } from './bridge-process.ts';
import { eachTestStartsWith, startWatching, startWorker, tmux } from './live-fixture.ts';

let controller: ScriptedAgent;

eachTestStartsWith();
beforeEach(async () => {
  controller = await startWorker({ name: 'controller', label: 'controller' });
});

test('a controller that waits at a dialog calls a person, once for each dialog, and says where', async () => {
  const told = join(tmux.folder, 'told');
  makeHome(tmux, `notify: { command: [sh, -c, 'echo "$BRIDGE_TITLE"; cat >> ${told}'] }\n`);
  await controller.perform({ play: [{ dialog: 'cat notes' }], input: 'go' });
  const bridge = await startWatching();
  const isCall = ({ type }: { readonly type: string }) => type === 'controller-blocked';
  const call = await bridge.line('a person is called', isCall);
  const attach = new RegExp(`^tmux -S ${tmux.socketPath} attach-session -t '?=macs:@\\d+'?$`);
  expect(call).toMatchObject({
    level: 'warning',
    paneId: controller.paneId,
    dialog: 'approval',
    question: expect.stringContaining('Would you like'),
    options: expect.stringContaining('1. Yes'),
    attach: expect.stringMatching(attach),
  });
  await waitFor(
    'the notification names the way',
    () => existsSync(told) && readFileSync(told, 'utf8').includes('attach-session'),
  );
  // the line shows that dialog
  const window = /@\d+/.exec(String(call.attach))![0];
  expect(await tmux.screen(`=macs:${window}`)).toContain('cat notes');

  // drawn again it is the same; another one is another call
  await tmux.run('resize-window', '-t', controller.paneId, '-x', '110', '-y', '35');
  await tmux.run('send-keys', '-t', controller.paneId, 'y');
  await controller.fact('the first is decided', (fact) => fact.approved !== undefined);
  await controller.perform({ play: [{ dialog: 'rm notes' }], input: 'go on' });
  await waitFor('the second call', () => bridge.lines.filter(isCall).length === 2);
});
