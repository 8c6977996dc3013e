import { BridgeError, messageOf } from '../../core/failure.ts';
import { Refusal } from './refusal.ts';
import type { Run } from './run.ts';

/** Another tool's command line. @returns its exit code; a refusal is thrown */
export type Wrapper = (words: readonly string[], run: Run) => Promise<number>;

/** The command lines of other tools, by the name of their script: each only translates. And one of our own that agents use often. */
const wrappers = {
  'tmux-bridge': async () => (await import('./tmux-bridge.ts')).tmuxBridge,
  'agent-send': async () => (await import('./agent-send.ts')).agentSend,
  'agent-comms': async () => (await import('./agent-comms/index.ts')).agentComms,
  'send-message': async () => (await import('./agent-send.ts')).sendMessage,
  bridge: async () => (await import('./tell.ts')).tell,
} satisfies Readonly<Record<string, () => Promise<Wrapper>>>;

export type WrapperName = keyof typeof wrappers;
export const wrapperNames = Object.keys(wrappers) as [WrapperName, ...WrapperName[]];

export function runWrapper(name: WrapperName, words: readonly string[], run: Run): Promise<number> {
  return runAs(name, wrappers[name], words, run);
}

/** Faults end as those tools end: one line, exit code 1. What bridge says to do next follows it. */
export async function runAs(
  name: string,
  load: () => Promise<Wrapper>,
  words: readonly string[],
  run: Run,
): Promise<number> {
  try {
    const wrapper = await load();
    return await wrapper(words, run);
  } catch (fault) {
    const prefix = { 'tmux-bridge': 'error', 'agent-comms': 'agent_comms' }[name] ?? name;
    const next = fault instanceof BridgeError && fault.nextStep !== undefined ? `\n${fault.nextStep}` : '';
    run.warn(`${prefix}: ${messageOf(fault)}${next}`);
    return fault instanceof Refusal ? fault.exitCode : 1;
  }
}
