import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../fixtures/pages.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent } from '../fixtures/scripted-agent.ts';
import { canServeSsh, knowHost, type SshServer, startSshServer } from '../fixtures/ssh-host.ts';
import { runAsPerson } from './as-person.ts';
import { type BridgeProcess, program } from './bridge-process.ts';
import { command, eachMailTestStarts, found, home, member, tmux, watch } from './mail-fixture.ts';

/**
 * What docs/guide/containers.md says. A container is what the kernel makes of one: mounts and processes of its own; there is no
 * container engine here.
 */
describe.skipIf(!canServeSsh)('from a container', () => {
  eachMailTestStarts({ workers: ['coder'] });

  let server: SshServer;
  let coder: ScriptedAgent;
  let token: string;
  let watching: BridgeProcess;
  const at = (name: string) => join(tmux.folder, name);

  beforeEach(async () => {
    mkdirSync(at('host-bin'));
    writeFileSync(at('host-bin/bridge'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
    for (const name of ['agent-send.sh', 'tmux-bridge'])
      symlinkSync(join(root, 'scripts', name), at(`host-bin/${name}`));
    const path = `${at('host-bin')}:${dirname(process.execPath)}:/usr/bin:/bin`;
    const set = [
      `PATH=${path}`,
      `BRIDGE_HOME=${home}`,
      `XDG_RUNTIME_DIR=${tmux.folder}`,
      `TMUX_SOCKET=${tmux.socketPath}`,
      `TMUX_BRIDGE_SOCKET=${tmux.socketPath}`,
    ];
    server = await startSshServer(tmux.folder, 'host', [`SetEnv ${set.join(' ')}`]);
    knowHost(server);
    mkdirSync(at('bin'));
    // stands for ~/.ssh/config, which ssh takes from the account
    const ssh = `#!/bin/sh\nexec /usr/bin/ssh ${server.options.join(' ')} "$@"\n`;
    writeFileSync(at('bin/ssh'), ssh, { mode: 0o755 });
    for (const name of ['bridge', 'agent-send.sh', 'tmux-bridge']) {
      const over = readFileSync(join(root, 'scripts/bridge-over-ssh'));
      mkdirSync(at('opt'), { recursive: true });
      writeFileSync(at('opt/bridge-over-ssh'), over, { mode: 0o755 });
      symlinkSync(at('opt/bridge-over-ssh'), at(`bin/${name}`));
    }
    coder = await member('coder');
    watching = await watch();
    await watching.line('watched', found('coder'));
    await command('add', 'ci');
    token = (await command('token', 'add', 'builds', '--member', 'ci')).stdout.trim();
    writeFileSync(at('token'), `${token}\n`, { mode: 0o600 });
  });
  afterEach(() => server.stop());

  /** Runs a script of sh in namespaces of its own. */
  const inside = (
    script: string,
    words: readonly string[] = [],
    more: { input?: string; env?: NodeJS.ProcessEnv } = {},
  ) =>
    runAsPerson(
      [
        '/usr/bin/timeout',
        '60',
        '/usr/bin/unshare',
        '--kill-child',
        '--mount',
        '--pid',
        '--fork',
        '--mount-proc',
        '/bin/sh',
        '-c',
        script,
        'sh',
        ...words,
      ],
      {
        cwd: tmux.folder,
        env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: at('nobody'), ...more.env },
        ...(more.input === undefined ? {} : { input: more.input }),
      },
    );

  /** A command of an image without Node and without bridge: there is ssh, and a shell. */
  const imageWithoutNode = (words: readonly string[], input?: string) =>
    inside(`mount --bind /dev/null '${process.execPath}' && PATH='${at('bin')}' && exec "$@"`, words, {
      env: { BRIDGE_SSH: 'root@127.0.0.1' },
      ...(input === undefined ? {} : { input }),
    });

  const restrict = (options: string) => {
    const key = readFileSync(join(dirname(server.authorizedKeys), 'id.pub'), 'utf8');
    writeFileSync(server.authorizedKeys, `${options} ${key}`);
  };
  const forMail = () => restrict(`restrict,command="${join(root, 'scripts/bridge-from-ssh')} ${at('token')}"`);

  const bodies = async () =>
    (JSON.parse((await command('history', '--with', 'coder', '--json')).stdout) as Array<{ body: string }>).map(
      ({ body }) => body,
    );

  const hostile = () => [
    `it's "said" $(touch ${at('ran')}) \`touch ${at('ran')}\`; touch ${at('ran')} & >${at('ran')} | $HOME, so`,
    `'; touch ${at('ran')}; '`,
    `two\nlines' \\\n\n  ; touch ${at('ran')}`,
    "漢字 é ā ぁ 😀 \\ \\\\' '\\'' !! ~ * ? [a] {b,c} %s $'\\n' #",
    '--file=/etc/passwd',
  ];

  test.each([
    ['a restricted key', true, '[ci -> coder]'],
    ['a key without restrictions', false, '[human -> coder]'],
  ])(
    'the wrapper in an image without Node, by %s: hostile texts arrive letter for letter',
    async (_, isRestricted, from) => {
      if (isRestricted) forMail();
      const texts = hostile();
      for (const text of texts)
        expect(await imageWithoutNode(['bridge', 'tell', '--timeout', '30', '--', 'coder', text])).toMatchObject({
          code: 0,
          stderr: '',
        });
      const long = `${texts.join('\n')}\n${'x'.repeat(60_000)}`;
      expect(await imageWithoutNode(['bridge', 'tell', 'coder', '-'], long)).toMatchObject({ stderr: '' });
      expect(await bodies()).toEqual([...texts, long]);
      expect(existsSync(at('ran'))).toBe(false);
      expect(coder.inputs()[0]!.replace(/ #\w{4}/, '')).toBe(`${from} ${texts[0]}`);
      const unknown = await imageWithoutNode(['bridge', 'tell', 'nobody-there', 'x']);
      expect(unknown).toMatchObject({ code: 64, stderr: expect.stringContaining('unknown member') });
    },
    120_000,
  );

  test('a restricted key does the mail of its member, and nothing else; nothing of it is read by a shell', async () => {
    forMail();
    expect((await imageWithoutNode(['bridge', 'whoami'])).stdout).toBe('ci (verified): by its token\n');
    const raw = (text: string) => imageWithoutNode(['ssh', '-T', '-o', 'BatchMode=yes', 'root@127.0.0.1', text]);
    const ran = `touch ${at('ran')}`;
    for (const text of [
      ran,
      `sh -c '${ran}'`,
      `bridge 'whoami'; ${ran}`,
      `bridge 'whoami' $(${ran})`,
      `bridge 'whoami'\n${ran}`,
      `bridge 'whoami`,
      'bridge ',
      'bridge whoami',
      `bridge 'send' '--allow-shell' '${ran}'`,
      `bridge 'answer' 'x' 'yes'`,
      `bridge 'start'`,
      `bridge ''`,
      ...['--file=/etc/passwd', '--as=human', '--from=human', `--home=${at('other')}`, '--socket=x', '--urgent'].map(
        (option) => `bridge 'tell' 'coder' 'x' '${option}'`,
      ),
      `bridge 'tell' 'coder' '--file' '/etc/passwd'`,
      `bridge 'tell' 'coder' '--timeout' '--' '--file' '/etc/passwd'`,
      `bridge 'tell' 'coder' 'x,--' '--file' '/etc/passwd'`,
      `bridge 'tell' 'coder' 'x\n--' '--file' '/etc/passwd'`,
      `bridge 'tell' 'coder' '--to' 'x' '--' 'y' '--urgent' | cat`,
      `bridge 'post' 'x' '--to' '--' '--file' '/etc/passwd'`,
    ])
      expect([text, await raw(text)]).toEqual([
        text,
        { code: 1, stdout: '', stderr: expect.stringMatching(/^bridge-from-ssh: .*; nothing was done\n$/) },
      ]);
    expect(await imageWithoutNode(['bridge', 'inbox', 'coder'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('this token is ci'),
    });
    const through = at('through');
    const forward = `'${at('bin/ssh')}' -N -L '${through}:${tmux.socketPath}' root@127.0.0.1 & until [ -S '${through}' ]; do sleep 0.02; done`;
    expect(await inside(`${forward}; tmux -S '${through}' kill-server`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('open failed'),
    });
    expect(await tmux.run('list-sessions')).toContain('coder');
    // a worker's question is nobody's mail
    await coder.perform({ request: 'Shall I go on?' });
    const asked = await watching.line('asked', (line) => line.type === 'request-changed' && line.state === 'asked');
    for (const words of [
      ['reply', String(asked.id), 'Yes.'],
      ['reply', String(asked.id).slice(-6), 'Yes.'],
    ])
      expect(await imageWithoutNode(['bridge', ...words])).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('is a request, and its answer takes no options of a message'),
      });
    expect(JSON.parse((await command('show', String(asked.id), '--json')).stdout)).toMatchObject({ state: 'asked' });
    // and a message is
    const { id } = JSON.parse((await command('tell', 'ci', 'Which port?', '--timeout', '0', '--json')).stdout);
    expect((await imageWithoutNode(['bridge', 'inbox'])).stdout).toContain('Which port?');
    expect(await imageWithoutNode(['bridge', 'reply', id, '--json', '8080'])).toMatchObject({ stderr: '' });
    writeFileSync(at('token'), '\n');
    expect(await imageWithoutNode(['bridge', 'whoami'])).toMatchObject({ code: 1 });
    expect(await bodies()).toEqual([]);
    expect(existsSync(at('ran'))).toBe(false);
  }, 120_000);

  test('without restrictions it is a person on the host, also for the commands of other tools', async () => {
    expect((await imageWithoutNode(['bridge', 'whoami'])).stdout).toMatch(/^human \(human\): /);
    const text = `it's $(touch ${at('ran')}) "so"`;
    const sent = await imageWithoutNode(['agent-send.sh', '-s', 'coder-1', '-m', text]);
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    expect(coder.inputs().at(-1)).toMatch(/^\[.*\] it's \$\(touch .*\/ran\) "so"$/);
    expect((await imageWithoutNode(['tmux-bridge', 'list'])).stdout).toContain(coder.paneId);
    expect(existsSync(at('ran'))).toBe(false);
    expect(await inside(`exec '${at('bin/bridge')}' whoami`)).toMatchObject({ code: 64 });
  }, 60_000);

  /** bridge's and tmux's sockets at paths of the container, and bridge's own program. */
  const withSockets = (bridgeHome: string, tmuxSocket: string) => async (before: string, limitS: number) => {
    const bridge = `'${process.execPath}' '${program}'`;
    const run = (script: string) =>
      inside(`${before}\n${script}`, [], { env: { BRIDGE_HOME: bridgeHome, TOKEN: token } });
    expect(await run(`${bridge} whoami`)).toMatchObject({ code: 64, stderr: expect.stringContaining('--as NAME') });
    expect((await run(`${bridge} whoami --as ci`)).stdout).toBe('ci (claimed): it says so\n');
    expect(await run(`${bridge} whoami --as coder`)).toMatchObject({ code: 1 });
    expect((await run(`BRIDGE_TOKEN=$TOKEN ${bridge} tell coder 'from within'`)).stdout).toContain('submitted coder');
    expect(coder.inputs().at(-1)).toMatch(/^\[ci -> coder #\w{4}\] from within$/);
    expect(await run(`${bridge} resume`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('under a sandbox'),
    });
    expect((await run(`tmux -S '${tmuxSocket}' list-panes -a`)).stdout).toContain(coder.paneId);
    // the way out: what runs is run by the tmux server, on the host
    await run(`tmux -S '${tmuxSocket}' run-shell 'readlink /proc/self/ns/pid >${at('seen')}'`);
    await waitFor('it ran', () => existsSync(at('seen')) && readFileSync(at('seen'), 'utf8').endsWith('\n'));
    expect((await run('readlink /proc/self/ns/pid')).stdout).not.toBe(readFileSync(at('seen'), 'utf8'));
    return (await run(`echo list-sessions | timeout ${limitS} tmux -S '${tmuxSocket}' -C attach`)).stdout;
  };

  test('a mounted socket: bridge is asked under a name, tmux without one; a control client can attach', async () => {
    mkdirSync(at('inside'), { mode: 0o700 });
    for (const name of ['bridge.sock', 'tmux']) writeFileSync(at(`inside/${name}`), '');
    const mount = [
      `mount --bind '${home}/bridge.sock' '${at('inside/bridge.sock')}'`,
      `mount --bind '${tmux.socketPath}' '${at('inside/tmux')}'`,
    ];
    const control = await withSockets(at('inside'), at('inside/tmux'))(mount.join('\n'), 30);
    expect(control).toContain('coder-1: 1 windows');
  }, 60_000);

  test('a forwarded socket: the same, but no control client can attach', async () => {
    mkdirSync(at('through'), { mode: 0o700 });
    const forwards = [
      '-L',
      `${at('through/bridge.sock')}:${home}/bridge.sock`,
      '-L',
      `${at('through/tmux')}:${tmux.socketPath}`,
    ];
    const stop = new AbortController();
    const forwarding = runAsPerson(['/usr/bin/ssh', ...server.options, '-N', ...forwards, 'root@127.0.0.1'], {
      cwd: tmux.folder,
      env: { PATH: '/usr/bin:/bin' },
      killed: stop.signal,
    });
    try {
      await waitFor('both are forwarded', () =>
        ['bridge.sock', 'tmux'].every((name) => existsSync(at(`through/${name}`))),
      );
      const control = await withSockets(at('through'), at('through/tmux'))('', 3);
      // its client would have to hand over its terminal, which ssh does not carry: it says %exit and waits
      expect(control).not.toContain('%begin');
    } finally {
      stop.abort();
      await forwarding;
    }
  }, 60_000);
});
