import { dirname } from 'node:path';
import type { ControllerProgram, ControllerRun, OutputLine } from '../controller-program.ts';

/**
 * codex-cli 0.169.0. Measured there:
 * - a `.codex/config.toml` in a repository the user trusts is loaded, and its MCP servers are started outside the sandbox;
 *   naming every folder above as untrusted for this run prevents it, and keeps AGENTS.md out;
 * - `exec resume` falls back to the sandbox of the user's config.toml unless `--sandbox` is given again, before `resume`;
 * - the user's own MCP servers cannot be switched off as a whole, only each by name, and naming an unknown one is an error;
 * - a key of `-c` is split at every dot, quoted or not, so tables are written inline;
 * - a model error exits 1, says why in the JSON events and leaves the answer file empty.
 */
export const codexController: ControllerProgram = {
  runsIn: 'worker',
  answersIn: 'file',
  remembers: true,
  args(run) {
    const sessionArgs = run.session === null ? [] : ['resume', run.session];
    return [
      'exec',
      ...['--sandbox', 'read-only', '--skip-git-repo-check', '--color', 'never', '--json'],
      ...(run.remember ? [] : ['--ephemeral']),
      ...['-o', run.answerFile],
      ...overrides(run).flatMap((override) => ['-c', override]),
      ...(run.model === null ? [] : ['-m', run.model]),
      ...run.extraArgs,
      ...sessionArgs,
      '-',
    ];
  },
  environment: () => ({}),
  survey: {
    args: (repository) => ['-c', distrust(repository), 'mcp', 'list', '--json'],
    read(stdout) {
      const servers: unknown = JSON.parse(stdout);
      if (!Array.isArray(servers)) throw new TypeError('codex mcp list --json: not a list');
      return servers.map((server: { name?: unknown }) => String(server.name));
    },
  },
  readLine(line): OutputLine {
    if (!line.startsWith('{')) return {};
    let event: { type?: string; thread_id?: string; message?: string; error?: { message?: string } };
    try {
      event = JSON.parse(line);
    } catch {
      return {}; // not an event of ours; the answer stands in the file
    }
    if (event.type === 'thread.started' && event.thread_id !== undefined) return { session: event.thread_id };
    const fault =
      event.type === 'turn.failed' ? event.error?.message : event.type === 'error' ? event.message : undefined;
    return fault === undefined ? {} : { fault };
  },
  forbidden:
    /^(?:--dangerously-\S*|--yolo|--full-auto|--approve-for-me|--trust|--add-dir(?:=.*)?|(?:-s|--sandbox)(?:=?(?!read-only$).*)|.*\bsandbox_mode\b.*|.*\bdefault_permissions\b.*)$/,
};

function overrides(run: ControllerRun): string[] {
  const servers = run.surveyed.map((name) => `${JSON.stringify(name)}={enabled=false}`);
  const off = ['apps', 'plugins', 'hooks', 'goals', ...(run.isolated ? hands : [])];
  return [
    distrust(run.repository),
    ...(servers.length === 0 ? [] : [`mcp_servers={${servers.join(',')}}`]),
    'project_doc_max_bytes=0',
    'notify=[]',
    ...off.map((feature) => `features.${feature}=false`),
    ...(run.isolated ? ['web_search="disabled"'] : []),
  ];
}

/** The features that give codex tools; an unknown one is a warning only. */
const hands = [
  'shell_tool',
  'unified_exec',
  'multi_agent',
  'view_image',
  'image_generation',
  'browser_use',
  'computer_use',
];

/** Holds for the survey too: a server that only the repository names must not be listed, let alone switched off. */
function distrust(repository: string): string {
  const folders = foldersAbove(repository).map((folder) => `${JSON.stringify(folder)}={trust_level="untrusted"}`);
  return `projects={${folders.join(',')}}`;
}

function foldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}
