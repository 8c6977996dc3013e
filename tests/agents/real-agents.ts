import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type PrivateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type AgentName, installed } from './installs.ts';
import type { LoggedCall, ModelServer } from './model-server.ts';

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

interface Program {
  readonly startLimitMs: number;
  readonly approval: RegExp;
  /** Escape unless said */
  readonly deny?: string;
  prepare(place: Place, options: RealAgentOptions): { args: readonly string[]; environment: Record<string, string> };
  isIdle(screen: string, title: string, workingFolder: string): boolean;
}

interface Place {
  readonly name: string;
  readonly home: string;
  readonly workingFolder: string;
}

export function startCodex(options: RealAgentOptions): Promise<RealAgent> {
  return startAgent('codex', options);
}

export function startGemini(options: RealAgentOptions): Promise<RealAgent> {
  return startAgent('gemini', options);
}

/** codex 0.169.0 */
const codex: Program = {
  startLimitMs: 60_000,
  approval: /Would you like to run the following command\?/,
  prepare({ home, name, workingFolder }, { server, codexConfig = '', codexDaemon = false, firstRun }) {
    const codexHome = join(home, '.codex');
    mkdirSync(codexHome, { recursive: true });
    writeFileSync(
      join(codexHome, 'config.toml'),
      `model = "scripted-model"
model_provider = "scripted"
approval_policy = "on-request"
sandbox_mode = "read-only"
check_for_update_on_startup = false
${codexConfig}
[model_providers.scripted]
name = "scripted"
base_url = "${server.url(name)}/v1"
wire_api = "responses"
env_key = "SCRIPTED_API_KEY"
request_max_retries = 1
stream_max_retries = 1
[analytics]
enabled = false
${firstRun ? '' : `[projects."${workingFolder}"]\ntrust_level = "trusted"\n`}`,
    );
    return {
      args: codexDaemon ? [] : ['--no-daemon'],
      environment: { CODEX_HOME: codexHome, SCRIPTED_API_KEY: 'not-a-key' },
    };
  },
  isIdle: (screen, title, workingFolder) =>
    title === workingFolder.split('/').at(-1) && /^› /m.test(screen) && screen.includes('scripted-model'),
};

/** gemini-cli 0.61.0 */
const gemini: Program = {
  startLimitMs: 150_000,
  approval: /Allow execution of|Apply this change\?/,
  prepare({ home, name, workingFolder }, { server, firstRun }) {
    const folder = join(home, '.gemini');
    mkdirSync(folder, { recursive: true });
    const settings = {
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false, maxAttempts: 2 },
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: true } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      ui: { hideTips: true, hideBanner: true, showStatusInTitle: true, dynamicWindowTitle: true },
      ide: { hasSeenNudge: true },
    };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    const trusted = firstRun ? {} : { [workingFolder]: 'TRUST_FOLDER' };
    writeFileSync(join(folder, 'trustedFolders.json'), JSON.stringify(trusted));
    return {
      args: ['-m', 'gemini-2.5-pro'],
      environment: { GEMINI_API_KEY: 'not-a-key', GOOGLE_GEMINI_BASE_URL: server.url(name) },
    };
  },
  isIdle: (screen, title) => /^◇\s+Ready/.test(title) && /Type your message/.test(screen),
};

