import type { ControllerProgram } from '../controller-program.ts';

/**
 * gemini-cli 0.61.0. Measured there: without a terminal it refuses to run in a folder that is not trusted, and in a
 * trusted one it loads what the worker left there. So it runs in an empty folder of ours, trusted for this run, and the
 * repository is a folder it may look into. In approval mode `default` without a terminal the tools that write or run
 * are not offered at all; `plan` offers writing. GEMINI.md of the repository is still read, as context.
 */
export const geminiController: ControllerProgram = {
  runsIn: 'empty',
  answersIn: 'stdout',
  args: (run) => [
    ...['--skip-trust', '--approval-mode', 'default', '--output-format', 'text'],
    ...['--allowed-mcp-server-names', 'none', '-e', 'none'],
    ...(run.isolated ? [] : ['--include-directories', run.repository]),
    ...(run.model === null ? [] : ['-m', run.model]),
    ...run.extraArgs,
  ],
  environment: () => ({}),
  forbidden:
    /^(?:-y|--yolo(?:=.*)?|--approval-mode(?:=.*)?|yolo|auto_edit|--allowed-tools(?:=.*)?|--allowed-mcp-server-names(?:=.*)?|--policy(?:=.*)?|--admin-policy(?:=.*)?|-e|--extensions(?:=.*)?|--raw-output)$/,
};
