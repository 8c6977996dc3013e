import type { MethodName } from '../../bridge/api/index.ts';

const caller = { is: 'agent', program: 'codex', at: [{ pid: 1, startedAt: '2' }] };
const pane = { host: 'h', server: '1@2', paneId: '%1', socketPath: '/tmp/s' };

const sender = { caller, above: [{ pid: 1, startedAt: '2' }], tmuxSocket: '/tmp/s', paneHint: '%1', as: 'lead' };

/** A target with all that can be said of one. */
export const target = {
  socket: { named: '/tmp/s', noted: '/tmp/n', env: { TMUX: '/tmp/t,1,0', TMUX_SOCKET: '/tmp/e', TMUX_TMPDIR: '/tmp' } },
  session: 'macs',
  pane: '%1',
  label: 'worker',
  isLabelGiven: false,
  agent: 'codex',
  pin: { paneId: '%1', socketPath: '/tmp/s', serverPid: 1, server: '1@2' },
  oneSession: false,
};

/** What each method takes, with every argument that it knows; a new method does not compile without its own. */
export const examples: Record<MethodName, Record<string, unknown>> = {
  overview: {},
  requests: { all: true },
  show: { id: '7f3k9q' },
  answer: { id: '7f3k9q', text: 'Yes.', choose: 'Yes', again: false, notes: 'none', by: 'human', caller },
  dismiss: { id: '7f3k9q', by: 'human', caller },
  settle: { id: '7f3k9q', by: 'human', caller },
  send: {
    pane,
    text: 'Hello.',
    from: 'human',
    agent: 'codex',
    force: false,
    allowShell: false,
    keys: 'in-dialog',
    command: false,
    waitMs: 0,
    via: 'keyboard',
    caller,
  },
  ask: {
    text: 'Which?',
    caller,
    above: [{ pid: 1, startedAt: '2' }],
    tmuxSocket: '/tmp/s',
    paneHint: '%1',
    agent: 'codex',
    wait: false,
    timeoutMs: 0,
  },
  pause: { worker: 'worker', reason: 'lost', by: 'human', caller },
  resume: { worker: 'worker', reason: 'found', by: 'human', caller },
  panes: {},
  signal: {
    signal: {
      agent: 'codex',
      kind: 'turn-ended',
      event: 'Stop',
      session: 's',
      turn: 't',
      input: 'i',
      said: 'Done.',
      at: 1,
    },
    caller,
    tmuxSocket: '/tmp/s',
    paneHint: '%1',
    pane: '%1',
  },
  watch: { socketPath: '/tmp/s', session: 'macs' },
  register: { pane, panePid: 7, project: '/tmp/shop', label: 'worker', session: 'macs' },
  add: { name: 'coder', description: 'writes code' },
  unsend: { ...sender, id: 'a3f2' },
  whoami: sender,
  tell: { ...sender, to: ['coder'], body: 'Hello.', thread: 'api', answers: 'a3f2', noReply: true, waitMs: 0 },
  inbox: { ...sender, peek: true },
  thread: { name: 'api', last: 10 },
  threads: {},
  members: {},
  release: { thread: 'api', caller },
  list: { target },
  status: { target },
  snapshot: { target, lines: 10 },
  explain: { target, name: '%1' },
  target: { target, among: 'here' },
  pauses: {},
  log: { id: '7f3k9q', last: 10, after: 1, follow: false, withSubject: true },
  changes: { after: 1 },
  follow: { after: 1 },
  archive: { days: 7, dryRun: true },
};
