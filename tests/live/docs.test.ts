import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf, pagesWithCommands, partsOf, root, type ShownCommand } from '../fixtures/pages.ts';
import { privateTmuxAt, waitFor } from '../fixtures/private-tmux.ts';
import { type Ran, runAsPerson } from './as-person.ts';
import { program } from './bridge-process.ts';

/**
 * What the pages show is typed as it stands there, by somebody who works in `~/my-project`, where a worker draws like
 * codex (a script) and a bridge runs; a page that starts its worker itself begins without both. `7f3k9q`, the id that
 * all pages show, is that of a request which is open.
 */
const sampleId = '7f3k9q';

/** The two commands of README, which `.ci/run` runs in a clone. */
const isRunByTheGate = ({ text }: ShownCommand) => text.startsWith('npm install && npm ');

const shown = (page: string) =>
  blocksOf(page).flatMap(({ mark, commands }) => (mark === '' ? commands.filter((one) => !isRunByTheGate(one)) : []));

const inputs = [
  { when: '^ask$', do: [{ request: 'Which database should the service use? One user, no server.' }] },
  { when: '^run$', do: [{ dialog: 'npm test' }, { say: 'It ran.' }] },
  { do: [{ busy: 100 }, { say: 'I have read it.' }] },
];

const withCommands = pagesWithCommands.filter((page) => shown(page).length > 0);
const starts = (page: string) => shown(page).some(({ text }) => text.includes('bridge start worker'));
const changesMuch = (page: string) =>
  shown(page).some(({ text }) => /bridge (?:start|stop|uninstall|restore)\b|bridge\.yaml/.test(text));

/** Those that leave the bridge as it was are followed one after the other by a few readers: to settle in takes seconds. */
const left = withCommands.filter((page) => !changesMuch(page));
const readings = [
  ...withCommands.filter(changesMuch).map((page) => [page]),
  ...[0, 1, 2].map((reader) => left.filter((_, at) => at % 3 === reader)),
];

test.concurrent.each(readings.map((pages) => [pages.join(', '), pages] as const))(
  'the commands of %s end as the pages say',
  async (_, pages) => {
    const reader = new Reader();
    try {
      if (!pages.some(starts)) await reader.settleIn();
      for (const page of pages) {
        await reader.opens();
        for (const command of shown(page)) {
          const { code, stdout, stderr } = await reader.types(command);
          expect(code, `${page}:${command.line}: ${command.text}\n${stdout}${stderr}`).toBe(command.exitCode);
        }
      }
    } finally {
      await reader.leave();
    }
  },
  120_000,
);

/** Somebody with a home of their own, in which these pages are followed. */
class Reader {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-page-')));
  readonly #home = join(this.#folder, 'me');
  readonly #bridges: ChildProcess[] = [];
  #place = join(this.#home, 'my-project');
  #id: string | null = null;

  constructor() {
    const programs = join(this.#folder, 'bin');
    const agent = join(this.#folder, 'agent');
    for (const folder of [programs, agent, this.#home]) mkdirSync(folder, { mode: 0o700 });
    for (const name of ['my-project', 'shop', 'blog']) mkdirSync(join(this.#home, name, '.git'), { recursive: true });
    mkdirSync(join(this.#place, 'docs'));
    writeFileSync(join(this.#place, 'docs/plan.md'), 'The service answers questions about the weather.\n');
    symlinkSync(join(root, 'bridge/demo/scripted-agent.mjs'), join(agent, 'codex'));
    writeFileSync(join(agent, 'script'), JSON.stringify({ inputs }));
    const shell = (name: string, text: string) =>
      writeFileSync(join(programs, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    shell('bridge', `exec '${process.execPath}' '${program}' "$@"`);
    shell(
      'codex',
      `[ "$1" = --version ] && exec echo codex-cli 0.171.0
      exec -a codex '${process.execPath}' '${agent}/codex' --script '${agent}/script'`,
    );
  }

  get #environment(): NodeJS.ProcessEnv {
    return {
      PATH: `${join(this.#folder, 'bin')}:${process.env.PATH}`,
      HOME: this.#home,
      XDG_RUNTIME_DIR: this.#folder,
      TMUX_TMPDIR: this.#folder,
      SHELL: '/bin/sh',
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
    };
  }

  async settleIn(): Promise<void> {
    await this.#run('bridge start worker --no-attach --agent codex');
    await this.#watch('bridge run --mode manual');
  }

  /** Another page. */
  /** A page is read on its own: what the one before it had asked has ended. */
  async opens(): Promise<void> {
    this.#place = join(this.#home, 'my-project');
    this.#id = null;
    if (this.#bridges.length === 0) return;
    await waitFor('nothing is asked any more', async () => {
      const { stdout } = await this.#run('bridge requests --json');
      const open = (JSON.parse(stdout) as Array<{ id: string; state: string }>).filter(({ state }) =>
        ['open', 'asked', 'answered'].includes(state),
      );
      for (const { id, state } of open) if (state === 'asked') await this.#run(`bridge dismiss ${id}`);
      return open.length === 0;
    });
  }

  async types({ text }: ShownCommand): Promise<Ran> {
    if (isWatching(text)) return this.#watch(text);
    if (text.includes(sampleId)) {
      const endsIt = /\b(?:answer|dismiss|outbox)\b/.test(text);
      if (this.#id === null || (endsIt && !(await this.#isOpen(this.#id)))) {
        this.#id = await this.#opened(text.includes('--choose') ? 'run' : 'ask');
      }
    }
    return this.#run(text.replaceAll(sampleId, this.#id?.slice(-6) ?? sampleId));
  }

  async #run(text: string): Promise<Ran> {
    const where = join(this.#folder, 'where');
    const script = `trap 'pwd > "${where}"' EXIT\n${text}`;
    const ran = await runAsPerson(['/bin/bash', '-c', script], { cwd: this.#place, env: this.#environment });
    this.#place = readFileSync(where, 'utf8').trim();
    return ran;
  }

  /** The bridge itself stays, as in a terminal of its own. */
  async #watch(text: string): Promise<Ran> {
    const child = spawn('/bin/bash', ['-c', text], {
      cwd: this.#place,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#bridges.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece: string) => {
        said += piece;
      });
    await waitFor(`${text} watches`, () => /^ {2}stop .*`bridge stop`/m.test(said), {
      limitMs: 60_000,
      describe: async () => said,
    });
    return { code: 0, stdout: said, stderr: '' };
  }

  async #opened(input: string): Promise<string> {
    await this.#run(`bridge send --wait 60 ${input}`);
    const kind = input === 'run' ? 'approval' : 'request';
    return waitFor(
      `the worker asks (${kind})`,
      async () => {
        const open = JSON.parse((await this.#run('bridge requests --json')).stdout) as Array<Record<string, string>>;
        return open.find((one) => one.kind === kind && one.state === 'asked')?.id;
      },
      { limitMs: 60_000 },
    );
  }

  async #isOpen(id: string): Promise<boolean> {
    return JSON.parse((await this.#run(`bridge show ${id} --json`)).stdout).state === 'asked';
  }

  async leave(): Promise<void> {
    for (const { pid, exitCode } of this.#bridges) {
      if (exitCode === null && pid !== undefined) process.kill(-pid, 'SIGKILL');
    }
    for (const name of ['my-project', 'shop', 'blog']) {
      const socket = join(this.#home, name, '.codex/tmux.sock');
      if (existsSync(socket)) await privateTmuxAt(socket, join(this.#home, name)).stop();
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** `bridge run`, which goes on until somebody ends it. */
const isWatching = (text: string) => /^bridge run\b/.test(partsOf(text).at(-1)!);
