import type { Command } from 'commander';

/** A command by name: what it is for, in a line, and what declares its arguments, flags and action. */
interface CommandRow {
  readonly says: string;
  load(): Promise<(command: Command) => void>;
}

/** Every command, in the order of the help. Its file is read only when it is named: a hand tool must be quick. */
export const commands: Readonly<Record<string, CommandRow>> = {
  requests: {
    says: 'List what workers have asked: who is asked now, and why an answer still waits',
    load: async () => (await import('./requests.ts')).registerRequests,
  },
  show: {
    says: 'Show one request in full: its text, its answer and notes, how its delivery ended and what showed it',
    load: async () => (await import('./show.ts')).registerShow,
  },
  answer: {
    says: 'Answer a request: the first answer wins, and yours replaces a controller’s until it is typed',
    load: async () => (await import('./answer.ts')).registerAnswer,
  },
  pause: {
    says: 'Stop automatic answers for a worker, or for all: what is asked goes to you',
    load: async () => (await import('./pause.ts')).registerPause,
  },
  resume: {
    says: 'End a pause; the limit that had caused it counts anew. What went to you meanwhile stays with you',
    load: async () => (await import('./resume.ts')).registerResume,
  },
  policy: {
    says: 'Try the rules of bridge.yaml that answer and choose: docs/guide/policy.md',
    load: async () => (await import('./policy.ts')).registerPolicy,
  },
  settle: {
    says: 'Mark an uncertain answer as delivered: you saw it in the pane, or typed it there yourself; nothing is typed',
    load: async () => (await import('./settle.ts')).registerSettle,
  },
  dismiss: {
    says: 'End a request without an answer; nothing is typed',
    load: async () => (await import('./dismiss.ts')).registerDismiss,
  },
  ask: {
    says: "Ask from a worker's own shell: open a request and print its answer",
    load: async () => (await import('./ask.ts')).registerAsk,
  },
  send: {
    says: 'Put a text into a pane as one input and submit it once, or say why not',
    load: async () => (await import('./send.ts')).registerSend,
  },
  snapshot: {
    says: "Print the last lines of a pane as a person sees them: wrapped lines joined, the screen's empty foot left out",
    load: async () => (await import('./snapshot.ts')).registerSnapshot,
  },
  status: {
    says: 'Show what the agent in a pane is doing, and why bridge thinks so',
    load: async () => (await import('./status.ts')).registerStatus,
  },
  explain: {
    says: 'Explain how a screen is interpreted: which rule on which rows decided, and what was rejected',
    load: async () => (await import('./explain.ts')).registerExplain,
  },
  list: {
    says: 'List every pane of the tmux server: where it is, which agent is in it, what it does, which bridge watches it',
    load: async () => (await import('./list.ts')).registerList,
  },
  target: {
    says: 'Pin the pane that hand tools use, show the pin, or clear it',
    load: async () => (await import('./target.ts')).registerTarget,
  },
  start: {
    says: 'Launch a worker or a controller in tmux, with its prompts and skills',
    load: async () => (await import('./start.ts')).registerStart,
  },
  notify: {
    says: 'Notify you: bell, desktop notification, or the command that bridge.yaml names',
    load: async () => (await import('./notify.ts')).registerNotify,
  },
  stop: {
    says: 'End the bridge of this state directory; what is open is taken up by the next one',
    load: async () => (await import('./stop.ts')).registerStop,
  },
  home: {
    says: 'Show the state directory that is used here, or move it',
    load: async () => (await import('./home.ts')).registerHome,
  },
  verify: {
    says: 'Audit a state directory: the journal rebuilt from its first event, and the files against it; changes nothing',
    load: async () => (await import('./verify.ts')).registerVerify,
  },
  archive: {
    says: 'Move what ended long ago out of the journal into archive/; nothing that is open, and nothing is deleted',
    load: async () => (await import('./archive.ts')).registerArchive,
  },
  log: {
    says: 'Print what the journal remembers, oldest first',
    load: async () => (await import('./log.ts')).registerLog,
  },
  doctor: {
    says: 'Check what is wrong here, and name the remedy: tmux, socket, panes, agents, permissions',
    load: async () => (await import('./doctor.ts')).registerDoctor,
  },
  hooks: {
    says: "Install `bridge signal` in an agent's own hooks, without touching anything else in its settings",
    load: async () => (await import('./hooks.ts')).registerHooks,
  },
  signal: {
    says: "Report a hook event: what an agent's own hook or notify program calls; `bridge hooks` installs it",
    load: async () => (await import('./signal.ts')).registerSignal,
  },
  trust: {
    says: "Let a project's bridge.yaml decide for its own workers; asked again when it changes",
    load: async () => (await import('./trust.ts')).registerTrust,
  },
  demo: {
    says: 'See it work: a scripted worker asks on a private tmux server, rules answer, nothing is left behind',
    load: async () => (await import('./demo.ts')).registerDemo,
  },
  version: {
    says: 'Print the version of bridge and of the Node it runs on',
    load: async () => (await import('./version.ts')).registerVersion,
  },
};
