import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { dirname, relative } from 'node:path';
import { type Command, Option } from 'commander';
import { tmuxAt } from '../app/launch-turn.ts';
import { recordWorker } from '../app/worker-records.ts';
import { BridgeError, ExitCode, messageOf, usageError } from '../core/failure.ts';
import { identityKey } from '../core/pane.ts';
import { findHome } from '../host/home.ts';
import { repositoryOf } from '../host/repository.ts';
import { type ControllerReport, type StartControllerOptions, startController } from '../launch/controller.ts';
import { labelController } from '../launch/controller-run.ts';
import { controllerFlags, type LaunchFlag, workerFlags } from '../launch/flags.ts';
import { gitignoreLines } from '../launch/gitignore.ts';
import { noteInstalled, undoInstalled } from '../launch/installed-files.ts';
import { launchFolder } from '../launch/state-folder.ts';
import { type StartReport, startWorker } from '../launch/worker.ts';
import type { StartWorkerOptions } from '../launch/worker-settings.ts';
import { call } from '../server/socket.ts';
import { socketPath as bridgeSocket } from '../server/socket-path.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { paneFacts } from '../tmux/pane.ts';
import { makeOutput, type Output, reportFault } from './output.ts';

const environment = { env: process.env, cwd: process.cwd() };

export function registerStart(start: Command): void {
  const worker = start
    .command('worker')
    .argument('[session]', 'same as --session')
    .description(
      'make the session and its worker pane, or find them again, and start an agent there; twice adds nothing',
    );
  declare(worker, workerFlags).action(launching(workerFlags, runWorker));
  const controller = start
    .command('controller')
    .argument('[session]', 'same as --tmux-session')
    .description(
      'install prompt, skills and the .codex/tmux-bridge.sh wrapper into a repository, and start a controller agent',
    );
  declare(controller, controllerFlags).action(launching(controllerFlags, runController));
}

function declare(command: Command, flags: readonly LaunchFlag[]): Command {
  for (const flag of flags) {
    const fallback = flag.default === null ? '' : ` (default: ${flag.default})`;
    const option = ownKey(
      new Option(flag.flag, `${flag.meaning}${flag.env ? ` [${flag.env}]` : ''}${fallback}`),
      flags,
    );
    if (flag.type === 'list')
      option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    if (flag.suggests) option.argChoices = [...flag.suggests];
    if (flag.alias) option.hideHelp();
    command.addOption(option);
  }
  return command.option('--json', 'machine-readable output');
}

/** `--no-agent` is no value of `--agent NAME`: who gives both is heard in both. `--no-mouse` is one of `--mouse`. */
function ownKey(option: Option, flags: readonly LaunchFlag[]): Option {
  const positive = `--${option.attributeName()} `;
  if (!option.negate || !flags.some(({ flag }) => flag.startsWith(positive))) return option;
  return Object.assign(option, { negate: false, attributeName: () => option.name() });
}

/** What the command line gave, by the options' own keys. An alias fills the same key as the flag it stands for. */
function given(command: Command, flags: readonly LaunchFlag[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const flag of flags) {
    const option = command.options.find((candidate) => candidate.flags === flag.flag);
    if (!option) continue;
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') continue;
    const value = command.opts()[name] as unknown;
    if (flag.value !== undefined) {
      // `--mouse` and `--no-mouse` are one commander option with two values
      if (value === !option.negate) values[flag.key] = flag.value;
    } else if (flag.type === 'number') {
      const number = Number(value);
      if (!Number.isInteger(number) || number < 0)
        throw usageError(flag.flag.split(' ')[0]!, String(value), 'invalid: expected a whole number');
      values[flag.key] = number;
    } else {
      values[flag.key] = value;
    }
  }
  const [session] = command.args;
  if (session !== undefined) values.session ??= session;
  return values;
}

function launching(
  flags: readonly LaunchFlag[],
  work: (options: Record<string, unknown>, json: boolean) => Promise<ExitCode>,
): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    const json = command.opts().json === true;
    try {
      process.exitCode = await work(given(command, flags), json);
    } catch (fault) {
      process.exitCode = reportFault(fault, json);
    }
  };
}

async function runWorker(options: Record<string, unknown>, json: boolean): Promise<ExitCode> {
  const out = makeOutput(json);
  if (options.undo === true) return undo(out);
  const report: StartReport = await startWorker(
    { ...(options as StartWorkerOptions), terminal: isTerminal() },
    tmuxAt,
    environment,
  );
  const registered = await register(report).catch((fault) => messageOf(fault));
  const repository = dirname(report.folder);
  noteInstalled(homeHere(), repository, report.files);
  const gitignore = await gitignoreLines(repository, report.files);
  for (const note of report.notes) out.warn(note);
  if (registered !== null) out.warn(`not made known to the bridge: ${registered}`);
  out.result([describeWorker(report), ...describeFiles(report.files, gitignore)].join('\n'), { ...report, gitignore });
  return report.attach === null ? ExitCode.done : runHere(report.attach, {}, process.cwd());
}

