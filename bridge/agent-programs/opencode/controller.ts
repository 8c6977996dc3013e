import type { ControllerProgram } from '../controller-program.ts';

const nothing = { '*': 'deny' };
const reading = { ...nothing, read: 'allow', grep: 'allow', glob: 'allow', list: 'allow' };

/**
 * opencode 1.18.33. Measured there: plain `run --agent plan` executes the plugins a repository holds and offers `bash`,
 * `edit` and `write`; with these settings no plugin of the repository runs and only read, grep and glob are offered (none when
 * isolated). The user's own MCP servers are still started; their tools are denied.
 */
export const opencodeController: ControllerProgram = {
  runsIn: 'worker',
  answersIn: 'stdout',
  args: (run) => [
    'run',
    ...['--agent', 'plan', '--pure'],
    ...(run.model === null ? [] : ['--model', run.model]),
    ...run.extraArgs,
  ],
  environment: (run) => ({
    OPENCODE_DISABLE_PROJECT_CONFIG: '1',
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_PERMISSION: JSON.stringify(run.isolated ? nothing : reading),
  }),
  forbidden: /^(?:--auto(?:=.*)?|--yolo|--dangerously-\S*|--agent(?:=.*)?|--share|--attach(?:=.*)?|-i|--interactive)$/,
};
