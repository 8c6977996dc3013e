import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { type ServiceFile, serviceFile, serviceMark } from '../launch/service-unit.ts';
import { act, type Context, withOptions } from './context.ts';

const about = `
Linux and WSL: a systemd user unit, ~/.config/systemd/user/bridge.service. macOS: ~/Library/LaunchAgents/bridge.plist. It runs \`bridge serve\` with this state
directory, and with the PATH of this shell, in which it has to find tmux and the agents. What else is not the default stands in bridge.yaml.
Nothing is started: the commands that do are printed.
`;

export function registerService(service: Command): void {
  const install = service
    .command('install')
    .description('Write the unit that starts `bridge serve` with your session')
    .option('--print', 'print it, and write nothing')
    .addHelpText('after', about);
  withOptions(install, 'place').action(
    act(async (context, command) => {
      const file = fileFor(context);
      if (command.opts<{ print?: true }>().print) {
        context.out.result(file.text.trimEnd(), file);
        return ExitCode.done;
      }
      const isOurs = whyNotOurs(file.path) === null;
      if (existsSync(file.path) && !isOurs) throw notOurs(file.path);
      mkdirSync(dirname(file.path), { recursive: true });
      writeFileSync(file.path, file.text);
      context.out.result(
        [`wrote ${file.path}; start it with:`, ...file.begin.map((line) => `  ${line}`)].join('\n'),
        file,
      );
      return ExitCode.done;
    }),
  );
  const remove = service.command('remove').description('Take that unit away');
  withOptions(remove, 'place').action(
    act(async (context) => {
      const file = fileFor(context);
      const why = whyNotOurs(file.path);
      if (why === 'is not there') {
        context.out.warn(`bridge: ${file.path} is not there`);
        context.out.result('', { removed: null });
        return ExitCode.failed;
      }
      if (why !== null) throw notOurs(file.path);
      rmSync(file.path);
      context.out.result(
        [`removed ${file.path}; where it runs, end it with:`, ...file.end.map((line) => `  ${line}`)].join('\n'),
        {
          removed: file.path,
          end: file.end,
        },
      );
      return ExitCode.done;
    }),
  );
}

function fileFor({ config }: Context): ServiceFile {
  const command = [process.execPath, process.argv[1]!, 'serve', '--home', config.home];
  return serviceFile(process.platform, homedir(), { command, path: process.env.PATH ?? '' });
}

function whyNotOurs(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').slice(0, 200).includes(serviceMark) ? null : 'somebody else wrote it';
  } catch {
    return 'is not there';
  }
}

function notOurs(path: string): BridgeError {
  return new BridgeError({
    what: 'service',
    target: path,
    reason: 'was not written by `bridge service install`, and stays as it is',
    nextStep: 'move it away, or take what `bridge service install --print` prints into it',
  });
}
