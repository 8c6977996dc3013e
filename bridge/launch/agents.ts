import { wrongUse } from '../core/failure.ts';

/**
 * How one agent program is started. "Guarded" is what the program itself offers against acting unasked: a sandbox where
 * it has one, else its own approval questions.
 */
export interface AgentLaunch {
  readonly name: string;
  readonly program: string;
  /** null where the program neither asks nor has a sandbox: it starts only with --yolo */
  readonly guarded: readonly string[] | null;
  readonly guardedBy: string;
  /** every question and sandbox switched off */
  readonly yolo: readonly string[];
  /** a controller only reads and answers; null as for `guarded` */
  readonly controller: readonly string[] | null;
  /** how an interactive start takes its first prompt: the words before it */
  readonly promptPrefix: readonly string[];
  /** continues the latest session in the folder */
  readonly resume: readonly string[];
  /** what is typed to begin with an empty context, in the same process */
  readonly clear: string;
  /** set unless --yolo: opencode asks for nothing by itself */
  readonly guardedEnv: Readonly<Record<string, string>>;
  readonly install: string;
}

const opencodeAsks = JSON.stringify({ edit: 'ask', bash: 'ask', webfetch: 'ask' });

/**
 * Flags seen with codex 0.169.0, gemini-cli 0.61.0 and cline 3.0.65 (their own --help); the others follow their public documentation.
 * Order is the order in which they are offered.
 */
export const agents: readonly AgentLaunch[] = [
  {
    name: 'codex',
    program: 'codex',
    guarded: ['--sandbox', 'workspace-write', '--ask-for-approval', 'on-request'],
    guardedBy: 'its workspace-write sandbox',
    yolo: ['--dangerously-bypass-approvals-and-sandbox'],
    controller: ['--sandbox', 'read-only', '--ask-for-approval', 'on-request'],
    promptPrefix: [],
    resume: ['resume', '--last'],
    clear: '/new',
    guardedEnv: {},
    install: 'npm install -g @openai/codex',
  },
  {
    name: 'claude',
    program: 'claude',
    guarded: ['--permission-mode', 'default'],
    guardedBy: 'its approval questions',
    yolo: ['--dangerously-skip-permissions'],
    // --disallowedTools takes every word up to the next flag, so it never stands last before the prompt
    controller: ['--disallowedTools', 'Edit,Write,NotebookEdit', '--permission-mode', 'default'],
    promptPrefix: [],
    resume: ['--continue'],
    clear: '/clear',
    guardedEnv: {},
    install: 'npm install -g @anthropic-ai/claude-code',
  },
  {
    name: 'gemini',
    program: 'gemini',
    guarded: ['--approval-mode', 'default'],
    guardedBy: 'its approval questions',
    yolo: ['--approval-mode', 'yolo'],
    controller: ['--approval-mode', 'default'],
    promptPrefix: ['--prompt-interactive'],
    resume: ['--resume', 'latest'],
    clear: '/clear',
    guardedEnv: {},
    install: 'npm install -g @google/gemini-cli',
  },
  {
    name: 'opencode',
    program: 'opencode',
    guarded: [],
    guardedBy: 'its approval questions',
    yolo: ['--auto'],
    controller: [],
    promptPrefix: ['--prompt'],
    resume: ['--continue'],
    clear: '/new',
    guardedEnv: { OPENCODE_PERMISSION: opencodeAsks },
    install: 'npm install -g opencode-ai',
  },
  {
    name: 'qwen',
    program: 'qwen',
    guarded: ['--approval-mode', 'default'],
    guardedBy: 'its approval questions',
    yolo: ['--approval-mode', 'yolo'],
    controller: ['--approval-mode', 'default'],
    promptPrefix: ['--prompt-interactive'],
    resume: ['--continue'],
    clear: '/clear',
    guardedEnv: {},
    install: 'npm install -g @qwen-code/qwen-code',
  },
  {
    name: 'pi',
    program: 'pi',
    guarded: null,
    guardedBy: 'nothing',
    yolo: [],
    controller: ['--tools', 'read,grep,find,ls'],
    promptPrefix: [],
    resume: ['--continue'],
    clear: '/new',
    guardedEnv: {},
    install: 'npm install -g @mariozechner/pi-coding-agent',
  },
  {
    name: 'continue',
    program: 'cn',
    guarded: [],
    guardedBy: 'its approval questions',
    yolo: ['--allow', '*'],
    controller: ['--exclude', 'Write', '--exclude', 'Edit', '--exclude', 'MultiEdit', '--exclude', 'Bash'],
    promptPrefix: [],
    resume: ['--resume'],
    clear: '/clear',
    guardedEnv: {},
    install: 'npm install -g @continuedev/cli',
  },
  {
    name: 'cline',
    program: 'cline',
    guarded: ['--tui', '--auto-approve', 'false'],
    guardedBy: 'its approval questions',
    yolo: ['--tui', '--auto-approve', 'true'],
    controller: ['--tui', '--plan', '--auto-approve', 'false'],
    promptPrefix: [],
    // it resumes by a session's id alone
    resume: [],
    clear: '/clear',
    guardedEnv: {},
    install: 'npm install -g cline',
  },
  {
    name: 'aider',
    program: 'aider',
    guarded: [],
    guardedBy: 'its questions before it runs a command',
    yolo: ['--yes-always'],
    controller: ['--chat-mode', 'ask', '--no-auto-commits'],
    // it takes no first prompt and stays: --message ends after its answer
    promptPrefix: ['--message'],
    resume: ['--restore-chat-history'],
    clear: '/reset',
    guardedEnv: {},
    install: 'python -m pip install aider-install && aider-install',
  },
];

export function findAgent(name: string): AgentLaunch {
  const agent = agents.find((known) => known.name === name || known.program === name);
  if (agent !== undefined) return agent;
  throw wrongUse(
    'agent',
    JSON.stringify(name),
    `is not one of ${agents.map((known) => known.name).join(', ')}`,
    'start another program with --agent-command "PROGRAM ARGS"',
  );
}

/** Words that switch an agent's guard off, in any of the known programs; the first one in `argv`, or null. */
export function guardOff(argv: readonly string[]): string | null {
  for (const [index, word] of argv.entries()) {
    const pair = `${word} ${argv[index + 1] ?? ''}`;
    if (/danger-full-access/.test(word) || word === '--yes-always') return word;
    if (/^--auto-approve(?:=| )true\b/.test(pair)) return pair;
    if (/^(?:--yolo|-y|--dangerously-\S+|--allow-dangerously-\S+|--full-auto|--auto)$/.test(word)) return word;
    if (/^--(?:approval-mode|permission-mode)(?:=| )(?:yolo|auto_edit|bypassPermissions|acceptEdits)\b/.test(pair))
      return pair;
    // never asking is safe as long as nothing can be written
    if (/^(?:-a|--ask-for-approval)(?:=| )never\b/.test(pair) && argv.join(' ').includes('workspace-write'))
      return pair;
  }
  return null;
}
