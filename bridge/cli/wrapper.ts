import { runWrapper, type Wrapper } from './wrappers/wrapper.ts';

/** The command lines of other tools, by the name of their script: each only translates. */
const wrappers: Readonly<Record<string, () => Promise<Wrapper>>> = {
  'tmux-bridge': async () => (await import('./wrappers/tmux-bridge.ts')).tmuxBridge,
  'agent-send': async () => (await import('./wrappers/agent-send.ts')).agentSend,
  'agent-comms': async () => (await import('./wrappers/agent-comms/index.ts')).agentComms,
  'send-message': async () => (await import('./wrappers/agent-send.ts')).sendMessage,
};

// whoever reads our output may stop reading
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code !== 'EPIPE') throw fault;
});

const [name = '', ...words] = process.argv.slice(2);
void wrappers[name]!().then((wrapper) => runWrapper(name, wrapper, words));
