import type { ControllerProgram } from '../controller-program.ts';

const readers = 'Read,Grep,Glob';

/**
 * Claude Code 2.1.197. Measured there: plain `-p` in a repository runs the hooks of its `.claude/settings.json` and starts
 * the servers of its `.mcp.json` without asking; with these arguments it does neither, does not read its CLAUDE.md, and
 * offers the model no tool but the named ones.
 */
export const claudeController: ControllerProgram = {
  runsIn: 'worker',
  answersIn: 'stdout',
  args: (run) => [
    '-p',
    ...['--output-format', 'text', '--permission-mode', 'default'],
    ...['--setting-sources', 'user', '--strict-mcp-config', '--no-session-persistence'],
    ...['--tools', run.isolated ? '' : readers],
    ...(run.isolated ? [] : ['--allowedTools', readers]),
    ...(run.model === null ? [] : ['--model', run.model]),
    ...run.extraArgs,
  ],
  // a Claude Code that finds this set takes itself for nested, and refuses
  environment: () => ({ CLAUDECODE: '' }),
  forbidden:
    /^(?:--dangerously-\S*|--allow-dangerously-\S*|--permission-mode(?:=.*)?|acceptEdits|auto|bypassPermissions|dontAsk|--(?:allowed-?[tT]ools|tools)(?:=.*)?|--setting-sources(?:=.*)?|--mcp-config(?:=.*)?|--settings(?:=.*)?|--plugin-\S*)$/,
};
