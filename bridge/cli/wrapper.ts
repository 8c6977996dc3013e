import { homedir } from 'node:os';
import { ExecCommands } from '../tmux/exec.ts';
import { type Context, contextWith } from './context.ts';
import { print } from './output.ts';
import type { Run } from './wrappers/run.ts';
import { runAs, runWrapper, type WrapperName } from './wrappers/wrapper.ts';

// whoever reads our output may stop reading
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code !== 'EPIPE') throw fault;
});

const run: Run = {
  env: process.env,
  userFolder: homedir(),
  parent: process.ppid,
  // a command that asks for nothing is done without it
  sender: async () => (await import('./mail-lines.ts')).evidenceHere(),
  isOwnProcess: true,
  closed: new AbortController().signal,
  tmux: (socketPath) => new ExecCommands({ socketPath }),
  say: (text) => print(text),
  warn: (text) => print(text, process.stderr),
  ask: async (socket, name, args) => (await import('./invoke.ts')).invoke(await contextOn(socket), name, args),
};

/** The state directory as bridge's own commands find it, with the tmux server that the tool means. */
async function contextOn(socket: string): Promise<Context> {
  const { fault, ...context } = await contextWith({ socket });
  if (fault !== null) throw fault;
  return context;
}

/** What it starts goes on for long: the daemon does none of it for its callers. */
const agentChat = async () => (await import('./wrappers/agent-chat/index.ts')).agentChat;

const [name, ...words] = process.argv.slice(2);
const ended = name === 'agent-chat' ? runAs(name, agentChat, words, run) : runWrapper(name as WrapperName, words, run);
void ended.then((code) => {
  process.exitCode = code;
});
