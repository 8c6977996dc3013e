import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, expect } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { type Ran, runAsPerson } from './as-person.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

/** The names of other tools: what their users' scripts and skills call, and look for in what comes back. */

export const scripts = resolve(import.meta.dirname, '../../scripts');

/** A program that nobody knows, with a prompt: it takes bracketed paste, and journals each input. */
const recorder = `import json, os, sys, tty
journal, text, pasting = open(sys.argv[1], 'a', buffering=1), b'', False
tty.setraw(0)
os.write(1, b'\\x1b[?2004h')
while True:
    os.write(1, b'\\x1b[2J\\x1b[Hready\\r\\n\\r\\n> ' + text.replace(b'\\n', b'\\r\\n  '))
    data = os.read(0, 65536)
    while data:
        if data.startswith(b'\\x1b[200~'): pasting, data = True, data[6:]
        elif data.startswith(b'\\x1b[201~'): pasting, data = False, data[6:]
        elif data[:1] == b'\\r' and not pasting:
            journal.write(json.dumps(text.decode()) + '\\n'); text, data = b'', data[1:]
        else: text, data = text + (b'\\n' if data[:1] == b'\\r' else data[:1]), data[1:]
`;

/** The sender's pane, and the variables of a shell in it. */
export let here: Record<string, string>;
export let shell: string;

export function eachWrapperTestStartsWith(): void {
  eachTestStartsWith();
  beforeEach(async () => {
    await tmux.run('new-session', '-d', '-s', 'macs', '-x', '120', '-y', '30', 'PS1="$ " bash --norc --noprofile');
    const said = await tmux.run('display-message', '-p', '-t', '=macs:', '#{pane_id} #{socket_path},#{pid},0');
    const [paneId = '', inside = ''] = said.trim().split(' ');
    shell = paneId;
    here = { TMUX: inside, TMUX_PANE: paneId };
  });
}

export function tool(
  name: string,
  args: readonly string[],
  more: { env?: Record<string, string>; input?: string } = {},
): Promise<Ran> {
  return runAsPerson([join(scripts, name), ...args], {
    cwd: tmux.folder,
    env: {
      PATH: process.env.PATH,
      HOME: tmux.folder,
      XDG_RUNTIME_DIR: tmux.folder,
      TMUX_TMPDIR: tmux.folder,
      BRIDGE_HOME: home,
      LANG: 'C.UTF-8',
      ...here,
      ...more.env,
    },
    ...(more.input === undefined ? {} : { input: more.input }),
  });
}

/** A program in a session of its own. @returns what it was given so far */
export async function recording(session: string): Promise<() => string[]> {
  const [program, journal] = [join(tmux.folder, 'recorder.py'), join(tmux.folder, `${session}.json`)];
  writeFileSync(program, recorder);
  await tmux.run('new-session', '-d', '-s', session, '-x', '140', '-y', '30', `python3 ${program} ${journal}`);
  await waitFor('it reads', async () => (await tmux.screen(`=${session}:`)).includes('> '.trim()));
  return () =>
    existsSync(journal)
      ? readFileSync(journal, 'utf8')
          .trimEnd()
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as string)
      : [];
}

export const comms = (args: readonly string[], more: { env?: Record<string, string>; input?: string } = {}) =>
  tool('agent_comms', args, { ...more, env: { TMUX_SOCKET: tmux.socketPath, ...more.env } });

export async function commed(...args: string[]): Promise<string> {
  const ran = await comms(args);
  expect({ args, ...ran }).toMatchObject({ args, code: 0 });
  return ran.stdout;
}

/** tmux-agent-comms' folder. */
export const kept = (...parts: string[]) => join(tmux.folder, '.config', 'agent-comms', ...parts);
