import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PaneId } from '../../bridge/core/ids.ts';
import { ControlClient } from '../../bridge/tmux/client.ts';
import { ExecCommands } from '../../bridge/tmux/exec.ts';
import { wayHere } from '../../bridge/tmux/way.ts';
import { type PrivateTmux, privateTmux, runsProgram, sizeWindow, waitFor } from '../fixtures/private-tmux.ts';

/** A program in a pane that keeps, byte for byte, what its terminal hands it. */
export interface Recorder {
  readonly paneId: PaneId;
  readonly panePid: number;
  /** waits for the bytes; anything else than exactly these fails */
  hears(text: string): Promise<void>;
}

/** A private tmux server with a session `main` and the ways to talk to it. */
export interface TmuxHarness {
  readonly tmux: PrivateTmux;
  readonly exec: ExecCommands;
  /** runs a shell script in a new window, and waits until the screen shows the words */
  show(script: string, words?: string): Promise<PaneId>;
  record(how?: { bracketed?: boolean; before?: string }): Promise<Recorder>;
  attach(): Promise<ControlClient>;
  panePid(paneId: PaneId): Promise<number>;
  stop(): Promise<void>;
}

export async function openTmuxHarness(
  size: { width: number; height: number } = { width: 80, height: 24 },
): Promise<TmuxHarness> {
  const tmux = privateTmux();
  const clients: ControlClient[] = [];
  const exec = new ExecCommands({ socketPath: tmux.socketPath });
  await tmux.run(
    'new-session',
    '-d',
    '-s',
    'main',
    '-x',
    String(size.width),
    '-y',
    String(size.height),
    'exec sleep 1000',
  );
  let scripts = 0;
  const harness: TmuxHarness = {
    tmux,
    exec,
    async show(script, words = 'READY') {
      const file = join(tmux.folder, `script-${scripts++}`);
      writeFileSync(file, script);
      const paneId = (await tmux.run('new-window', '-P', '-F', '#{pane_id}', '-t', '=main:', `exec sh ${file}`)).trim();
      await sizeWindow(tmux, paneId, size.width, size.height);
      await waitFor(
        `the screen shows ${words}`,
        async () => (await tmux.run('capture-pane', '-p', '-J', '-t', paneId)).includes(words),
        { describe: () => tmux.screen(paneId) },
      );
      return paneId as PaneId;
    },
    async record({ bracketed = false, before = '' } = {}) {
      const file = join(tmux.folder, `heard-${scripts}`);
      writeFileSync(file, '');
      const brackets = bracketed ? `printf '\\033[?2004h'` : '';
      const paneId = await harness.show(`stty raw -echo\n${before}\n${brackets}\nprintf READY\nexec cat > ${file}`);
      await runsProgram(tmux, paneId, 'cat');
      const heard = () => readFileSync(file);
      return {
        paneId,
        panePid: await harness.panePid(paneId),
        async hears(text) {
          const expected = Buffer.from(text);
          await waitFor('the program has heard as much', () => heard().length >= expected.length, {
            describe: async () => JSON.stringify(heard().toString().slice(0, 300)),
          });
          if (heard().equals(expected)) return;
          throw new Error(`heard ${JSON.stringify(heard().toString())} instead of ${JSON.stringify(text)}`);
        },
      };
    },
    async attach() {
      const client = await ControlClient.attach({ way: wayHere(tmux.socketPath), session: '=main' });
      clients.push(client);
      return client;
    },
    async panePid(paneId) {
      return Number((await tmux.run('display-message', '-p', '-t', paneId, '#{pane_pid}')).trim());
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await tmux.stop();
    },
  };
  return harness;
}

/** Processes whose command line names this socket and control mode. */
export function controlClientsOf(socketPath: string): number[] {
  const lines = execFileSync('ps', ['-ww', '-eo', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines
    .filter((line) => line.includes(` ${socketPath} -C `) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number(line.trim().split(/\s+/)[0]));
}
