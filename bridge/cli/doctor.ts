import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { ownersOf } from '../app/owners.ts';
import { type Look, lookAt } from '../app/reader.ts';
import { forProject } from '../config/config.ts';
import type { Config } from '../config/config-values.ts';
import { originsOf } from '../config/origins.ts';
import { rulesOf } from '../config/rules.ts';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { addressKey } from '../core/pane.ts';
import { readConfigFile } from '../host/config-file.ts';
import { readTrusted } from '../host/home.ts';
import { packageVersion } from '../host/package-version.ts';
import { repositoryOf } from '../host/repository.ts';
import { diagnose } from '../launch/doctor.ts';
import type { Check, OwnedPane } from '../launch/doctor-check.ts';
import { agentHooksChecks } from '../launch/doctor-hooks.ts';
import { thisMachine } from '../launch/this-machine.ts';
import { pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { oncePerPane } from '../tmux/facts.ts';
import { resolveSocket } from '../tmux/socket.ts';
import { actDespite, type Context, contextDespite, withOptions } from './context.ts';
import { because } from './home.ts';
import { hooksEnvironment } from './hooks.ts';
import { invoke } from './invoke.ts';
import { paint } from './output.ts';
import { targetOf } from './pane.ts';
import { socketChoice, socketOf } from './socket.ts';
import { wrapped } from './wrapped.ts';

export function registerDoctor(command: Command): void {
  withOptions(command, 'place').action(
    actDespite(async (command) => {
      const context = await contextDespite(command);
      const checks = [
        ...(await diagnose({
          ...thisMachine({ socketPath: socketOf(context.config), home: context.config.home }),
          owned: () => owned(context),
        })),
        ...agentHooksChecks(hooksEnvironment(context.config.home)),
        ...(await paneChecks(context)),
        originsCheck(context),
        settingsCheck(context.config, context.fault),
        await bridgeCheck(context.config),
      ];
      const { columns } = process.stdout;
      const laidOut = (text: string, indent: string) =>
        columns === undefined ? text : wrapped(text, columns - indent.length).replaceAll('\n', `\n${indent}`);
      const lines = checks.flatMap(({ ok, name, detail, remedy }) => [
        `${marks[`${ok}`]} ${laidOut(`${name}: ${detail}`, '     ')}`,
        ...(remedy === undefined ? [] : [`       → ${laidOut(remedy, '         ')}`]),
      ]);
      const text = lines.join('\n');
      context.out.result(text.replace(/^(?:ok|note|BAD)(?= )/gm, painted), checks);
      return checks.some((check) => check.ok === false) ? ExitCode.failed : ExitCode.done;
    }),
  );
}

const marks = { true: 'ok  ', warn: 'note', false: 'BAD ' } as const;

function painted(mark: string): string {
  return paint(mark === 'ok' ? 'green' : mark === 'note' ? 'yellow' : 'red', mark);
}

/** The bridge of the state directory, and whether it answers. */
async function bridgeCheck({ home }: Config): Promise<Check> {
  const name = 'bridge';
  try {
    const living = await pingDaemon(socketPath(home));
    if (living === null) return { name, ok: true, detail: `none runs for ${home}` };
    const detail = `process ${living.pid}, version ${living.version}, of ${home}`;
    if (living.version === packageVersion) return { name, ok: true, detail };
    const remedy = '`bridge stop`, then start it again';
    return { name, ok: 'warn', detail: `${detail}; this command is ${packageVersion}`, remedy };
  } catch (cause) {
    return failed(name, cause);
  }
}

/** Which state directory counts, and which settings are from where. */
function originsCheck({ config, home }: Context): Check {
  const file = join(home.folder, 'bridge.yaml');
  const where = { flags: 'flags', environment: 'environment', file };
  const origins = originsOf(config).map(({ from, names }) => `${where[from]}: ${names.join(', ')}`);
  const read = existsSync(file) ? [] : [`${file} does not exist`];
  const rest = origins.length === 0 ? 'everything is default' : 'everything else is default';
  const detail = [`${home.folder} (${because[home.because]})`, ...origins, ...read, rest].join('; ');
  return { name: 'configuration', ok: true, detail };
}

/** Agents in panes that are newer than the last version that was seen. */
async function paneChecks(context: Context): Promise<Check[]> {
  const found = await invoke(context, 'list', { target: targetOf(context) }).catch((fault) => {
    // without a server, or beside a bridge that does not answer: other checks say so
    if (fault instanceof BridgeError) return null;
    throw fault;
  });
  return (found?.panes ?? []).flatMap(({ pane, agent, version, versionNote }) => {
    if (agent === null || version === null || versionNote === null) return [];
    const remedy = 'what its screen does not prove is held, and said so';
    return [{ name: `agent in ${pane}`, ok: 'warn' as const, detail: `${agent} ${version}: ${versionNote}`, remedy }];
  });
}

function failed(name: string, cause: unknown): Check {
  if (!(cause instanceof BridgeError)) throw cause;
  const remedy = cause.nextStep === undefined ? {} : { remedy: cause.nextStep };
  return { name, ok: false, detail: `${cause.target}: ${cause.reason}`, ...remedy };
}

/** The bridge.yaml of the state directory and the project's own, as a bridge would read them now. */
function settingsCheck(config: Config, fault: BridgeError | null): Check {
  const name = 'bridge.yaml';
  const file = join(repositoryOf(process.cwd()) ?? process.cwd(), name);
  try {
    if (fault !== null) throw fault;
    rulesOf(config);
    const own = file === join(config.home, name) ? null : readConfigFile(file);
    if (own === null) return { name, ok: true, detail: 'can be read' };
    rulesOf(forProject(config, { path: file, text: own.toString('utf8') }));
    const found = readTrusted(file, homedir());
    if (found.is !== 'untrusted') return { name, ok: true, detail: `can be read, as can ${file}` };
    const remedy = `\`bridge trust ${dirname(file)}\` lets it decide for its own workers`;
    return { name, ok: 'warn', detail: `${file} ${found.why} and is not used`, remedy };
  } catch (cause) {
    return failed(name, cause);
  }
}

function serverHere(context: Context): Look | null {
  try {
    return lookAt(resolveSocket(socketChoice(context.config)), context.config);
  } catch (fault) {
    if (fault instanceof BridgeError) return null;
    throw fault;
  }
}

async function owned(context: Context): Promise<OwnedPane[]> {
  // without a server there is nothing to own, which another check says
  const look = serverHere(context);
  const panes = oncePerPane((await look?.panes.list().catch(() => [])) ?? []);
  if (look === null || panes.length === 0) return [];
  const seen = panes.map((facts) => ({ facts, identity: look.panes.identify(facts).identity }));
  const owners = await ownersOf(context.config.home, look.tmux, seen);
  return panes.flatMap((pane) => {
    const owner = owners.get(addressKey(pane));
    const { label, paneId } = pane;
    return owner === undefined ? [] : [{ pane: [label, paneId].filter(Boolean).join(' '), ...owner }];
  });
}
