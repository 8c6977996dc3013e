import type { ControllerProgram } from '../controller-program.ts';

const readers = 'Read,Grep,Glob';

/** Words that would let it write, run or be steered from elsewhere. */
const off = [
  '--(?:allow-)?dangerously-\\S*',
  '--permission-(?:mode|prompts|prompt-tool)(?:=.*)?',
  'acceptEdits|auto|bypassPermissions|dontAsk',
  '--(?:allowed-?[tT]ools|tools|agents?|settings|setting-sources|mcp-config|debug-file|file)(?:=.*)?',
  '--plugin-\\S*',
  '--(?:bg|background|cloud|environment|teleport|remote-control\\S*|worktree|tmux|chrome|ide)(?:=.*)?|-w',
];

/**
 * Claude Code 2.1.332. Measured there: plain `-p` in a repository runs the hooks of its `.claude/settings.json` and
 * `settings.local.json`, its `apiKeyHelper` and the servers of its `.mcp.json` without asking, and reads its CLAUDE.md, rules,
 * skills, agents and output styles. With these words and this environment it does none of that, runs no hook and reads no
 * CLAUDE.md of the user's own, and offers the model no tool but the named ones. What went wrong it writes to stdout.
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
  // a Claude Code that finds CLAUDECODE set takes itself for nested, and refuses; the flag --safe-mode is one that older ones refuse
  environment: () => ({ CLAUDECODE: '', CLAUDE_CODE_SAFE_MODE: '1' }),
  forbidden: new RegExp(`^(?:${off.join('|')})$`),
};
