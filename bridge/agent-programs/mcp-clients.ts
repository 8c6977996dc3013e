/** A coding client's list of MCP servers: where it lies, and how one stands in it. */
export interface McpClient {
  readonly name: string;
  /** a person's own file, from his folder; `env` names a folder in place of `below`; the first that exists, else the first */
  readonly own: { readonly below: string; readonly env?: string; readonly files: readonly string[] };
  /** a project's file, from its folder */
  readonly project: readonly string[];
  readonly written: 'json' | 'toml';
  /** under which key the servers stand */
  readonly key: string;
  entry(command: readonly string[]): Readonly<Record<string, unknown>>;
  /** what a person has to do besides for a project's file; null: nothing */
  readonly projectNote: string | null;
}

const plain = ([command, ...args]: readonly string[]) => ({ command, args });
const settings = ['settings.json'];

/** As each was seen to read it: Claude Code 2.1, codex 0.171, gemini-cli 0.61; the others as their documentation has it. */
export const mcpClients: readonly McpClient[] = [
  {
    name: 'claude',
    own: { below: '', env: 'CLAUDE_CONFIG_DIR', files: ['.claude.json'] },
    project: ['.mcp.json'],
    written: 'json',
    key: 'mcpServers',
    entry: (words) => ({ type: 'stdio', ...plain(words) }),
    projectNote: 'Claude Code asks once whether it may use a server of a project; `/mcp` shows it',
  },
  {
    name: 'codex',
    own: { below: '.codex', env: 'CODEX_HOME', files: ['config.toml'] },
    project: ['.codex/config.toml'],
    written: 'toml',
    key: 'mcp_servers',
    entry: plain,
    projectNote: null,
  },
  {
    name: 'gemini',
    own: { below: '.gemini', files: settings },
    project: ['.gemini/settings.json'],
    written: 'json',
    key: 'mcpServers',
    entry: plain,
    projectNote: null,
  },
  {
    name: 'opencode',
    own: { below: '.config/opencode', env: 'OPENCODE_CONFIG_DIR', files: ['opencode.json', 'opencode.jsonc'] },
    project: ['opencode.json', 'opencode.jsonc'],
    written: 'json',
    key: 'mcp',
    entry: (command) => ({ type: 'local', command: [...command], enabled: true }),
    projectNote: null,
  },
  {
    name: 'cursor',
    own: { below: '.cursor', files: ['mcp.json'] },
    project: ['.cursor/mcp.json'],
    written: 'json',
    key: 'mcpServers',
    entry: plain,
    projectNote: null,
  },
  {
    name: 'qwen',
    own: { below: '.qwen', files: settings },
    project: ['.qwen/settings.json'],
    written: 'json',
    key: 'mcpServers',
    entry: plain,
    projectNote: null,
  },
];
