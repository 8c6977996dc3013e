import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { ownersOf } from '../app/owners.ts';
import { lookAt } from '../app/reader.ts';
import { forProject } from '../config/config.ts';
import type { Config } from '../config/config-values.ts';
import { rulesOf } from '../config/rules.ts';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { addressKey } from '../core/pane.ts';
import { readConfigFile } from '../host/config-file.ts';
import { readTrusted } from '../host/home.ts';
import { repositoryOf } from '../host/repository.ts';
import { diagnose } from '../launch/doctor.ts';
import type { Check, OwnedPane } from '../launch/doctor-check.ts';
import { thisMachine } from '../launch/this-machine.ts';
import type { Panes } from '../panes/panes.ts';
import { pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { oncePerPane } from '../tmux/facts.ts';
import { resolveSocket } from '../tmux/socket.ts';
import { actDespite, type Context, contextDespite, withOptions } from './context.ts';
import { paint } from './output.ts';
import { socketChoice, socketOf } from './socket.ts';

export function registerDoctor(command: Command): void {
  withOptions(command, 'place').action(
    actDespite(async (command) => {
      const context = await contextDespite(command);
      const checks = [
        ...(await diagnose({
          ...thisMachine({ socketPath: socketOf(context.config), home: context.config.home }),
          owned: () => owned(context),
        })),
        settingsCheck(context.config, context.fault),
        await bridgeCheck(context.config),
      ];
      const lines = checks.map((check) => {
        const mark =
          check.ok === true
            ? paint('green', 'ok  ')
            : check.ok === 'warn'
              ? paint('yellow', 'note')
              : paint('red', 'BAD ');
        return `${mark} ${check.name}: ${check.detail}${check.remedy ? `\n       → ${check.remedy}` : ''}`;
      });
      context.out.result(lines.join('\n'), checks);
      return checks.some((check) => check.ok === false) ? ExitCode.failed : ExitCode.done;
    }),
  );
}

/** The bridge of the state directory, and whether it answers. */
async function bridgeCheck({ home }: Config): Promise<Check> {
  const name = 'bridge';
  try {
    const living = await pingDaemon(socketPath(home));
    if (living === null) return { name, ok: true, detail: `none runs for ${home}` };
    return { name, ok: true, detail: `process ${living.pid}, version ${living.version}` };
  } catch (cause) {
    return failed(name, cause);
  }
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

function serverHere(context: Context): Panes | null {
  try {
    return lookAt(resolveSocket(socketChoice(context.config)), context.config).panes;
  } catch (fault) {
    if (fault instanceof BridgeError) return null;
    throw fault;
  }
}

async function owned(context: Context): Promise<OwnedPane[]> {
  // without a server there is nothing to own, which another check says
  const known = serverHere(context);
  const panes = oncePerPane((await known?.list().catch(() => [])) ?? []);
  if (known === null || panes.length === 0) return [];
  const owners = ownersOf(
    context.config.home,
    panes.map((pane) => known.identify(pane).identity),
  );
  return panes.flatMap((pane) => {
    const owner = owners.get(addressKey(pane));
    const { label, paneId } = pane;
    return owner === undefined ? [] : [{ pane: [label, paneId].filter(Boolean).join(' '), ...owner }];
  });
}
