import type { Command } from 'commander';

/** A command by name: what it is for, in a line, and what declares its arguments, flags and action. */
interface CommandRow {
  readonly says: string;
  load(): Promise<(command: Command) => void>;
}

/** Every command, in the order of the help. Its file is read only when it is named: a hand tool must be quick. */
export const commands: Readonly<Record<string, CommandRow>> = {
  requests: {
    says: 'what workers have asked: who is asked now, and why an answer still waits',
    load: async () => (await import('./requests.ts')).registerRequests,
  },
  show: {
    says: 'one request whole: its text, its answer and notes, how its delivery ended and what showed it',
    load: async () => (await import('./show.ts')).registerShow,
  },
  answer: {
    says: 'answer a request as the human: the first answer wins, and yours replaces a controller’s until it is typed',
    load: async () => (await import('./answer.ts')).registerAnswer,
  },
  pause: {
    says: 'type nothing automatic for a worker any more: what it asks goes to you',
    load: async () => (await import('./pause.ts')).registerPause,
  },
  resume: {
    says: 'end a pause; the limit that had caused it counts anew. What went to you meanwhile stays with you',
    load: async () => (await import('./resume.ts')).registerResume,
  },
  policy: {
    says: 'the rows of bridge.yaml that answer and choose: docs/policy.md',
    load: async () => (await import('./policy.ts')).registerPolicy,
  },
  settle: {
    says: 'mark an uncertain answer as delivered: you saw it in the pane, or typed it there yourself; nothing is typed',
    load: async () => (await import('./settle.ts')).registerSettle,
  },
  dismiss: {
    says: 'end a request without an answer; nothing is typed',
    load: async () => (await import('./dismiss.ts')).registerDismiss,
  },
  ask: {
    says: "from a worker's own shell: open a request and print its answer",
    load: async () => (await import('./ask.ts')).registerAsk,
  },
  send: {
    says: 'put a text into a pane as one input and submit it once, or say why not',
    load: async () => (await import('./send.ts')).registerSend,
  },
  snapshot: {
    says: "the last lines of a pane, as a person sees them: wrapped lines joined, the screen's empty foot left out",
    load: async () => (await import('./snapshot.ts')).registerSnapshot,
  },
  status: {
    says: 'what the agent in a pane is doing, and why bridge thinks so',
    load: async () => (await import('./status.ts')).registerStatus,
  },
  explain: {
    says: 'how a screen is interpreted: which rule on which rows decided, and what was rejected',
    load: async () => (await import('./explain.ts')).registerExplain,
  },
  list: {
    says: 'every pane of the tmux server: where it is, which agent sits in it, what it does, which bridge watches it',
    load: async () => (await import('./list.ts')).registerList,
  },
  target: {
    says: 'pin the pane that hand tools use, show the pin, or clear it',
    load: async () => (await import('./target.ts')).registerTarget,
  },
  start: {
    says: 'launch a worker or a controller in tmux, with its prompts and skills',
    load: async () => (await import('./start.ts')).registerStart,
  },
  notify: {
    says: 'notify you: bell, desktop notification, or the command that bridge.yaml names',
    load: async () => (await import('./notify.ts')).registerNotify,
  },
  stop: {
    says: 'end the bridge of this state directory; what is open is taken up by the next one',
    load: async () => (await import('./stop.ts')).registerStop,
  },
  home: {
    says: 'show the state directory that is used here, or move it',
    load: async () => (await import('./home.ts')).registerHome,
  },
  verify: {
    says: 'audit a home: the journal retraced from its first event, and the files against it; changes nothing',
    load: async () => (await import('./verify.ts')).registerVerify,
  },
  archive: {
    says: 'move what ended long ago out of the journal into archive/; nothing that is open, nothing is deleted',
    load: async () => (await import('./archive.ts')).registerArchive,
  },
  log: {
    says: 'what the journal remembers, oldest first',
    load: async () => (await import('./log.ts')).registerLog,
  },
  doctor: {
    says: 'what is wrong here, and the remedy: tmux, socket, panes, agents, permissions',
    load: async () => (await import('./doctor.ts')).registerDoctor,
  },
  hooks: {
    says: "wire an agent's own hooks to `bridge signal`, without touching anything else in its settings",
    load: async () => (await import('./hooks.ts')).registerHooks,
  },
  signal: {
    says: "what an agent's own hook or notify program calls; `bridge hooks` wires it",
    load: async () => (await import('./signal.ts')).registerSignal,
  },
  trust: {
    says: "let a project's bridge.yaml decide for its own workers; asked again when it changes",
    load: async () => (await import('./trust.ts')).registerTrust,
  },
  demo: {
    says: 'see it work: a scripted worker asks on a private tmux server, rules answer, nothing is left behind',
    load: async () => (await import('./demo.ts')).registerDemo,
  },
  version: {
    says: 'the version of bridge and of the Node it runs on',
    load: async () => (await import('./version.ts')).registerVersion,
  },
};
