import { resolve } from 'node:path';
import { controllers } from '../agent-programs/index.ts';
import type { Clock } from '../core/clock.ts';
import { splitCommand } from '../core/command-line.ts';
import { usageError } from '../core/failure.ts';
import { AgentController } from './agent-controller.ts';
import type { Backend } from './choose.ts';
import { CommandController } from './command.ts';
import type { Controller } from './controller.ts';
import { defaultScratchRoot } from './scratch.ts';

/** A controller that is a program started for each question. Wrong options throw, before anybody is asked. */
export function programController(
  backend: Backend,
  options: {
    readonly command: string | null;
    readonly model: string | null;
    readonly extraArgs: string | null;
    readonly isolated: boolean;
    readonly resume: boolean;
    readonly timeoutMs: number;
    readonly systemPrompt: string;
    readonly clock: Clock;
    /** default: this process's */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** default: a private folder of this user */
    readonly scratchRoot?: string;
  },
): Controller {
  const environment = options.environment ?? process.env;
  const setting = {
    systemPrompt: options.systemPrompt,
    isolated: options.isolated,
    timeoutMs: options.timeoutMs,
    clock: options.clock,
    environment,
    scratchRoot: options.scratchRoot ?? defaultScratchRoot(environment),
  };
  const extraArgs = splitCommand(options.extraArgs ?? '', '--controller-extra-args', 'refused');
  if (backend === 'command') {
    const argv = splitCommand(options.command ?? '', '--controller-command', 'refused');
    if (argv.length === 0) throw usageError('--controller-command', '', 'names no program', 'name the program to ask');
    const [program, ...args] = argv;
    // `./answer` means the folder the bridge was started in, never the worker's
    const file = program!.includes('/') ? resolve(program!) : program!;
    return new CommandController([file, ...args, ...extraArgs], setting);
  }
  const { launch, controller: cli } = controllers.find(({ name }) => name === backend) ?? {};
  if (launch === undefined || cli === undefined) throw usageError('--controller-backend', backend, 'is not a program');
  const refused = extraArgs.find((word) => cli.forbidden.test(word));
  if (refused !== undefined) {
    throw usageError(
      '--controller-extra-args',
      refused,
      'would take the controller out of its read-only setting',
      'a controller only reads; leave it out, or use --controller-command for a program of your own',
    );
  }
  return new AgentController(launch.executable, cli, {
    ...setting,
    model: options.model,
    extraArgs,
    resume: options.resume,
  });
}
