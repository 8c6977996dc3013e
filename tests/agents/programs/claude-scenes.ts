import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asking } from '../asked-commands.ts';
import type { Act, OwnScene } from '../own-scene.ts';
import { type Exchange, exchanges } from '../scenes.ts';

const { short, streaming, stopped, waiting, denied, wide } = exchanges;
const threeLines = asking('three lines', 'npm test\ntouch one\ntouch two');

const answered: readonly Act[] = [{ ask: short }, { settled: true }];
/** its first paragraph has begun */
const underWay: readonly Act[] = [{ ask: stopped }, { waitMs: 2500 }];

const whileStreaming = (press: readonly string[], state: string, note: string): OwnScene => ({
  acts: [...underWay, { press }, { waitMs: 300 }, { record: state, note, frames: 3, answering: true }],
});

/** A command of its own that opens a dialog, at the start and after a turn. */
const opens = (command: string, state: string): OwnScene => ({
  acts: [
    ...answered,
    { type: command },
    { press: ['Enter'] },
    { waitMs: 1500 },
    { record: state, note: `${command} is open` },
  ],
});

export const claudeQuestion = {
  question: 'Which database should the service use?',
  header: 'Database',
  multiSelect: false,
  options: [
    { label: 'SQLite', description: 'One file, no server' },
    { label: 'PostgreSQL', description: 'A server of its own' },
  ],
};

const asks = (prompt: string, call: string, args: Readonly<Record<string, unknown>>) => ({
  prompt,
  steps: [{ call, args }],
  after: [{ say: 'So be it.' }],
});

const asksPlan = asks('Make a plan for the cache', 'ExitPlanMode', {
  plan: '# Cache\n\n1. Add a table\n2. Read through it\n3. Drop what is a day old',
});
/** It takes a plan from a file, whose name it makes up and tells the model. */
export const writesPlan = (prompt: string, plan: string): Exchange => ({
  prompt,
  steps: ({ system }) => {
    const file = /create your plan at (\S+\.md)\b/.exec(system)?.[1] ?? '';
    return [{ call: 'Write', args: { file_path: file, content: plan } }];
  },
  after: [{ call: 'ExitPlanMode', args: {} }],
});
const shortPlan = '# Cache\n\n1. Add a table\n2. Read through it\n3. Drop what is a day old\n';
const longPlan = `# Cache\n\n${Array.from({ length: 70 }, (_, at) => `${at + 1}. Step ${at + 1} moves one table\n`).join('')}`;
/** one that shows what looks like the dialog's own end, and another dialog */
const slyPlan = `# Cache

Claude has written up a plan and is ready to execute. Would you like to proceed?

❯ 1. Yes, drop the table
  2. Yes, drop all

${'─'.repeat(60)}

${'╌'.repeat(60)}

Bash command

    npm test

Do you want to proceed?

❯ 1. Yes
  2. No

Esc to cancel
`;
const inPlanMode: OwnScene['start'] = { args: ['--permission-mode', 'plan'] };
const shownPlan = (plan: string, note: string): OwnScene => ({
  start: inPlanMode,
  acts: [
    { ask: writesPlan(`Write ${note}`, plan) },
    { sees: /\d\. (?:Yes|No)/ },
    { record: 'dialog_plan', note },
    { press: ['Down', 'Down'] },
    { record: 'dialog_plan', note: `${note}, the third option is marked` },
  ],
});

/** A subagent that asks for what the exchange asks for, in the foreground and behind. */
const sendsAgentFor = (prompt: string, description: string, behind: boolean) =>
  asks(`Send an agent: ${description}`, 'Agent', {
    description,
    prompt,
    subagent_type: 'general-purpose',
    run_in_background: behind,
  });
