import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { program } from '../live/bridge-process.ts';
import { command, eachMailTestStarts, found, home, member, tmux, watch } from '../live/mail-fixture.ts';
import { installed, isWanted } from './installs.ts';

/** The sandbox in which codex runs the commands of its model, with `bridge` in it. */

eachMailTestStarts({ workers: ['lead', 'coder'] });

test.runIf(isWanted('codex'))(
  'codex’s sandbox: a message is left and sent; with network it reaches the bridge, and decides nothing',
  async () => {
    const { binary } = await installed('codex');
    const codexHome = join(tmux.folder, 'codex-home');
    mkdirSync(codexHome);
    // through a real pipe: Node gives its children sockets, to which nothing can be written from within that sandbox
    const piped = 'out=$1; shift; { "$@" 2>&1; echo "code $?"; } | cat > "$out"';
    const sandboxed = (network: boolean, ...args: string[]) => {
      const out = join(tmux.folder, 'said');
      spawnSync(
        'bash',
        [
          '-c',
          piped,
          'bash',
          out,
          binary,
          'sandbox',
          ...['-c', 'sandbox_mode="workspace-write"', '-c', `sandbox_workspace_write.network_access=${network}`],
          ...['-c', `sandbox_workspace_write.writable_roots=["${home}"]`],
          ...['--', process.execPath, program, ...args, '--home', home],
        ],
        {
          cwd: tmux.folder,
          encoding: 'utf8',
          env: {
            PATH: process.env.PATH,
            HOME: tmux.folder,
            CODEX_HOME: codexHome,
            XDG_RUNTIME_DIR: tmux.folder,
            NO_COLOR: '1',
          },
        },
      );
      return readFileSync(out, 'utf8').replace(/^WARNING.*\n/gm, '');
    };
    const [lead, coder] = [await member('lead'), await member('coder')];
    const watching = await watch();
    for (const name of ['lead', 'coder']) await watching.line(`${name} is watched`, found(name));
    await command('add', 'ci');
    await lead.perform({ request: 'Shall I go on?' });
    const asked = await watching.line('asked', (line) => line.type === 'request-changed' && line.state === 'asked');
    const id = String(asked.id);

    expect(sandboxed(false, 'tell', 'coder', 'from within', '--as', 'ci')).toMatch(
      /^waiting {3}coder: left in mail-outbox\/.*\ncode 2\n$/,
    );
    expect(sandboxed(false, 'answer', id, 'Yes.')).toMatch(/\(EPERM\)[\s\S]*code 1\n$/);
    expect(sandboxed(true, 'answer', id, 'Yes.')).toMatch(
      /runs under codex, and no agent answers itself[\s\S]*code 1\n$/,
    );
    expect(sandboxed(true, 'tell', 'coder', 'by the socket', '--as', 'ci', '--wait', '0')).toMatch(/^waiting {3}coder/);
    const texts = () => coder.inputs().map((text) => text.replace(/ #\w{4}/, ''));
    await waitFor('both have come', () => texts().length === 2, { limitMs: 30_000 });
    expect(texts().sort()).toEqual(['[ci? -> coder] by the socket', '[ci? -> coder] from within']);
  },
);
