import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { instructionsFile, inviteLine, joinInstructions } from '../core/join-instructions.ts';
import { groupName } from '../core/member.ts';
import { prepareHome } from '../host/home.ts';
import { act, withOptions } from './context.ts';

export function registerInvite(command: Command): void {
  command
    .option('--group <name>', 'the group that the agent is to join; without it the agent asks its human')
    .option('--write', 'write the instructions anew, whatever stands in their file');
  withOptions(command, 'place').action(
    act(async ({ config, home, out }, command) => {
      const { group, write } = command.opts<{ group?: string; write?: true }>();
      const named = group === undefined ? null : groupName(group);
      const file = join(config.home, instructionsFile);
      const text = joinInstructions(home.because === 'default' ? null : config.home);
      const isThere = existsSync(file);
      if (write === true || !isThere) writeInstructions(config.home, file, text);
      else if (readFileSync(file, 'utf8') !== text)
        out.warn(
          `bridge: ${file} is not as this bridge writes it, and stays so; \`bridge invite --write\` writes it anew`,
        );
      const line = inviteLine(file, named);
      out.result(line, { line, file, group: named, isWritten: write === true || !isThere });
      return 0;
    }),
  );
}

/** Whole or not at all: an agent may be reading it. */
function writeInstructions(home: string, file: string, text: string): void {
  prepareHome(home);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
}