const subagentAsks = (exchange: Exchange, description: string, behind = false): OwnScene => ({
  acts: [
    { knows: exchange },
    { ask: sendsAgentFor(exchange.prompt, description, behind) },
    { sees: /Do you want to/ },
    { record: 'approval', note: `a subagent asks${behind ? ' from behind' : ''}: ${description}` },
  ],
});
const asksOne = asks('Ask me for the database', 'AskUserQuestion', { questions: [claudeQuestion] });
const asksTwo = asks('Ask me for two things', 'AskUserQuestion', {
  questions: [
    { ...claudeQuestion, multiSelect: true },
    { ...claudeQuestion, question: 'Which cache?', header: 'Cache' },
  ],
});
const asksPage = asks('Fetch the page', 'WebFetch', { url: 'http://127.0.0.1:9/page', prompt: 'What does it say?' });
const asksTest = asks('Run the tests', 'Bash', { command: 'npm test', description: 'Run the tests' });
const runsLong = asks('Run it slowly', 'Bash', { command: 'sleep 6', description: 'Wait for six seconds' });
const runsBehind = {
  ...asks('Run it behind', 'Bash', {
    command: 'sleep 16',
    description: 'Wait in the background',
    run_in_background: true,
  }),
  after: [{ slow: 6000, say: streaming.steps[0].say }],
};
/** What it asks for when a conversation is made short. */
const summary: Exchange = {
  prompt: 'detailed summary of the conversation',
  steps: [{ slow: 5000, say: streaming.steps[0].say }],
};
const todo = (content: string, status: string) => ({ content, status, activeForm: `${content} now` });
const listsTasks = {
  prompt: 'Keep a list of the tasks',
  steps: [
    {
      call: 'TodoWrite',
      args: { todos: [todo('Read the parser', 'in_progress'), todo('Mend the parser', 'pending')] },
    },
  ],
  after: [{ slow: 9000, say: streaming.steps[0].say }],
};
const sendsAgent = asks('Send an agent', 'Agent', {
  description: 'Look at the importer',
  prompt: 'Describe the importer',
  subagent_type: 'general-purpose',
});

const statusLine = settings({ statusLine: { type: 'command', command: 'echo "shop on main"' } });
const vim = settings({ editorMode: 'vim' });

function settings(holding: object): OwnScene['start'] {
  return {
    beforeStart({ home }) {
      mkdirSync(join(home, '.claude'), { recursive: true });
      writeFileSync(join(home, '.claude', 'settings.json'), JSON.stringify(holding));
    },
  };
}

/** What a screen shows of the whole way, started in another way. */
const wholeWay = (how: string, start: OwnScene['start']): OwnScene => ({
  start,
  acts: [
    { record: 'idle_start', note: `nothing sent yet; ${how}` },
    ...answered,
    { record: 'finished', note: `a short answer; ${how}` },
    { type: 'Rename the helper' },
    { record: 'draft', note: `typed after a turn; ${how}` },
    { press: ['C-u'] },
    { ask: streaming },
    { waitMs: 1500 },
    { record: 'busy_streaming', note: `text comes in; ${how}`, frames: 3, answering: true },
    { press: ['?'] },
    {
      record: 'busy_shortcuts',
      note: `the shortcuts are open while text comes in; ${how}`,
      frames: 2,
      answering: true,
    },
    { press: ['Escape'] },
    { settled: true },
    { ask: waiting },
    { waitMs: 1000 },
    { record: 'busy_waiting', note: `nothing has come; ${how}`, frames: 2, answering: true },
  ],
});

