import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { BridgeError, ExitCode, usageError } from '../core/failure.ts';
import type { PaneFacts } from '../core/pane.ts';
import { packageRoot } from '../launch/package-root.ts';
import { expectationOf, labels } from '../recordings/recording-labels.ts';

const defaultFolder = 'bridge-screens';
const limitMs = 30_000;

export function withSaveOptions(command: Command): Command {
  return command
    .option('--save [dir]', `keep the pane's screen as a fixture, secrets masked (default: ${defaultFolder})`)
    .option('--state <label>', 'with --save: what you see there, by its name in docs/measurements/accuracy.md')
    .option('--agent-version <version>', 'with --save: where the screen does not show it')
    .option('--note <text>', 'with --save: how to get this screen again')
    .option('--mask <text...>', 'with --save: hide this too');
}

export interface Save {
  readonly isWanted: boolean;
  /** a pane that commander took for the folder: `--save %3` */
  readonly targets: readonly string[];
  /** `program`: who drew the screen, as the fixture is to be filed */
  keep(pane: PaneFacts, socketPath: string, program: string): () => Promise<{ text: string; entry: unknown } | null>;
}

/** Recording and masking are scripts/record-screen's; here they are asked for. @throws BridgeError on a usage error */
export function saveScreen(command: Command): Save {
  const {
    save,
    state,
    agentVersion,
    note,
    mask = [],
  } = command.opts<{
    save?: string | true;
    state?: string;
    agentVersion?: string;
    note?: string;
    mask?: string[];
  }>();
  if (save === undefined) return { isWanted: false, targets: [], keep: () => async () => null };
  if (state === undefined || expectationOf(state) === null) {
    const known = labels.map(([name]) => (name.endsWith('_') ? `${name}…` : name)).join(', ');
    throw usageError('--state', state ?? 'missing', 'says what you see on the screen', `one of ${known}`);
  }
  const isPane = typeof save === 'string' && /^%\d+$/.test(save);
  const folder = typeof save === 'string' && !isPane ? save : defaultFolder;
  return {
    isWanted: true,
    targets: isPane ? [save] : [],
    keep: (pane, socketPath, program) => async () => {
      const entries = record([
        pane.paneId,
        ...['--agent', program, '--state', state, '--out', folder, '--socket', socketPath, '--json'],
        ...(agentVersion === undefined ? await versionElse(program) : ['--agent-version', agentVersion]),
        ...(note === undefined ? [] : ['--note', note]),
        ...mask.flatMap((text) => ['--mask', text]),
      ]);
      const files = entries.map(({ file }) => join(folder, file)).join(', ');
      return { text: `saved ${files}\nRead it for secrets before you share it.`, entry: entries[0] };
    },
  };
}

/** What the program itself says where it is on PATH: a screen that shows a version needs none. */
async function versionElse(program: string): Promise<string[]> {
  const { agentPrograms } = await import('../agent-programs/index.ts');
  const executable = agentPrograms.find(({ name }) => name === program)?.launch?.executable;
  if (executable === undefined) return [];
  const said = spawnSync(executable, ['--version'], {
    encoding: 'utf8',
    timeout: limitMs,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const version = /\d+\.\d+\.\d+/.exec(said.stdout ?? '')?.[0];
  return version === undefined ? [] : ['--version-else', version];
}

function record(argv: readonly string[]): Array<{ file: string }> {
  const script = join(packageRoot, 'scripts', 'record-screen');
  const ran = spawnSync(process.execPath, [script, ...argv], { encoding: 'utf8', timeout: limitMs });
  if (ran.status === 0) return JSON.parse(ran.stdout) as Array<{ file: string }>;
  const [reason = '', ...next] = (ran.stderr ?? '').trim().split('\n');
  throw new BridgeError({
    what: '--save',
    target: argv[0]!,
    reason: reason.replace(/^record-screen: /, '') || `the recorder ended with ${ran.status ?? ran.signal}`,
    exitCode: ran.status === ExitCode.usageError ? ExitCode.usageError : ExitCode.failed,
    ...(next.length > 0 ? { nextStep: next.join(' ') } : {}),
  });
}
