import type { Command } from 'commander';
import type { CommandWords } from './command-parts.ts';

/** A command by name: what it is for, how it is used, and what declares its arguments, flags and action. */
interface CommandRow extends CommandWords {
  /** it is about all commands: they and the flags of the bridge itself are declared too */
  readonly ofAll?: true;
  load(): Promise<(command: Command) => void>;
}

/** Every command, in the order of the help. Its file is read only when it is named: a hand tool must be quick. */
export const commands: Readonly<Record<string, CommandRow>> = {
  demo: {
    group: 'Run',
    says: 'See it work, on a private tmux server; nothing is left behind',
    examples: [
      ['bridge demo', 'a scripted worker asks, a rule answers, the receipt says what was seen'],
      ['bridge demo --mail', 'three scripted agents write to each other'],
      ['bridge demo --hub', 'two have MCP clients: one writes to the other, which asks its controller'],
    ],
    load: async () => (await import('./demo.ts')).registerDemo,
  },
  run: {
    group: 'Run',
    says: 'Watch the workers and answer them, until Ctrl-C',
    examples: [
      ['bridge run --session macs', 'rules of bridge.yaml and a controller answer, then you'],
      ['bridge run --session macs --mode manual', 'you answer, in outbox/ or with `bridge answer`'],
      ['bridge run --session macs --dry-run', 'says what it would send, whom it would ask, when it would notify you'],
      ['bridge run --simulate-log worker.log', 'what would have been detected in a recording'],
    ],
    load: async () => (await import('./run.ts')).registerRun,
  },
  start: {
    group: 'Run',
    says: 'Start a worker or a controller in tmux, with its skills',
    examples: [
      ['bridge start worker --agent claude', 'a session, a pane, the agent in it'],
      ['bridge start worker --session docs --no-attach', 'leave it in the background'],
      ['bridge start controller --agent codex', 'a live agent that can be asked'],
    ],
    load: async () => (await import('./start.ts')).registerStart,
  },
  stop: {
    group: 'Run',
    says: 'Stop the bridge; the next one takes up what is open',
    examples: [
      ['bridge stop', 'that of ~/.bridge, or of --home DIR'],
      ['bridge stop --server', 'closes the port of `bridge serve`; the bridge goes on'],
    ],
    load: async () => (await import('./stop.ts')).registerStop,
  },
  serve: {
    group: 'Run',
    says: 'Open the bridge to other programs: HTTP, WebSocket, MCP',
    examples: [
      ['bridge serve', 'a bridge with a port on 127.0.0.1; the one that runs opens it'],
      ['bridge serve --detach --port 9421', 'in the background'],
      ['bridge serve --host 10.0.0.5 --tls-cert hub.pem --tls-key hub.key', 'for other machines'],
    ],
    load: async () => (await import('./serve.ts')).registerServe,
  },
  dashboard: {
    group: 'Run',
    says: 'Open the page of the server in a browser, logged in',
    examples: [
      ['bridge dashboard', 'in your browser'],
      ['bridge dashboard --print', 'the link: it lets one browser in, once'],
    ],
    load: async () => (await import('./dashboard.ts')).registerDashboard,
  },
  service: {
    group: 'Run',
    says: 'Have `bridge serve` started with your session',
    examples: [
      ['bridge service install', 'writes the unit, and prints how to start it'],
      ['bridge service install --print', 'only shows it'],
      ['bridge service remove'],
    ],
    load: async () => (await import('./service.ts')).registerService,
  },
  top: {
    group: 'Ask and answer',
    says: 'See requests, members and mail on your terminal; answer there',
    examples: [['bridge top', 'in a tmux window of its own, or over ssh']],
    load: async () => (await import('./top.ts')).registerTop,
  },
  requests: {
    group: 'Ask and answer',
    says: 'List what workers asked, and who is to answer',
    examples: [
      ['bridge requests', 'what is open'],
      ['bridge requests --all', 'what has ended, too'],
    ],
    load: async () => (await import('./requests.ts')).registerRequests,
  },
  show: {
    group: 'Ask and answer',
    says: 'Show one request, or one message, in full, with its receipt',
    examples: [
      ['bridge show 7f3k9q', 'by its id, or the last characters of it'],
      ['bridge show a3f2', 'a message between members: what became of it for each'],
    ],
    load: async () => (await import('./show.ts')).registerShow,
  },
  answer: {
    group: 'Ask and answer',
    says: "Answer a request; yours replaces a controller's until typed",
    examples: [
      ['bridge answer 7f3k9q "Use SQLite."'],
      ['bridge answer 7f3k9q --choose 1', 'in a dialog: its first option, pressed once and verified'],
      ['bridge answer 7f3k9q --choose "No"', 'the same by label, or by key (y, esc)'],
      ['bridge answer 7f3k9q --again', 'you looked: what was typed did not arrive'],
    ],
    load: async () => (await import('./answer.ts')).registerAnswer,
  },
  dismiss: {
    group: 'Ask and answer',
    says: 'End a request without an answer; nothing is typed',
    examples: [['bridge dismiss 7f3k9q']],
    load: async () => (await import('./dismiss.ts')).registerDismiss,
  },
  settle: {
    group: 'Ask and answer',
    says: 'Mark an uncertain answer as delivered; nothing is typed',
    examples: [['bridge settle 7f3k9q', 'you saw it in the pane, or typed it there yourself']],
    load: async () => (await import('./settle.ts')).registerSettle,
  },
  pause: {
    group: 'Ask and answer',
    says: 'Stop automatic answers; what is asked goes to you',
    examples: [['bridge pause', 'all workers'], ['bridge pause worker-docs --reason "looks lost"']],
    load: async () => (await import('./pause.ts')).registerPause,
  },
  resume: {
    group: 'Ask and answer',
    says: 'End a pause; the limit that caused it counts anew',
    examples: [
      ['bridge resume', 'every pause'],
      ['bridge resume worker-docs', 'exit code 1 where it was not paused by that name'],
      ['bridge resume --thread api/errors', 'lets a thread go on that is held as a loop'],
    ],
    load: async () => (await import('./resume.ts')).registerResume,
  },
  ask: {
    group: 'Ask and answer',
    says: "Ask from a worker's own shell, and print the answer",
    examples: [
      ['bridge ask "Which database should I use?"'],
      ['git diff | bridge ask --timeout 600 -', 'the question from stdin; give up waiting after ten minutes'],
    ],
    load: async () => (await import('./ask.ts')).registerAsk,
  },
  mcp: {
    group: 'Set up',
    says: 'Serve MCP tools to a coding client, or install them there',
    examples: [
      ['bridge mcp install claude', 'has Claude Code start this server'],
      ['bridge mcp install codex --project', "in the project's .codex/config.toml"],
      ['bridge mcp install gemini --print', 'what would be put there'],
      ['bridge mcp remove claude'],
      ['bridge mcp', 'what a client starts: it serves stdin and stdout'],
    ],
    load: async () => (await import('./mcp.ts')).registerMcp,
  },
  policy: {
    group: 'Ask and answer',
    says: 'Try rules on recorded screens, or on what was asked before',
    examples: [
      ['bridge policy test tests/screens', 'every recorded screen'],
      ['bridge policy test screen.txt --agent codex', 'a `bridge snapshot` that was kept'],
      ['bridge policy test tests/screens --at 2026-11-20T23:00 --repository /home/me/site --json'],
      ['bridge policy try rule.yaml', 'which of the last 200 requests this rule would have decided'],
      ['bridge policy try - -n 1000 --json', 'one from stdin, on the last 1000'],
    ],
    load: async () => (await import('./policy.ts')).registerPolicy,
  },
  tell: {
    group: 'Between agents',
    says: 'Write to members; say what became of it for each',
    examples: [
      ['bridge tell coder "The tests are green."', 'submitted, with its receipt; or waiting, and why'],
      [
        'git diff | bridge tell coder reviewer -',
        'to two, from stdin: they get a doorbell, and read it with `bridge inbox`',
      ],
      ['bridge tell coder --no-reply "Deployed."'],
      ['bridge tell coder "Which port?" --wait=replied --timeout 90', 'its answer is printed'],
      ['bridge tell coder "CI is red." --ttl 15m --priority high --idempotency-key ci-812'],
    ],
    load: async () => (await import('./tell.ts')).registerTell,
  },
  post: {
    group: 'Between agents',
    says: 'Write in a thread: to those you name, its group, or all in it',
    examples: [
      ['bridge post api/errors "404 or 410?" --to coder reviewer'],
      ['bridge post api/errors "410, then."', 'to all who have taken part; in the thread of a group, to the group'],
    ],
    load: async () => (await import('./post.ts')).registerPost,
  },
  broadcast: {
    group: 'Between agents',
    says: 'Write to every member that is enabled, but yourself',
    examples: [['bridge broadcast --no-reply "The server restarts at 12:00."']],
    load: async () => (await import('./broadcast.ts')).registerBroadcast,
  },
  reply: {
    group: 'Between agents',
    says: 'Answer a message, in its thread',
    examples: [['bridge reply a3f2 "It listens on 8080."']],
    load: async () => (await import('./reply.ts')).registerReply,
  },
  unsend: {
    group: 'Between agents',
    says: 'Take a message back that nobody was told of yet',
    examples: [['bridge unsend a3f2']],
    load: async () => (await import('./unsend.ts')).registerUnsend,
  },
  inbox: {
    group: 'Between agents',
    says: 'Read what others wrote to you; it is marked read',
    examples: [
      ['bridge inbox', 'in the pane of a member'],
      ['bridge inbox --as coder', 'look into the mail of another'],
    ],
    load: async () => (await import('./inbox.ts')).registerInbox,
  },
  ack: {
    group: 'Between agents',
    says: 'Mark messages as read; nobody is told of it',
    examples: [['bridge ack a3f2 b7c1', 'in the pane of a member']],
    load: async () => (await import('./ack.ts')).registerAck,
  },
  thread: {
    group: 'Between agents',
    says: 'Read a thread',
    examples: [['bridge thread read api/errors -n 20']],
    load: async () => (await import('./thread.ts')).registerThread,
  },
  threads: {
    group: 'Between agents',
    says: 'List the threads, and who writes in them',
    examples: [['bridge threads']],
    load: async () => (await import('./threads.ts')).registerThreads,
  },
  history: {
    group: 'Between agents',
    says: 'Print what members wrote: with whom, to which group, when',
    examples: [
      ['bridge history --with coder --since 2h'],
      ['bridge history --group shop --since 2026-11-30 --until 2026-12-01 --json'],
    ],
    load: async () => (await import('./history.ts')).registerHistory,
  },
  search: {
    group: 'Between agents',
    says: 'Find messages by their words',
    examples: [['bridge search migration users', 'messages with both words, the last ones first']],
    load: async () => (await import('./search.ts')).registerSearch,
  },
  whoami: {
    group: 'Between agents',
    says: 'Say as whom you write, and how that was found out',
    examples: [['bridge whoami']],
    load: async () => (await import('./whoami.ts')).registerWhoami,
  },
  relay: {
    group: 'Between agents',
    says: 'Take up what sandboxed senders have left',
    examples: [['bridge relay', 'a bridge that runs does so every second by itself']],
    load: async () => (await import('./relay.ts')).registerRelay,
  },
  token: {
    group: 'Between agents',
    says: 'Give members tokens that show who they are; list and revoke them',
    examples: [
      ['bridge token add coder', 'for an agent in a container or sandbox: put it into its BRIDGE_TOKEN'],
      ['bridge token add ci --member coder --ttl 3600'],
      ['bridge token list'],
      ['bridge token revoke ci'],
    ],
    load: async () => (await import('./token.ts')).registerToken,
  },
  members: {
    group: 'Between agents',
    says: 'List who has a name, what each does, and what it has not read',
    examples: [['bridge members'], ['bridge members --group shop']],
    load: async () => (await import('./members.ts')).registerMembers,
  },
  add: {
    group: 'Between agents',
    says: 'Give a name, before there is a pane of that name or to a pane',
    examples: [
      ['bridge add shop/critic --description "reads what the others write"', 'mail for it waits'],
      ['bridge add lead %3 --role lead --group shop', 'the agent in that pane is a member from now on'],
    ],
    load: async () => (await import('./add.ts')).registerAdd,
  },
  invite: {
    group: 'Between agents',
    says: 'Print a line to paste into an agent, by which it joins',
    examples: [['bridge invite --group shop'], ['bridge invite', 'the agent asks its human which project this is']],
    load: async () => (await import('./invite.ts')).registerInvite,
  },
  join: {
    group: 'Between agents',
    says: 'Be a member of a group, in the pane where this runs',
    examples: [
      ['bridge join --group shop --as codex --model gpt-6 --role reviewer', 'what an agent runs that was invited'],
    ],
    load: async () => (await import('./join.ts')).registerJoin,
  },
  roster: {
    group: 'Between agents',
    says: 'List who is in a group, and how to write to them',
    examples: [['bridge roster shop']],
    load: async () => (await import('./roster.ts')).registerRoster,
  },
  leave: {
    group: 'Between agents',
    says: 'Leave a group, or all; your name stays, and so does your mail',
    examples: [['bridge leave --group shop'], ['bridge leave']],
    load: async () => (await import('./leave.ts')).registerLeave,
  },
  rename: {
    group: 'Between agents',
    says: 'Call a member by another name; its mail stays its own',
    examples: [['bridge rename worker coder']],
    load: async () => (await import('./rename.ts')).registerRename,
  },
  enable: {
    group: 'Between agents',
    says: 'Let a member get mail again, and what has waited',
    examples: [['bridge enable coder']],
    load: async () => (await import('./enable.ts')).registerEnable,
  },
  disable: {
    group: 'Between agents',
    says: 'Let a member get nothing; what waits for it stays',
    examples: [['bridge disable coder']],
    load: async () => (await import('./enable.ts')).registerDisable,
  },
  remove: {
    group: 'Between agents',
    says: 'Forget a member; what waits for it is withdrawn',
    examples: [['bridge remove critic']],
    load: async () => (await import('./remove.ts')).registerRemove,
  },
  discover: {
    group: 'Between agents',
    says: 'Find the agents in every tmux server of yours; name them',
    examples: [['bridge discover'], ['bridge discover --add', 'each of them is a member, and gets mail']],
    load: async () => (await import('./discover.ts')).registerDiscover,
  },
  resolve: {
    group: 'Between agents',
    says: 'Print the pane of a member',
    examples: [['tmux select-pane -t "$(bridge resolve coder)"']],
    load: async () => (await import('./resolve.ts')).registerResolve,
  },
  group: {
    group: 'Between agents',
    says: 'Put members into a group, or take them out of it',
    examples: [
      ['bridge group add shop coder critic'],
      ['bridge tell @shop "The tests are green."', 'all of it but you'],
      ['bridge group remove shop critic'],
      ['bridge group list'],
    ],
    load: async () => (await import('./group.ts')).registerGroup,
  },
  groups: {
    group: 'Between agents',
    says: 'List the groups, and who is in them',
    examples: [['bridge groups']],
    load: async () => (await import('./groups.ts')).registerGroups,
  },
  hosts: {
    group: 'Panes',
    says: 'List the other machines of bridge.yaml, and what works there',
    examples: [
      ['bridge hosts', 'those under `hosts:`'],
      ['bridge hosts check', 'whether ssh gets there without asking, and what a bridge finds'],
      ['bridge hosts check gpu', 'that one'],
      ['bridge hosts run gpu requests', 'what the bridge there has to answer'],
      ['bridge hosts run gpu answer 7f3k9q "Use SQLite."', 'answered by it, with its receipt'],
    ],
    load: async () => (await import('./hosts.ts')).registerHosts,
  },
  list: {
    group: 'Panes',
    says: 'List the panes: agent, state, which bridge watches',
    examples: [['bridge list', 'every pane of the tmux server'], ['bridge list --session macs']],
    load: async () => (await import('./list.ts')).registerList,
  },
  status: {
    group: 'Panes',
    says: "Show what a pane's agent is doing, and why bridge thinks so",
    examples: [
      ['bridge status', 'the pane with the label "worker"'],
      ['bridge status --pane %3 --exit-code', 'exit code 0 when idle, 1 for anything else'],
    ],
    load: async () => (await import('./status.ts')).registerStatus,
  },
  explain: {
    group: 'Panes',
    says: 'Explain how a screen is interpreted: the rule and its rows',
    examples: [
      ['bridge explain %3', 'a live pane: what it reads, and which rows say so'],
      ['bridge explain tests/screens/codex/*/*.txt', 'recorded screens, with the manifest.json above them'],
      ['bridge explain screen.txt --agent gemini', 'any text file'],
      ['bridge explain %3 --save --state busy_tool', 'report a misread screen: a fixture with secrets masked'],
    ],
    load: async () => (await import('./explain.ts')).registerExplain,
  },
  snapshot: {
    group: 'Panes',
    says: 'Print the last lines of a pane, wrapped lines joined',
    examples: [['bridge snapshot --pane %3 --lines 40']],
    load: async () => (await import('./snapshot.ts')).registerSnapshot,
  },
  send: {
    group: 'Panes',
    says: 'Put a text into a pane and submit it once, or say why not',
    examples: [
      ['bridge send "Use SQLite."', 'one input, one Enter; exit 0 with a receipt, 2 held, 3 look at the pane'],
      ['git diff | bridge send --pane %3 --wait 60 -', 'as soon as the agent is ready, within a minute'],
      ['bridge send --keys Escape', 'interrupts a busy agent; no text is typed'],
      ['bridge send --keys --in-dialog Down Enter'],
      ['bridge send --command /compact', 'the agent runs it; without --command the same words are prose for the model'],
    ],
    load: async () => (await import('./send.ts')).registerSend,
  },
  read: {
    group: 'Panes',
    says: "Print a pane's last lines; with that you may act on it, once",
    examples: [
      ['bridge read coder', 'its last 50 lines'],
      ['bridge read shop/coder 5', 'exactly the last five'],
    ],
    load: async () => (await import('./read.ts')).registerRead,
  },
  type: {
    group: 'Panes',
    says: 'Type a text into a pane that you have read; no Enter',
    examples: [
      ['bridge type coder "npm test"', 'it stands in the prompt, also of a bare shell'],
      ['git diff | bridge type coder -', 'from stdin'],
    ],
    load: async () => (await import('./type.ts')).registerType,
  },
  message: {
    group: 'Panes',
    says: 'Type a text that says who wrote it; no Enter',
    examples: [['bridge message coder "Which port?"', '[lead -> coder] Which port?']],
    load: async () => (await import('./message.ts')).registerMessage,
  },
  keys: {
    group: 'Panes',
    says: 'Press keys in a pane that you have read',
    examples: [
      ['bridge keys coder Enter', 'submits the text that you left there, and nothing else'],
      ['bridge keys coder Escape'],
    ],
    load: async () => (await import('./keys.ts')).registerKeys,
  },
  name: {
    group: 'Panes',
    says: 'Label a pane',
    examples: [['bridge name %3 coder'], ['bridge name %3 "the tests" --border', 'shown on the border, too']],
    load: async () => (await import('./name.ts')).registerName,
  },
  id: {
    group: 'Panes',
    says: 'Print the pane in which you are',
    examples: [['bridge id']],
    load: async () => (await import('./id.ts')).registerId,
  },
  target: {
    group: 'Panes',
    says: 'Pin the pane that these commands use, or show or clear the pin',
    examples: [['bridge target %3', 'pin it'], ['bridge target', 'show the pin'], ['bridge target --clear']],
    load: async () => (await import('./target.ts')).registerTarget,
  },
  doctor: {
    group: 'Set up',
    says: 'Check what is wrong here, and name the remedy',
    examples: [['bridge doctor', 'tmux, socket, panes, agents, hooks, configuration, permissions']],
    load: async () => (await import('./doctor.ts')).registerDoctor,
  },
  hooks: {
    group: 'Set up',
    says: "Install `bridge signal` in an agent's own hooks, or remove it",
    examples: [
      ['bridge hooks install claude --dry-run', 'show what would change'],
      ['bridge hooks install claude'],
      ['bridge hooks remove claude', 'leaves everything else in its settings'],
    ],
    load: async () => (await import('./hooks.ts')).registerHooks,
  },
  signal: {
    group: 'Set up',
    says: "Report a hook event; what an agent's own hook calls",
    examples: [["bridge signal --agent codex --event Stop --verbose '{}'", 'by hand, to see what becomes of it']],
    load: async () => (await import('./signal.ts')).registerSignal,
  },
  trust: {
    group: 'Set up',
    says: "Let a project's bridge.yaml decide for its own workers",
    examples: [['bridge trust ~/my-project', 'asked again when the file changes']],
    load: async () => (await import('./trust.ts')).registerTrust,
  },
  notify: {
    group: 'Set up',
    says: 'Notify you, as a bridge would: bell, desktop, your command',
    examples: [['bridge notify "a try"', 'see whether it reaches you']],
    load: async () => (await import('./notify.ts')).registerNotify,
  },
  completion: {
    group: 'Set up',
    says: 'Print what makes a shell complete commands, flags and names',
    examples: [
      ['bridge completion bash > ~/.local/share/bash-completion/completions/bridge'],
      ['bridge completion zsh > ~/.zfunc/_bridge', 'a folder of $fpath'],
      ['bridge completion fish > ~/.config/fish/completions/bridge.fish'],
    ],
    ofAll: true,
    load: async () => (await import('./completion.ts')).registerCompletion,
  },
  man: {
    group: 'Set up',
    says: 'Print the man page',
    examples: [
      ['bridge man | man -l -', 'read it'],
      ['bridge man > ~/.local/share/man/man1/bridge.1', 'then `man bridge`'],
    ],
    ofAll: true,
    load: async () => (await import('./man.ts')).registerMan,
  },
  update: {
    group: 'Set up',
    says: 'Say which bridge this is, and how to get a newer one',
    examples: [['bridge update', 'changes nothing']],
    load: async () => (await import('./update.ts')).registerUpdate,
  },
  import: {
    group: 'Set up',
    says: 'Take over agents and threads of another tool; its files stay',
    examples: [
      ['bridge import agent-comms', 'from ~/.config/agent-comms, or where its variables say'],
      ['bridge import agent-comms ./comms --dry-run', 'say what would be taken over'],
      ['bridge import agent-chat ~/.agent-chat/agent-chat.db', 'agents, groups, messages, and who has read them'],
    ],
    load: async () => (await import('./import.ts')).registerImport,
  },
  'install-wrappers': {
    group: 'Set up',
    says: 'Link the names of other tools to bridge, where they are free',
    examples: [
      ['bridge install-wrappers', 'tmux-bridge, agent_comms, agent-send.sh, … in ~/.local/bin, where they are free'],
      ['bridge install-wrappers --bin ~/bin'],
    ],
    load: async () => (await import('./install-wrappers.ts')).registerInstallWrappers,
  },
  uninstall: {
    group: 'Set up',
    says: 'Remove what bridge installed; what you changed stays',
    examples: [
      ['bridge uninstall', 'says what it would remove, and asks'],
      ['bridge uninstall --state --yes', 'the state directory, too'],
    ],
    ofAll: true,
    load: async () => (await import('./uninstall.ts')).registerUninstall,
  },
  version: {
    group: 'Set up',
    says: 'Print the version of bridge and of the Node it runs on',
    examples: [['bridge version']],
    load: async () => (await import('./version.ts')).registerVersion,
  },
  log: {
    group: 'Keep',
    says: 'Print what the journal remembers, oldest first',
    examples: [
      ['bridge log -f', 'what happens from now on, too'],
      ['bridge log --id e5smg0', 'the life of one request'],
      ['bridge log --mail', 'who wrote to whom, and what became of it'],
      ['bridge log --json', 'every event whole, one a line'],
    ],
    load: async () => (await import('./log.ts')).registerLog,
  },
  home: {
    group: 'Keep',
    says: 'Show the state directory that is used here, or move it',
    examples: [
      ['bridge home', 'which one is used here, and why'],
      ['bridge home move', 'an older bridge kept its journal in this repository: to ~/.bridge'],
      ['bridge home move --home ./old --to ~/.bridge-work'],
    ],
    load: async () => (await import('./home.ts')).registerHome,
  },
  verify: {
    group: 'Keep',
    says: 'Audit a state directory: journal and files; changes nothing',
    examples: [
      ['bridge verify', 'the state directory that bridge would use from here'],
      ['bridge verify --home ~/copy --json', 'a copy of one, for machines'],
    ],
    load: async () => (await import('./verify.ts')).registerVerify,
  },
  archive: {
    group: 'Keep',
    says: 'Move what ended long ago out of the journal into archive/',
    examples: [
      ['bridge archive --dry-run', 'what the daemon would move within a day'],
      ['bridge archive --older-than 7', 'what ended a week ago, now; beside a running bridge, too'],
    ],
    load: async () => (await import('./archive.ts')).registerArchive,
  },
  backup: {
    group: 'Keep',
    says: 'Copy the state directory into one file',
    examples: [['bridge backup ~/bridge-2026-11-30.backup', 'also while a bridge runs']],
    load: async () => (await import('./backup.ts')).registerBackup,
  },
  restore: {
    group: 'Keep',
    says: 'Make a state directory of a backup; types nothing',
    examples: [['bridge restore ~/bridge-2026-11-30.backup --home ~/.bridge', 'which must be empty or missing']],
    load: async () => (await import('./restore.ts')).registerRestore,
  },
};