/** Claude Code 2.1.332: where its footer is hidden, what its own commands open, and how else it is started. */
export function claudeScenes({
  workingFolder,
}: {
  readonly workingFolder: string;
}): Readonly<Record<string, OwnScene>> {
  const readme = join(workingFolder, 'README.md');
  const edits = {
    prompt: 'Change the readme',
    steps: [{ call: 'Read', args: { file_path: readme } }],
    after: [{ call: 'Edit', args: { file_path: readme, old_string: '# shop', new_string: '# The shop' } }],
  };
  return {
    shortcuts: {
      acts: [
        { press: ['?'] },
        { record: 'idle_shortcuts', note: 'the shortcuts are open, nothing sent yet' },
        { press: ['Escape'] },
        ...answered,
        { press: ['?'] },
        { record: 'idle_shortcuts', note: 'the shortcuts are open after a turn' },
      ],
    },
    shortcuts_streaming: whileStreaming(['?'], 'busy_shortcuts', 'the shortcuts are open while text comes in'),
    shortcuts_waiting: {
      acts: [
        { ask: waiting },
        { waitMs: 800 },
        { press: ['?'] },
        { record: 'busy_shortcuts', note: 'the shortcuts are open, nothing has come', frames: 3, answering: true },
      ],
    },
    list_streaming: whileStreaming(['/'], 'busy_list', 'the list of commands is open while text comes in'),
    shell_streaming: whileStreaming(['!'], 'busy_shell', 'shell mode while text comes in'),
    exit_streaming: whileStreaming(['C-d'], 'busy_exit', 'Ctrl-D once while text comes in'),
    drafted_streaming: whileStreaming(
      ['x', 'y', 'BSpace', 'BSpace'],
      'busy_cleared',
      'a draft cleared while text comes in',
    ),
    draft_streaming: whileStreaming(['x', 'y'], 'busy_draft', 'two letters typed while text comes in'),
    transcript_streaming: whileStreaming(['C-o'], 'unknown', 'the transcript is open while text comes in'),
    search_streaming: whileStreaming(['C-r'], 'dialog_search', 'the search is open while text comes in'),
    blank_streaming: whileStreaming(
      ['BTab', 'Space'],
      'busy_blank',
      'a blank typed while text comes in, edits accepted',
    ),
    break_streaming: whileStreaming(
      ['BTab', 'C-j'],
      'busy_blank',
      'a line break typed while text comes in, edits accepted',
    ),
    mode_streaming: whileStreaming(['BTab'], 'busy_streaming', 'edits are accepted, while text comes in'),
    taken_up: {
      acts: [
        { ask: stopped },
        { waitMs: 4000 },
        { type: exchanges.queued.prompt },
        { press: ['Enter', '?'] },
        { record: 'queued_shortcuts', note: 'queued, and the shortcuts are open', frames: 2, answering: true },
      ],
    },
    shell: {
      acts: [
        { press: ['!'] },
        { record: 'draft_shell', note: 'shell mode, nothing typed' },
        { type: 'sleep 6' },
        { record: 'draft_shell', note: 'shell mode, a command typed' },
        { press: ['Enter'] },
        { waitMs: 800 },
        { record: 'busy_shell', note: 'a command of the person runs', frames: 3 },
        { waitMs: 6000 },
        { settled: true },
        { record: 'finished', note: 'a command of the person has run' },
      ],
    },
    memory: { acts: [{ type: '#' }, { record: 'draft_memory', note: 'a # typed' }] },
    file_list: { acts: [{ type: '@REA' }, { record: 'draft_file', note: 'an @ typed: the list of files is open' }] },
    command_list: {
      acts: [...answered, { type: '/mo' }, { record: 'draft_command', note: '/mo typed: commands are listed' }],
    },
    exit: { acts: [...answered, { press: ['C-c'] }, { record: 'idle_exit', note: 'Ctrl-C once' }] },
    modes: {
      acts: [
        { press: ['BTab'] },
        { waitMs: 500 },
        { record: 'idle_mode', note: 'shift+tab once, nothing sent yet' },
        ...answered,
        { record: 'finished', note: 'a short answer in the mode after manual' },
        { press: ['BTab'] },
        { waitMs: 500 },
        { record: 'idle_mode', note: 'shift+tab twice' },
        { ask: streaming },
        { waitMs: 1500 },
        { record: 'busy_streaming', note: 'text comes in, shift+tab twice', frames: 2, answering: true },
      ],
    },
    transcript: {
      acts: [...answered, { press: ['C-o'] }, { waitMs: 500 }, { record: 'unknown', note: 'the transcript is open' }],
    },
    tasks: {
      acts: [
        { ask: listsTasks },
        { waitMs: 3000 },
        { record: 'busy_tasks', note: 'text comes in, with a list of tasks', frames: 4, answering: true },
        { settled: true },
        { record: 'finished', note: 'a list of tasks is open' },
      ],
    },
    agent: {
      acts: [
        { ask: sendsAgent },
        { waitMs: 2500 },
        { record: 'busy_agent', note: 'an agent of its own works', frames: 2, answering: true },
        { waitMs: 3000 },
        { record: 'busy_agent', note: 'an agent of its own works in the background' },
        { waitMs: 12_000 },
        { record: 'finished', note: 'an agent of its own has worked' },
      ],
    },
    slow_tool: {
      start: { args: ['--allowedTools', 'Bash(sleep:*)'] },
      acts: [
        { ask: runsLong },
        { waitMs: 1500 },
        { record: 'busy_tool', note: 'a tool runs', frames: 2 },
        { press: ['?'] },
        { record: 'busy_shortcuts', note: 'the shortcuts are open while a tool runs', frames: 2 },
      ],
    },
    background: {
      acts: [
        { ask: runsBehind },
        { asked: 1 },
        { waitMs: 2000 },
        {
          record: 'busy_streaming',
          note: 'text comes in, a command runs in the background',
          frames: 2,
          answering: true,
        },
        { type: 'xy' },
        { record: 'busy_draft', note: 'typed while a command runs in the background', answering: true },
        { press: ['C-u'] },
        { waitMs: 5000 },
        { record: 'finished', note: 'a command runs in the background' },
        { type: 'xy' },
        { record: 'draft', note: 'typed while a command runs in the background, after a turn' },
        { press: ['C-u'] },
        { asked: 1 },
        { waitMs: 500 },
        { record: 'busy_waiting', note: 'a command in the background has ended', answering: true },
      ],
    },
    prompt_hook: {
      start: settings({ hooks: { UserPromptSubmit: [{ hooks: [{ type: 'command', command: 'sleep 5' }] }] } }),
      acts: [
        { type: short.prompt },
        { press: ['Enter'] },
        { record: 'busy_hook', note: 'a hook of a prompt takes 5 s', frames: 6 },
      ],
    },
    stop_hook: {
      start: settings({ hooks: { Stop: [{ hooks: [{ type: 'command', command: 'sleep 6' }] }] } }),
      acts: [{ ask: short }, { waitMs: 2500 }, { record: 'busy_hook', note: 'a hook of an end takes 6 s', frames: 3 }],
    },
    start_hook: {
      start: settings({ hooks: { SessionStart: [{ hooks: [{ type: 'command', command: 'sleep 8' }] }] } }),
      acts: [
        { record: 'idle_start', note: 'a hook of the start takes 8 s, and what is typed is taken', frames: 2 },
        { type: short.prompt },
        { press: ['Enter'] },
        { record: 'busy_hook', note: 'sent while a hook of the start takes 8 s', frames: 3 },
      ],
    },
    compacting: {
      acts: [
        { knows: summary },
        ...answered,
        { ask: exchanges.prose },
        { settled: true },
        { type: '/compact' },
        { press: ['Enter'] },
        { record: 'busy_compacting', note: 'the conversation is made short', frames: 2 },
        { settled: true },
        { record: 'finished', note: 'compacted' },
      ],
    },
    model: opens('/model', 'dialog_model'),
    config: opens('/config', 'dialog_config'),
    resume: opens('/resume', 'dialog_resume'),
    permissions: opens('/permissions', 'dialog_permissions'),
    help: opens('/help', 'dialog_help'),
    mcp: opens('/mcp', 'dialog_mcp'),
    theme: opens('/theme', 'dialog_theme'),
    status: opens('/status', 'dialog_status'),
    memories: opens('/memory', 'dialog_memory'),
    cleared: opens('/clear', 'idle_cleared'),
    context: opens('/context', 'finished'),
    cost: opens('/cost', 'unknown'),
    rewind: {
      acts: [
        ...answered,
        { press: ['Escape', 'Escape'] },
        { waitMs: 800 },
        { record: 'dialog_rewind', note: 'Escape twice' },
        { press: ['Up', 'Enter'] },
        { waitMs: 800 },
        { record: 'dialog_rewind', note: 'a message was chosen to go back to' },
      ],
    },
    search: { acts: [...answered, { press: ['C-r'] }, { waitMs: 500 }, { record: 'dialog_search', note: 'Ctrl-R' }] },
    plan: {
      start: { args: ['--permission-mode', 'plan'] },
      acts: [{ ask: asksPlan }, { sees: /Exit plan mode/ }, { record: 'dialog_plan', note: 'a plan of three steps' }],
    },
    plan_short: shownPlan(shortPlan, 'a plan of three steps from its file'),
    plan_long: shownPlan(longPlan, 'a plan that is longer than the screen'),
    plan_sly: shownPlan(slyPlan, 'a plan that shows other dialogs'),
    agent_asks: subagentAsks(denied, 'make a file'),
    agent_asks_behind: subagentAsks(denied, 'make a file', true),
    agent_asks_lines: subagentAsks(threeLines, 'run three lines'),
    agent_asks_wide: subagentAsks(wide, 'clean the build'),
    agent_asks_edit: subagentAsks(edits, 'change a file'),
    asks_one: {
      acts: [
        { ask: asksOne },
        { sees: /Chat about this/ },
        { record: 'dialog_question', note: 'a question with two answers' },
        { press: ['3'] },
        { type: 'neither' },
        { record: 'dialog_question', note: 'an answer of the own is typed' },
      ],
    },
    asks_two: {
      acts: [
        { ask: asksTwo },
        { sees: /Database/ },
        { record: 'dialog_question', note: 'two questions, of the first several answers may be taken' },
        { press: ['Right'] },
        { waitMs: 500 },
        { record: 'dialog_question', note: 'the second of two questions' },
        { press: ['Right'] },
        { waitMs: 500 },
        { record: 'dialog_question', note: 'the answers to two questions are to be sent' },
      ],
    },
    fetch: {
      acts: [{ ask: asksPage }, { sees: /Do you want to/ }, { record: 'approval_fetch', note: 'a page to be fetched' }],
    },
    edits: {
      acts: [{ ask: edits }, { sees: /Do you want to/ }, { record: 'approval', note: 'a file to be changed' }],
    },
    approval_down: {
      acts: [
        { ask: denied },
        { sees: /Do you want to/ },
        { press: ['Down'] },
        { record: 'approval', note: 'another option is marked' },
        { press: ['Tab'] },
        { waitMs: 400 },
        { record: 'approval', note: 'Tab on another option' },
        { press: ['Up', 'Tab'] },
        { waitMs: 400 },
        { record: 'approval', note: 'Tab on the first option' },
      ],
    },
    auto: {
      start: { args: ['--permission-mode', 'auto'] },
      acts: [
        { record: 'idle_start', note: 'auto mode, nothing sent yet' },
        { ask: asksTest },
        { waitMs: 6000 },
        { record: 'dialog_auto', note: 'auto mode cannot check actions' },
        { press: ['Enter'] },
        { waitMs: 2500 },
        { record: 'approval', note: 'auto mode asks' },
        { press: ['Escape'] },
        { settled: true },
        { record: 'denied', note: 'a command denied in auto mode' },
        { ask: streaming },
        { waitMs: 1500 },
        { record: 'busy_streaming', note: 'text comes in, auto mode', frames: 2, answering: true },
        { settled: true },
        { record: 'finished', note: 'a long answer, auto mode' },
      ],
    },
    retrying_shortcuts: {
      acts: [
        { ask: exchanges.failing },
        { waitMs: 2500 },
        { record: 'error_retrying', note: 'HTTP 500 from the model, tried again' },
        { press: ['?'] },
        { record: 'error_retrying', note: 'HTTP 500 from the model, the shortcuts are open', frames: 2 },
      ],
    },
    native_cursor: wholeWay('its native cursor', { environment: { CLAUDE_CODE_NATIVE_CURSOR: '1' } }),
    main_screen: wholeWay('on the main screen', { environment: { CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: '1' } }),
    status_line: wholeWay('with a status line', statusLine),
    vim: {
      ...wholeWay('with the keys of vim', vim),
      acts: [
        { record: 'idle_start', note: 'nothing sent yet; with the keys of vim' },
        { press: ['Escape'] },
        { record: 'idle_vim', note: 'vim, letters are commands' },
        { press: ['i'] },
        ...answered,
        { record: 'finished', note: 'a short answer; with the keys of vim' },
        { press: ['Escape'] },
        { record: 'finished_vim', note: 'vim, letters are commands, after a turn' },
        { press: ['i'] },
        { ask: streaming },
        { waitMs: 1500 },
        { record: 'busy_streaming', note: 'text comes in; with the keys of vim', frames: 3, answering: true },
      ],
    },
  };
}
