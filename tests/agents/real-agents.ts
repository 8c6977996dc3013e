import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type PrivateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { installed } from './installs.ts';
import type { LoggedCall, ModelServer } from './model-server.ts';
import { type AgentName, programs } from './programs/index.ts';
import type { Place } from './test-program.ts';

export interface RealAgentOptions {
  readonly tmux: PrivateTmux;
  readonly server: ModelServer;
  /** names the session, the folder and the label of the model calls; unique within the tmux server */
  readonly name?: string;
  /** puts the agent into a new window of this session, which must exist, instead of into a session of its own */
  readonly session?: string;
  readonly args?: readonly string[];
  readonly width?: number;
  readonly height?: number;
  /** further lines at the top of codex's config.toml */
  readonly codexConfig?: string;
  /** codex's shared background server: copies 400 MB into its home and leaves sockets in the system's temporary folder */
  readonly codexDaemon?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** leaves out what gets the program past its first questions (trust, login, promotions) */
  readonly firstRun?: boolean;
  /** called when its home is made and its program has not started */
  readonly beforeStart?: (prepared: Prepared) => void;
}

/** A real agent program in a pane: past its onboarding, idle, with a home of its own that knows only the scripted model. */
export interface RealAgent {
  readonly name: string;
  readonly program: AgentName;
  readonly paneId: string;
  readonly workingFolder: string;
  readonly prepared: Prepared;
  screen(): Promise<string>;
  title(): Promise<string>;
  /** types one line as a person would: letter keys, then Enter once the line is on the screen, until the model is asked */
  type(line: string): Promise<void>;
  /** one bracketed paste, without Enter */
  paste(text: string): Promise<void>;
  press(...keys: string[]): Promise<void>;
  /** presses one key until it is seen to act: agents draw a dialog before they read keys, and drop those that come sooner */
  pressUntil(key: string, acted: (screen: string) => boolean): Promise<void>;
  /** denies the open approval dialog */
  deny(): Promise<void>;
  /** submits what is in the composer: Enter, until the model is asked */
  submit(): Promise<void>;
  isIdle(): Promise<boolean>;
  waitUntilIdle(limitMs?: number): Promise<void>;
  waitForScreen(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray>;
  /** what the model was told, without the program's internal turns */
  calls(): LoggedCall[];
  messages(): readonly string[];
  waitForMessage(what: string, fits: (message: string) => boolean, limitMs?: number): Promise<string>;
  /** the words of its open approval dialog */
  readonly approval: RegExp;
}

export function startCodex(options: RealAgentOptions): Promise<RealAgent> {
  return startAgent('codex', options);
}

export function startGemini(options: RealAgentOptions): Promise<RealAgent> {
  return startAgent('gemini', options);
}

/** A home and a repository for one agent program, and how to run it there: as its TUI, or as `codex exec`. */
export interface Prepared {
  readonly version: string;
  /** its folder can be put on a PATH */
  readonly binary: string;
  /** arguments of the TUI */
  readonly args: readonly string[];
  /** the whole environment: nothing of this machine's own agents gets in */
  readonly environment: Readonly<Record<string, string>>;
  readonly home: string;
  readonly workingFolder: string;
}

/** Installs the program if need be and makes its home, without starting it. */
export async function prepareAgent(programName: AgentName, options: RealAgentOptions): Promise<Prepared> {
  const { tmux, name = programName } = options;
  const { binary, version, path } = await installed(programName);
  const place = makePlace(tmux, name);
  const { args, environment } = programs[programName].prepare(place, options);
  return {
    version,
    binary,
    args: [...args, ...(options.args ?? [])],
    environment: {
      PATH: [...path, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      HOME: place.home,
      TERM: 'tmux-256color',
      COLORTERM: 'truecolor',
      LANG: 'C.UTF-8',
      SHELL: '/bin/bash',
      TMPDIR: join(place.home, 'tmp'),
      ...environment,
      ...options.environment,
    },
    home: place.home,
    workingFolder: place.workingFolder,
  };
}

/** Starts the program and waits until it is idle. */
export async function startAgent(programName: AgentName, options: RealAgentOptions): Promise<RealAgent> {
  const agent = await launchAgent(programName, options);
  await agent.waitUntilIdle(programs[programName].startLimitMs);
  return agent;
}

/** Starts the program and returns at once, so that its start can be watched. */
export async function launchAgent(programName: AgentName, options: RealAgentOptions): Promise<RealAgent> {
  const { tmux, server, name = programName } = options;
  const program = programs[programName];
  const approval = program.approval ?? /$^/;
  const prepared = await prepareAgent(programName, options);
  options.beforeStart?.(prepared);
  const paneId = await openPane(options, name, prepared);

  const screen = () => tmux.screen(paneId);
  const title = async () => (await tmux.run('display-message', '-p', '-t', paneId, '#{pane_title}')).replace(/\n$/, '');
  const isIdle = async () => program.isIdle(await screen(), await title(), prepared.workingFolder);
  const describe = async () => `title: ${await title()}\n${await screen()}`;
  const press = async (...keys: string[]) => void (await tmux.run('send-keys', '-t', paneId, ...keys));
  const repeat = async (key: string, hasActed: () => boolean | Promise<boolean>) => {
    for (let tries = 0; tries < 5 && !(await hasActed()); tries++) {
      await press(key);
      await waitFor(`${key} acts`, hasActed, { limitMs: 3000 }).catch(() => {});
    }
  };
  const pressUntil = (key: string, acted: (text: string) => boolean) => repeat(key, async () => acted(await screen()));
  // on a busy machine gemini may not be ready for Enter even now; on an emptied composer one more does nothing
  const submit = () => {
    const before = server.calls(name).length;
    return repeat('Enter', () => server.calls(name).length > before);
  };
  const waitForScreen = (pattern: RegExp, limitMs = 30_000) =>
    waitFor(`${name} shows ${pattern}`, async () => pattern.exec(await screen()), { limitMs, everyMs: 50, describe });
  /** idle in three looks a tenth of a second apart: a turn that has just begun may not show yet */
  const waitUntilIdle = async (limitMs = 60_000) => {
    let looks = 0;
    const condition = async () => {
      looks = (await isIdle()) ? looks + 1 : 0;
      return looks >= 3;
    };
    await waitFor(`${name} is idle`, condition, { limitMs, everyMs: 100, describe });
  };
  return {
    name,
    program: programName,
    prepared,
    workingFolder: prepared.workingFolder,
    paneId,
    approval,
    screen,
    title,
    press,
    isIdle,
    waitForScreen,
    waitUntilIdle,
    async type(line) {
      const write = () => tmux.run('send-keys', '-l', '-t', paneId, line);
      const standsThere = () => waitForStill(screen, (text) => text.includes(line.slice(0, 40)), describe);
      const isTaken = () => standsThere().then(Boolean, () => false);
      await write();
      // as a person does: what a busy program lost of it is taken out, and typed again
      for (let tries = 0; tries < 2 && !(await isTaken()); tries++) {
        await tmux.run('send-keys', '-t', paneId, '-N', String(line.length), 'BSpace');
        await delay(1_000);
        await write();
      }
      await standsThere();
      await submit();
    },
    pressUntil,
    // its words may stay on the screen
    async deny() {
      const [deny, ...confirm] = program.keys.deny;
      await repeat(deny!, async () => !approval.test(await screen()) || isIdle());
      for (const key of confirm) await press(key);
    },
    submit,
    async paste(text) {
      const path = join(tmux.folder, `${name}.paste`);
      writeFileSync(path, text);
      await tmux.run('load-buffer', '-b', name, path, ';', 'paste-buffer', '-p', '-r', '-d', '-b', name, '-t', paneId);
    },
    calls: () => server.calls(name),
    messages: () => server.messages(name),
    waitForMessage: (what, fits, limitMs = 30_000) =>
      waitFor(what, () => server.messages(name).find(fits), { limitMs, everyMs: 50, describe }),
  };
}

/** The line is shown and nothing has moved for 400 ms: codex takes an Enter that comes sooner after typed keys for a line break. */
async function waitForStill(
  screen: () => Promise<string>,
  shows: (text: string) => boolean,
  describe: () => Promise<string>,
): Promise<true> {
  let last = '';
  let since = Date.now();
  const condition = async () => {
    const now = await screen();
    if (now !== last) since = Date.now();
    last = now;
    return shows(now) && Date.now() - since >= 400;
  };
  return waitFor('the typed line stands in the composer', condition, { everyMs: 50, describe }).then(() => true);
}

function makePlace(tmux: PrivateTmux, name: string): Place {
  const home = join(tmux.folder, name, 'home');
  const workingFolder = join(tmux.folder, name, name);
  mkdirSync(join(home, 'tmp'), { recursive: true });
  mkdirSync(workingFolder, { recursive: true });
  writeFileSync(join(workingFolder, 'README.md'), `# ${name}\n`);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: workingFolder });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'Begin');
  return { name, home, workingFolder };
}

/** The program runs under a shell with job control, as for a person; the shell is what is left when it ends. */
async function openPane(
  { tmux, session, width = 120, height = 40 }: RealAgentOptions,
  name: string,
  { binary, args, environment, workingFolder }: Prepared,
): Promise<string> {
  const pairs = Object.entries(environment).map(([key, value]) => quoted(`${key}=${value}`));
  const run = `env -i ${pairs.join(' ')} TMUX="$TMUX" TMUX_PANE="$TMUX_PANE" ${[binary, ...args].map(quoted).join(' ')}`;
  const shell = `exec bash --norc --noprofile -c ${quoted(`set -m; ${run}; exec bash --norc --noprofile -i`)}`;
  const where = session
    ? ['new-window', '-d', '-t', `=${session}:`]
    : ['new-session', '-d', '-s', name, '-x', String(width), '-y', String(height)];
  return (await tmux.run(...where, '-c', workingFolder, '-P', '-F', '#{pane_id}', shell)).trim();
}

/** One word for a POSIX shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