/** What was written into the repository, and what is to be done about it. */
function describeFiles(files: readonly string[], gitignore: readonly string[]): string[] {
  if (files.length === 0) return [];
  const ignoring = `printf '%s\\n' ${gitignore.join(' ')} >> .gitignore`;
  return [
    `wrote ${files.map((file) => relative(environment.cwd, file)).join(', ')}`,
    ...(gitignore.length === 0 ? [] : [`to keep that out of git: ${ignoring}`]),
    '`bridge start worker --undo` takes it back',
  ];
}

/** Takes back what was written; the session and what runs in it stay. */
function undo(out: Output): ExitCode {
  const undone = undoInstalled(homeHere(), dirname(launchFolder(environment)), false);
  const kept = undone.kept.map(({ path, why }) => `left ${path}: ${why}`);
  const removed = undone.removed.map((path) => `removed ${path}`);
  const nothing = 'nothing of bridge is in this repository';
  out.result([...removed, ...kept].join('\n') || nothing, undone);
  return ExitCode.done;
}

/** The state directory of whoever starts something here. */
function homeHere(): string {
  const { cwd } = environment;
  return findHome({ flag: null, env: process.env.BRIDGE_HOME, cwd, userFolder: homedir() }).folder;
}

/** Makes the worker known: to the bridge that runs, which watches it from now on, or to the one that is started later. */
async function register({ socketPath: path, paneId, session }: StartReport): Promise<string | null> {
  const facts = await paneFacts(new ExecCommands({ socketPath: path }), paneId);
  if (facts === null) return 'its pane has gone';
  const folder = homeHere();
  const { host, server, panePid, socketPath, label } = facts;
  const project = repositoryOf(environment.cwd) ?? environment.cwd;
  const record = { project, label, session };
  const pane = { host, server, paneId, socketPath };
  const told = await call(bridgeSocket(folder), 'register', { pane, panePid, ...record });
  if (told === null) recordWorker(folder, identityKey(facts), { ...record, host, server, socketPath });
  return null;
}

function describeWorker(report: StartReport): string {
  const made = report.made === 'nothing' ? 'already exists' : `made (${report.made})`;
  return [
    `worker pane ${report.paneId} in session ${report.session}, ${made}; ${describeAgent(report.agent)}`,
    `socket ${report.socketPath}`,
    report.attachHint,
  ].join('\n');
}

async function runController(options: Record<string, unknown>, json: boolean): Promise<ExitCode> {
  const out = makeOutput(json);
  const report = await startController(
    { ...(options as StartControllerOptions), terminal: isTerminal() },
    tmuxAt,
    environment,
  );
  noteInstalled(homeHere(), report.repository, [...report.kit.created, ...report.kit.replaced, ...report.files]);
  for (const note of report.notes) out.warn(note);
  out.result(describeController(report), report);
  const { run } = report;
  if (run.is === 'pane' && run.attach !== null) return runHere(run.attach, {}, process.cwd());
  if (run.is !== 'here') return ExitCode.done;
  try {
    return await runHere(run.argv, run.env, run.cwd);
  } finally {
    if (run.paneId !== null && report.server !== null) {
      await labelController(tmuxAt, report.server.socketPath, run.paneId, false);
    }
  }
}

function describeController(report: ControllerReport): string {
  const lines = [`controller files in ${report.repository}`];
  if (report.server) lines.push(`tmux server ${report.server.socketPath}`);
  if (report.run.is === 'pane')
    lines.push(`controller pane ${report.run.paneId}; ${describeAgent(report.run.agent)}`, report.run.attachHint);
  return lines.filter(Boolean).join('\n');
}

function describeAgent(agent: StartReport['agent']): string {
  switch (agent.is) {
    case 'started':
    case 'typed':
      return `started ${agent.command}`;
    case 'running':
      return `${agent.program} runs there`;
    case 'not-wanted':
      return 'no agent was started';
    case 'held':
      return `not started: ${agent.reason}; the command: ${agent.command}`;
  }
}

function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Runs a program in this terminal, as if it had been typed, and takes its exit code. */
function runHere(argv: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<ExitCode> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', cwd, env: { ...process.env, ...env } });
    child.on('error', (cause) =>
      reject(
        new BridgeError({
          what: 'start',
          target: program,
          reason: 'cannot be run',
          nextStep: `install ${program}`,
          cause,
        }),
      ),
    );
    child.on('exit', (code) => resolve((code ?? 1) === 0 ? ExitCode.done : ExitCode.failed));
  });
}
