import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { hookable } from '../agent-programs/index.ts';
import { mcpClients } from '../agent-programs/mcp-clients.ts';
import { quoteCommand } from '../core/command-line.ts';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { isJournalFile, isPassing, stateFiles, stateFolders } from '../host/state-files.ts';
import { hookTargetOf } from '../launch/hooks/hook-target.ts';
import { carryOut, type Plan, planRemove } from '../launch/hooks/hooks.ts';
import { installationOf } from '../launch/installation.ts';
import { installedIn, undoInstalled } from '../launch/installed-files.ts';
import { clientNamed, notedClients, planWithout } from '../launch/mcp/install-client.ts';
import { standingLinks, unlinkWrapper } from '../launch/wrapper-links.ts';
import { pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { commandLine } from './command-line.ts';
import { bashScript, fishScript, zshScript } from './completion-scripts.ts';
import { actDespite, contextDespite, withOptions } from './context.ts';
import { hooksEnvironment } from './hooks.ts';
import { manPage } from './man.ts';
import { print } from './output.ts';

/** Something that goes, and how. */
interface Removal {
  readonly what: string;
  readonly path: string;
  carryOut(): void;
}

interface Removals {
  readonly removals: readonly Removal[];
  readonly kept: ReadonlyArray<{ readonly path: string; readonly why: string }>;
  /** what bridge cannot do itself, as command lines */
  readonly left: readonly string[];
}

export function registerUninstall(command: Command): void {
  command
    .option('--state', 'the state directory, too: journal, mailbox, archive and your bridge.yaml')
    .option('--yes', 'remove without asking')
    .addHelpText(
      'after',
      `
Removes hooks in agents' settings, files that \`bridge start\` put into repositories, links of \`bridge install-wrappers\`, completion scripts and
man page at the places that \`bridge help completion\` and \`bridge help man\` name. What was changed since stays, and is named. Without --yes it asks; where
nobody can be asked it only says what it would remove, and exits with 1.
`,
    );
  withOptions(command, 'place').action(
    actDespite(async (command) => {
      const { config, out } = await contextDespite(command);
      const { home } = config;
      const { state = false, yes = false } = command.opts<{ state?: boolean; yes?: boolean }>();
      const living = await pingDaemon(socketPath(home));
      if (living !== null) {
        const nextStep = '`bridge stop` ends it; then run this again';
        throw new BridgeError({
          what: 'uninstall',
          target: home,
          reason: `a bridge runs (pid ${living.pid})`,
          nextStep,
        });
      }
      const found = [
        hooks(home),
        mcpClientFiles(home),
        repositories(home),
        wrappers(home),
        shellFiles(command.parent!),
        units(),
        state ? stateOf(home) : passingOf(home),
      ];
      const removals = found.flatMap((one) => one.removals);
      const kept = found.flatMap((one) => one.kept);
      const left = [...found.flatMap((one) => one.left), ...installationOf().remove];
      const value = { removals: removals.map(({ what, path }) => ({ what, path })), kept, left };
      const report = (isDone: boolean) => [
        ...removals.map(({ what, path }) => `${isDone ? 'removed' : 'would remove'} ${what}: ${path}`),
        ...(removals.length === 0 ? ['nothing that bridge installed is here'] : []),
        ...kept.map(({ path, why }) => `left ${path}: ${why}`),
        ...(state || !existsSync(home)
          ? []
          : [`left ${home}: your journal, mailbox and bridge.yaml; --state removes them`]),
        ...(left.length === 0 ? [] : ['what is left to you:', ...left.map((line) => `  ${line}`)]),
      ];
      const isAsked = !yes && !config.json && process.stdin.isTTY === true && process.stdout.isTTY === true;
      if (isAsked) out.say(report(false).join('\n'));
      const wanted = yes || (isAsked && removals.length > 0 && (await agrees()));
      if (wanted) for (const removal of removals) removal.carryOut();
      if (!isAsked || wanted) out.result(report(wanted).join('\n'), { removed: wanted, ...value });
      if (wanted || removals.length === 0) return ExitCode.done;
      out.warn('bridge: nothing was removed; --yes removes it');
      return ExitCode.failed;
    }),
  );
}

/** What each agent's settings have of ours. */
function hooks(home: string): Removals {
  const kept: Array<{ path: string; why: string }> = [];
  const removals = hookable.flatMap(({ name }): Removal[] => {
    let plan: Plan;
    try {
      plan = planRemove(hookTargetOf(name), hooksEnvironment(home));
    } catch (fault) {
      if (!(fault instanceof BridgeError)) throw fault;
      kept.push({ path: fault.target, why: fault.reason });
      return [];
    }
    return plan.changes.map((change) => ({
      what: `hooks of ${name}`,
      path: change.file.path,
      carryOut: () => carryOut({ ...plan, changes: [change] }),
    }));
  });
  return { removals, kept, left: [] };
}

/** Where coding clients start `bridge mcp`: in the person's own files, and in the projects' that are noted. */
function mcpClientFiles(home: string): Removals {
  const kept: Array<{ path: string; why: string }> = [];
  const noted = notedClients(home).map(({ client, project }) => ({ client, project: project as string | null }));
  const all = [...mcpClients.map(({ name }) => ({ client: name, project: null })), ...noted];
  const removals = all.flatMap(({ client, project }): Removal[] => {
    try {
      const change = planWithout(clientNamed(client), { env: process.env, userFolder: homedir(), project });
      if (change === null) return [];
      const done = () => carryOut({ changes: [change], notes: [] });
      return [{ what: `MCP server of ${client}`, path: change.file.path, carryOut: done }];
    } catch (fault) {
      if (!(fault instanceof BridgeError)) throw fault;
      kept.push({ path: fault.target, why: fault.reason });
      return [];
    }
  });
  return { removals, kept, left: [] };
}

/** What launchers put into repositories, here and wherever else this state directory knows of. */
function repositories(home: string): Removals {
  const folders = Object.keys(installedIn(home)).filter((folder) =>
    lstatSync(folder, { throwIfNoEntry: false })?.isDirectory(),
  );
  const plans = folders.map((folder) => undoInstalled(home, folder, true));
  return {
    removals: plans.flatMap(({ repository, removed }) =>
      removed.length === 0
        ? []
        : [
            {
              what: `what \`bridge start\` wrote (${removed.length} files)`,
              path: repository,
              carryOut: () => void undoInstalled(home, repository, false),
            },
          ],
    ),
    kept: plans.flatMap(({ kept }) => kept),
    left: [],
  };
}

/** The links that `bridge install-wrappers` made. */
function wrappers(home: string): Removals {
  const removals = standingLinks(home).map((link) => ({
    what: 'a link to a script of bridge',
    path: link.path,
    carryOut: () => unlinkWrapper(home, link),
  }));
  return { removals, kept: [], left: [] };
}

/** What `bridge completion` and `bridge man` were printed into, where their help says. */
function shellFiles(program: Command): Removals {
  const line = commandLine(program);
  const folder = homedir();
  const files: ReadonlyArray<[what: string, path: string, text: () => string]> = [
    ['completion of bash', '.local/share/bash-completion/completions/bridge', () => bashScript(line)],
    ['completion of zsh', '.zfunc/_bridge', () => zshScript(line)],
    ['completion of fish', '.config/fish/completions/bridge.fish', () => fishScript(line)],
    ['man page', '.local/share/man/man1/bridge.1', () => manPage(program)],
  ];
  const kept: Array<{ path: string; why: string }> = [];
  const removals = files.flatMap(([what, name, text]): Removal[] => {
    const path = join(folder, name);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return [];
    const isAsPrinted = facts.isFile() && readFileSync(path, 'utf8').trim() === text().trim();
    if (isAsPrinted) return [{ what, path, carryOut: () => rmSync(path, { force: true }) }];
    kept.push({ path, why: 'it was changed, or printed by another version' });
    return [];
  });
  return { removals, kept, left: [] };
}

/** A unit is written by a person, after docs/guide/background.md: it is theirs to remove. */
function units(): Removals {
  const unit = join(homedir(), '.config', 'systemd', 'user', 'bridge.service');
  const agents = join(homedir(), 'Library', 'LaunchAgents');
  const plists = existsSync(agents) ? readdirSync(agents).filter((name) => /bridge.*\.plist$/.test(name)) : [];
  return {
    removals: [],
    kept: [],
    left: [
      ...(existsSync(unit) ? [`systemctl --user disable --now bridge && ${quoteCommand(['rm', unit])}`] : []),
      ...plists.map((name) => {
        const path = quoteCommand([join(agents, name)]);
        return `launchctl bootout gui/$(id -u) ${path} && rm ${path}`;
      }),
    ],
  };
}

/** What a bridge that ended left of itself. */
function passingOf(home: string): Removals {
  const names = lstatSync(home, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(home).filter(isPassing) : [];
  const remove = () => {
    for (const name of names) rmSync(join(home, name), { force: true });
  };
  const removals =
    names.length === 0 ? [] : [{ what: 'socket and locks of no bridge that runs', path: home, carryOut: remove }];
  return { removals, kept: [], left: [] };
}

/** What a bridge keeps; whatever else lies there is somebody's, and stays. */
function stateOf(home: string): Removals {
  const facts = lstatSync(home, { throwIfNoEntry: false });
  if (facts === undefined) return { removals: [], kept: [], left: [] };
  if (!facts.isDirectory())
    return { removals: [], kept: [{ path: home, why: 'it is no folder of its own' }], left: [] };
  const names = readdirSync(home);
  const isOurs = (name: string) =>
    [...stateFiles, ...stateFolders].includes(name) || isJournalFile(name) || isPassing(name);
  const others = names.filter((name) => !isOurs(name));
  const remove = () => {
    for (const name of names.filter(isOurs)) rmSync(join(home, name), { recursive: true, force: true });
    if (others.length === 0) rmdirSync(home);
  };
  return {
    removals: names.some(isOurs) ? [{ what: 'the state directory', path: home, carryOut: remove }] : [],
    kept: others.map((name) => ({ path: join(home, name), why: "it is not bridge's" })),
    left: [],
  };
}

function agrees(): Promise<boolean> {
  print('remove all this? [y/N]');
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin });
    lines.once('line', (line) => {
      resolve(/^y(es)?$/i.test(line.trim()));
      lines.close();
    });
    lines.once('close', () => resolve(false));
  });
}
