import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { linkWrappers } from '../launch/wrapper-links.ts';
import { act, withOptions } from './context.ts';

export function registerInstallWrappers(command: Command): void {
  command.option('--bin <dir>', 'where to put the links (default: ~/.local/bin)').addHelpText(
    'after',
    `
Links tmux-bridge, agent-send.sh, send-message.sh, agent_comms, agent-comms and agent-chat to bridge's scripts of these names, so that
skills, prompts and clients' settings that call them go on. Only where nothing of that name lies; \`bridge uninstall\` takes away exactly these links.
`,
  );
  withOptions(command, 'place').action(
    act(async ({ config, out }, command) => {
      const { bin = join(homedir(), '.local', 'bin') } = command.opts<{ bin?: string }>();
      const folder = resolve(bin);
      const found = linkWrappers(config.home, folder);
      const { linked, kept, refused } = found;
      const isOnPath = (process.env.PATH ?? '').split(delimiter).some((one) => one !== '' && resolve(one) === folder);
      const lines = [
        ...linked.map(({ path, target }) => `linked ${path} -> ${target}`),
        ...kept.map(({ path }) => `${path} is a link there already`),
        ...refused.map(({ path, why }) => `left ${path}: ${why}`),
        ...(isOnPath ? [] : [`${folder} is not in your PATH: nothing finds them by their names yet`]),
      ];
      out.result(lines.join('\n'), { bin: folder, isOnPath, ...found });
      return refused.length === 0 ? ExitCode.done : ExitCode.failed;
    }),
  );
}