/** qwen-code 0.24.4 */
const qwen: Program = {
  startLimitMs: 120_000,
  approval: /Waiting for user confirmation|Yes, allow once/,
  prepare({ home, name }, { server, firstRun = false }) {
    const folder = join(home, '.qwen');
    mkdirSync(folder, { recursive: true });
    const settings = {
      general: { enableAutoUpdate: false, disableAutoUpdate: true },
      security: { auth: { selectedType: 'openai' }, folderTrust: { enabled: firstRun } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      // npm leaves its own ripgrep without the right to run, which it reports with a path
      tools: { approvalMode: 'default', useRipgrep: false },
      model: { name: 'scripted-model' },
    };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    return {
      args: [],
      environment: {
        OPENAI_API_KEY: 'not-a-key',
        OPENAI_BASE_URL: `${server.url(name)}/v1`,
        OPENAI_MODEL: 'scripted-model',
      },
    };
  },
  isIdle: (screen, title) => title.startsWith('Qwen - ') && /Type your message/.test(screen),
};

/** cline 3.0.65 */
const cline: Program = {
  startLimitMs: 120_000,
  approval: /Cline needs permission/,
  deny: 'n',
  prepare({ home, name }, { server, firstRun = false }) {
    const folder = join(home, '.cline', 'data', 'settings');
    mkdirSync(folder, { recursive: true });
    const provider = 'openai-compatible';
    const settings = { provider, apiKey: 'not-a-key', model: 'scripted-model', baseUrl: `${server.url(name)}/v1` };
    const entry = { settings, updatedAt: '2026-01-01T00:00:00.000Z', tokenSource: 'manual' };
    const providers = { version: 1, lastUsedProvider: provider, providers: { [provider]: entry } };
    writeFileSync(join(folder, 'providers.json'), JSON.stringify(providers));
    // its promotions stand over the composer and take the first keys
    const shown = { 'cline-cli-cline-pass-intro': true, 'cline-cli-desktop-launch': true };
    if (!firstRun) writeFileSync(join(folder, 'cli-notices.json'), JSON.stringify({ shown }));
    return {
      args: ['--tui', '-P', provider, '-m', 'scripted-model', '--auto-approve', 'false'],
      environment: {},
    };
  },
  // in column 1 stands what turns; in column 26 the first composer
  isIdle: (screen) => /^ *❯ (What can I do|Ask anything)/m.test(screen) && !/^ [⠀-⣿] /m.test(screen),
};

/** continue's cn 1.5.47; the package is the agent's name */
const cn: Program = {
  startLimitMs: 120_000,
  approval: /Would you like to continue\?/,
  prepare({ home, name }, { server, firstRun = false }) {
    const folder = join(home, '.continue');
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'config.yaml');
    writeFileSync(
      config,
      `name: scripted
version: 1.0.0
schema: v1
models:
  - name: Scripted Model
    provider: openai
    model: scripted-model
    apiBase: ${server.url(name)}/v1
    apiKey: not-a-key
    roles: [chat, edit]
    capabilities: [tool_use]
`,
    );
    if (!firstRun) writeFileSync(join(folder, '.onboarding_complete'), '');
    return {
      args: firstRun ? [] : ['--config', config],
      environment: {
        CONTINUE_TELEMETRY_ENABLED: '0',
        CONTINUE_METRICS_ENABLED: '0',
        CONTINUE_CLI_AUTO_UPDATED: '1',
      },
    };
  },
  isIdle: (screen) => /Ask anything/.test(screen) && !/esc to interrupt/.test(screen),
};

/** opencode 1.18.33 */
const opencode: Program = {
  startLimitMs: 180_000,
  approval: /Permission required/,
  prepare({ home, name }, { server }) {
    const folder = join(home, '.config', 'opencode');
    mkdirSync(folder, { recursive: true });
    const model = 'scripted/scripted-model';
    const settings = {
      autoupdate: false,
      share: 'disabled',
      model,
      small_model: model,
      enabled_providers: ['scripted'],
      permission: { bash: 'ask', edit: 'ask' },
      provider: {
        scripted: {
          npm: '@ai-sdk/openai-compatible',
          name: 'Scripted',
          options: { baseURL: `${server.url(name)}/v1`, apiKey: 'not-a-key' },
          models: {
            'scripted-model': { name: 'Scripted Model', reasoning: true, limit: { context: 200_000, output: 8000 } },
          },
        },
      },
    };
    writeFileSync(join(folder, 'opencode.json'), JSON.stringify(settings));
    return {
      args: [],
      environment: {
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      },
    };
  },
  isIdle: (screen) => /Scripted Model/.test(screen) && !/esc (again to )?interrupt|Permission required/.test(screen),
};

/** pi-coding-agent 0.73.1; it never asks before it acts */
const pi: Program = {
  startLimitMs: 60_000,
  approval: /$^/,
  prepare({ home, name }, { server }) {
    const folder = join(home, '.pi', 'agent');
    mkdirSync(folder, { recursive: true });
    const provider = {
      baseUrl: `${server.url(name)}/v1`,
      api: 'openai-completions',
      apiKey: 'not-a-key',
      compat: { supportsDeveloperRole: false, supportsReasoningEffort: false },
      models: [{ id: 'scripted-model', reasoning: true }],
    };
    writeFileSync(join(folder, 'models.json'), JSON.stringify({ providers: { scripted: provider } }));
    const settings = { defaultProvider: 'scripted', defaultModel: 'scripted-model', retry: { enabled: false } };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    return { args: ['--offline'], environment: { PI_OFFLINE: '1', PI_SKIP_VERSION_CHECK: '1' } };
  },
  isIdle: (screen) => /scripted-model/.test(screen) && !/^\s*[⠀-⣿] \S/m.test(screen),
};

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

const programs: Record<AgentName, Program> = { codex, gemini, qwen, cline, continue: cn, opencode, pi };

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
    approval: program.approval,
    screen,
    title,
    press,
    isIdle,
    waitForScreen,
    waitUntilIdle,
    async type(line) {
      await tmux.run('send-keys', '-l', '-t', paneId, line);
      await waitForStill(screen, (text) => text.includes(line.slice(0, 40)), describe);
      await submit();
    },
    pressUntil,
    // its words may stay on the screen
    deny: () => repeat(program.deny ?? 'Escape', async () => !program.approval.test(await screen()) || isIdle()),
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
): Promise<void> {
  let last = '';
  let since = Date.now();
  const condition = async () => {
    const now = await screen();
    if (now !== last) since = Date.now();
    last = now;
    return shows(now) && Date.now() - since >= 400;
  };
  await waitFor('the typed line stands in the composer', condition, { everyMs: 50, describe });
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
