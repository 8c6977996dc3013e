// What `npm run NAME` does, for each NAME in package.json: the steps that scripts/run.mjs takes, and what --help says of it.
// Plain JavaScript that an old Node can still read, and that needs no package.

const ready = ['node', 'scripts/check-prerequisites.mjs'];
const build = [
  ['tsc', '-p', 'tsconfig.build.json'],
  ['node', 'scripts/bundle.mjs'],
  ['vite', 'build', '--config', 'vite.dashboard.config.ts'],
  ['chmod', '+x', 'dist/cli/main.js'],
];
const check = [
  ['tsc', '-p', 'tsconfig.json'],
  ['tsc', '-p', 'bridge/dashboard/tsconfig.json', '--noEmit'],
  ['biome', 'check', '.'],
];
const agents = 'claude, codex, gemini, qwen, cline, continue, opencode, pi, kimi, kilo, copilot, grok';
const help = ['-h, --help', 'this, at once: nothing is built or run'];

/**
 * `usage` follows the name in the first line, `options` are pairs of a flag and its meaning, `steps` are command lines of which
 * the last also gets the words that the user gave.
 */
export const tasks = {
  prepare: {
    usage: '',
    says: 'Builds dist/; npm itself runs it after an install in a checkout, and before it packs.',
    options: [help],
    examples: [['npm run prepare', 'the same as npm run build']],
    steps: build,
  },
  build: {
    usage: '[-- OPTIONS OF tsc]',
    says: 'Compiles bridge/ into build/, for benchmarks and tools, and bundles it into dist/, which is what the program `bridge` runs, with its page.',
    options: [help],
    examples: [['npm run build', 'then: node dist/cli/main.js --help']],
    steps: build,
  },
  check: {
    usage: '[-- OPTIONS OF biome check]',
    says: 'Reads the types of all the code, then its format and style. Changes nothing unless it is told to.',
    options: [['--write', 'mend the format and what is safe to mend'], help],
    examples: [
      ['npm run check', ''],
      ['npm run check -- --write', ''],
    ],
    steps: check,
  },
  docs: {
    usage: '',
    says: 'Writes anew what docs/ has from the code: the tables that list agent programs, and docs/reference/cli.md.',
    options: [help],
    examples: [['npm run docs', 'then: git diff docs']],
    steps: [...build, ['node', 'scripts/agent-tables.mjs'], ['node', 'scripts/cli-reference.mjs']],
  },
  test: {
    usage: '[-- FILTER...] [OPTIONS OF vitest run]',
    says: 'Builds, checks and runs the tests: pure ones, and live ones, each with a tmux server of its own. Seven or eight minutes on two cores.',
    options: [
      ['FILTER', 'only the test files with this in their path'],
      ['-t NAME', 'only the tests with this in their name'],
      ['--exclude GLOB', 'leave these files out: tests/live/** needs no tmux'],
      help,
    ],
    examples: [
      ['npm test', 'all of it'],
      ['npm test -- tests/requests', 'one folder'],
      ['npx vitest run tests/docs.test.ts', 'one file, without the build and the check'],
    ],
    steps: [ready, ...build, ...check, ['vitest', 'run']],
  },
  'test:agents': {
    usage: '[-- FILTER...] [OPTIONS OF vitest run]',
    says: 'Tests bridge with real agent programs, which it installs, against a scripted model server. Nobody’s account is needed.',
    options: [
      ['BRIDGE_TEST_AGENTS', `the programs, parted by commas, or all (codex,gemini,claude); known: ${agents}`],
      ['FILTER', 'only the test files with this in their path'],
      help,
    ],
    examples: [
      ['npm run test:agents', ''],
      ['BRIDGE_TEST_AGENTS=codex npm run test:agents -- tests/agents/bridge.test.ts', ''],
    ],
    steps: [ready, ['node', 'tests/agents/test.mjs']],
  },
  'test:hosts': {
    usage: '[-- FILTER...] [OPTIONS OF vitest run]',
    says: 'Tests other hosts in every state of their link, with a real sshd on loopback: takes root, openssh-server, iproute2 and faketime. Some minutes.',
    options: [['FILTER', 'only the test files with this in their path'], help],
    examples: [
      ['npm run test:hosts', ''],
      ['npm run test:hosts -- cuts', 'the link is cut at each step of a delivery'],
    ],
    steps: [ready, ...build, ['vitest', 'run', '--config', 'vitest.hosts.config.ts']],
  },
  'test:mcp': {
    usage: '',
    says: 'MCP’s own conformance suite and the inspector’s command line, against a server that is started for it. Linux; installs them and a Node 22 into a temporary folder.',
    options: [help],
    examples: [['npm run test:mcp', 'half a minute, and what npm takes']],
    steps: [ready, ...build, ['node', 'tests/conformance/run.mjs']],
  },
  'test:browser': {
    usage: '[-- FILTER...] [OPTIONS OF vitest run]',
    says: 'Tests the dashboard with 200 members and 100,000 messages in Debian’s Chromium; skipped with a line where there is none. Some minutes.',
    options: [
      ['BRIDGE_TEST_SOAK_MINUTES', 'how long the page is left open and weighed (1)'],
      ['FILTER', 'only the test files with this in their path'],
      help,
    ],
    examples: [
      ['npm run test:browser', ''],
      ['BRIDGE_TEST_SOAK_MINUTES=30 npm run test:browser -- soak', ''],
    ],
    steps: [ready, ...build, ['vitest', 'run', '--config', 'vitest.browser.config.ts']],
  },
  pictures: {
    usage: '-- claude|claude codex mail|dashboard',
    says: 'Makes the pictures of docs/pictures/ from a real run: Claude Code before a scripted model, and a bridge beside it.',
    options: [
      ['mail', 'docs/pictures/mail.svg instead: Claude Code and codex write to each other'],
      [
        'dashboard',
        'docs/pictures/dashboard-*.png and top*.svg instead: its views in Chromium and bridge top, before scripted agents',
      ],
      help,
    ],
    examples: [
      ['npm run pictures -- claude', 'then look at docs/pictures/bridge.svg in a browser'],
      ['npm run pictures -- claude codex mail', 'then at docs/pictures/mail.svg'],
      ['npm run pictures -- dashboard', 'a quarter of a minute'],
    ],
    steps: [...build, ['node', 'tests/agents/pictures.mjs']],
  },
  demo: {
    usage: '[-- --mail]',
    says: 'Shows bridge at work in three seconds: a scripted worker asks on a private tmux server, rules answer, nothing is left behind.',
    options: [['--mail', 'three scripted agents that write to each other instead'], help],
    examples: [
      ['npm run demo', ''],
      ['npm run demo -- --mail', 'an answer, a thread, mail for one that was down, a loop that is stopped'],
      ['npm run build && node dist/cli/main.js demo', 'the same by hand'],
    ],
    steps: [ready, ['node', 'dist/cli/main.js', 'demo']],
  },
  record: {
    usage: '-- AGENT [OPTIONS]',
    says: 'Drives a real agent program through its states, and records each screen into tests/screens.',
    options: [
      ['AGENT', `one of ${agents}`],
      ['--size 80x24', 'columns and rows (120x40)'],
      ['--only A,B', 'these scenes only'],
      ['--main', 'the main scenes only'],
      ['--within PATTERN', 'of commands and files only those whose name fits'],
      ['--one', 'commands one after the other in one program, each denied: quicker where a start takes long'],
      ['--escapes FILE', 'adds the OSC sequences of each scene to this file, one JSON object a line'],
      ['--out DIR', 'where to (tests/screens)'],
      ['--list', 'names the scenes'],
      help,
    ],
    examples: [
      ['npm run record -- qwen --size 80x24 --main', ''],
      ['npm run record -- codex --only start,draft --out my-screens', ''],
    ],
    steps: [ready, ['node', 'tests/agents/record.mjs']],
  },
  deliveries: {
    usage: '-- AGENT... [OPTIONS]',
    says: 'Puts every kind of text into real agent programs, again and again; the scripted model’s log is the witness.',
    options: [
      ['AGENT', `${agents}, or all`],
      ['--each 20', 'deliveries of each kind; a quarter of it of those beyond the usual ones'],
      ['--method NAME', "bridge; or what others do: 'paste 400' (bracketed paste, 400 ms, Enter), 'keys 400'"],
      [
        '--state NAME',
        'what the agent is in: turn (the default), start, 80x24, scrolled, copy-mode, busy, draft, dialog, interrupted, denied, error',
      ],
      ['--only TEXT', 'kinds whose name contains TEXT; may be repeated'],
      ['--but TEXT', 'not those whose name contains TEXT; may be repeated'],
      ['--minutes N', 'ends after so long; what is missing is done the next time'],
      ['--results FILE', 'each delivery adds a line of JSON (deliveries.jsonl); what stands there is not done again'],
      ['--table', 'prints what the results say, and does nothing'],
      ['--json', 'the same as JSON'],
      help,
    ],
    examples: [
      ['npm run deliveries -- codex gemini --each 20', ''],
      ['npm run deliveries -- all --table', ''],
    ],
    steps: [ready, ['node', 'tests/agents/deliveries.mjs']],
  },
  bench: {
    usage: '[-- OPTIONS]',
    says: 'Measures bridge beside polling: how soon a request is known, what idling costs, how fast texts are delivered.',
    options: [
      ['--panes 1,10,50,200', 'how many panes there are'],
      ['--seconds 20', 'how long idling is measured'],
      ['--short', 'fewer panes and samples, as CI runs it'],
      ['--deliveries', 'deliveries only'],
      ['--cli', 'how long commands take as processes, beside node itself; only that'],
      ['--mail', 'what agents write to each other: call to program, posts/s, messages/s; only that'],
      ['--hosts', 'a worker here beside one behind ssh: call to program, request known; only that'],
      ['--hub', 'sends, pushes and lookups by the server; only that'],
      ['--url URL', "hub: another server that speaks as agent-chat's does, in turn with ours"],
      ['--token TOKEN', 'hub: its token'],
      ['--messages 1000000', 'hub: how many are stored before looking up'],
      ['--beside COMMAND', 'mail: sends in turn with bridge; TO, PANE, FROM and TEXT are in its environment'],
      ['--beside-post COMMAND', 'mail: posts beside bridge'],
      ['--beside-setup COMMAND', 'mail: makes ready what these need'],
      ['--agents A,B|all', 'to real agent programs too, one after another'],
      ['--samples 15', 'deliveries to each real agent'],
      ['--at-once 50', 'scripted agents at the same time'],
      ['--against DIR', 'a built checkout of another commit, measured beside this one'],
      ['--json', 'the figures for a machine'],
      help,
    ],
    examples: [
      ['npm run bench -- --short', ''],
      ['npm run bench -- --deliveries --agents codex,pi --samples 15', ''],
      [`npm run bench -- --mail --beside 'agent_comms send "$TO" "$TEXT" --from alice'`, ''],
    ],
    steps: [ready, ['node', 'bench/run.mjs']],
  },
  score: {
    usage: '[-- OPTIONS]',
    says: 'Tells how rightly recorded screens are read. Exit 1 where one reads as ready and is not, or a dialog could be approved by a rule that does not name it.',
    options: [
      ['--screens DIR', 'a folder with manifest.json, as scripts/record-screen makes it (tests/screens)'],
      ['--agent NAME', 'only this agent’s screens'],
      ['--mutated', 'their mutations too: quoted dialogs, torn frames, other titles, …'],
      ['--endings DIR', 'labelled endings of turns (tests/endings)'],
      ['--verbose', 'every wrong reading, not only the first twenty'],
      ['--json', '{agents: {NAME: {accuracy, readyWhenNot, unknown, n, msPerReading}}, total: {…}, …}'],
      ['--fail-on-regression', 'exit 1 below the floor in DIR/floor.json'],
      ['--write', 'puts the table into docs/measurements/accuracy.md'],
      help,
    ],
    examples: [
      ['npm run score -- --agent codex --verbose', ''],
      ['npm run score -- --screens bridge-screens --json', ''],
    ],
    steps: [ready, ['node', 'bench/score.mjs']],
  },
  faults: {
    usage: '[-- hostile|crashes|window|mail|all] [OPTIONS]',
    says: 'Fault injection: sets hostile agents against the courier, and kills the bridge, tmux, panes and agents; then compares what each side wrote down.',
    options: [
      ['hostile', 'agent programs that do everything wrong'],
      ['crashes', 'kill -9 of the bridge at every commit, of tmux, of panes and agents'],
      ['window', 'dialogs that open in the moment of Enter'],
      ['mail, --mail', 'kill -9 of whoever writes, carries and reads what agents write to each other'],
      ['--seed N', 'the same seed makes the same cases'],
      ['--cases N', 'how many'],
      ['--minutes N', 'ends after so long'],
      ['--case NAME', 'this case only, with its story'],
      ['--pairs A,B', 'hostile: the first fault with each of the others, and nothing else'],
      ['--keep FILE', 'crashes: goes on where the run that left FILE was stopped, and reports both as one'],
      ['--json', 'the report for a machine'],
      help,
    ],
    examples: [
      ['npm run faults -- hostile --seed 2026 --cases 3000 --minutes 20', ''],
      ['npm run faults -- crashes --case daemon-at-delivery-typed-after --cases 20', ''],
      ['npm run faults -- --mail --cases 300 --seed 7', ''],
    ],
    steps: [ready, ...build, ['node', 'tests/faults/run.mjs']],
  },
  soak: {
    usage: '[-- OPTIONS]',
    says: 'Lets many scripted workers ask for a long time, and counts that nothing was lost or repeated and nothing grows. Ctrl-C ends it with a report.',
    options: [
      ['--minutes 10', 'how long'],
      ['--workers 50', 'how many'],
      ['--seed N', 'the same seed makes the same workers'],
      ['--json', 'the report for a machine'],
      help,
    ],
    examples: [['npm run soak -- --minutes 10 --seed 41', '']],
    steps: [ready, ...build, ['node', 'tests/faults/soak.mjs']],
  },
};

/** The old name of `faults`, which does the same. */
tasks.torture = {
  ...tasks.faults,
  examples: tasks.faults.examples.map(([line, what]) => [line.replace('npm run faults', 'npm run torture'), what]),
};

/** What `npm run NAME -- --help` prints. */
export function helpOf(name) {
  const { usage, says, options, examples } = tasks[name];
  const command = `npm run ${name} ${usage}`.trim();
  return `Usage: ${command}\n\n${says}\n\nOptions:\n${columns(options)}\n\nExamples:\n${columns(examples)}\n`;
}

function columns(pairs) {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n');
}
