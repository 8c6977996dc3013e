import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram } from './agent-program.ts';
import { usualComposer } from './composers.ts';
import { usualSignals, waitingNotices } from './hook-events.ts';

/** Its mode and what it may do unasked; no other footer belongs to a program that rests. */
const resting =
  '(?:Interactive|Plan|Autopilot(?: \\(limited\\))?) · (?:Manual Approval|Assisted Permissions|Allow All)\\b';

/** A dialog has a frame over the whole width; what the model wrote stands inside it, or further to the right. */
const frameAbove = '^╭─{10,}╮$';
const frameBelow = '^╰─{10,}╯$';
const commandAsked = '^Do you want to run this command\\?$';
/** Its bar of tabs, in the first row. */
const header = '^ \\[Current\\] ';
const ruleAbove = '^─{10,}$';

/** GitHub Copilot CLI 1.0.102. Its last row alone tells whether it works; its title is the first prompt in every state. */
export const copilot: AgentProgram = {
  name: 'copilot',
  programs: ['copilot'],
  seenWith: ['1.0.102'],
  composer: {
    agent: 'copilot',
    ...usualComposer,
    settleMs: 400,
    longPasteMarkers: ['\\[Paste #[0-9]+ - ([0-9]+) lines\\]'],
    // a `$` and nothing else opens a shell, by its settings' own words
    commandOpenings: [{ pattern: '^\\s*(?:[!/]|\\$\\s*$)', prefix: 'Answer: ' }],
    commandEndings: [
      { pattern: '\\\\$', append: ' ' },
      // a list is open, from which Enter chooses
      { pattern: '[@#]\\S*$', append: ' ' },
    ],
    changes: { trims: true, tab: '    ' },
    dialogWords: ['(enter|ctrl\\+d) to (select|decline)', 'any key close help'],
  },
  screen: declared('copilot', {
    composer: {
      above: '^ [~/]',
      top: '^─{10,}$',
      bottom: '^─{10,}$',
      prompt: '^❯(?: |$)',
      indent: '^ {2}',
      // half of the screen's rows: of one with 24, so many
      mostRows: 10,
      below: 1,
      footer: `^ (?:← open sidebar · )?${resting}|^ [●◉◎○] Working\\b`,
      cursor: 'shown',
    },
    busy: { footer: ['^ [●◉◎○] Working\\b'] },
    starting: ['^ [●◉◎○] Loading:'],
    rest: { footer: `^ (?:← open sidebar · )?${resting}` },
    quietMs: 600,
    quietAloneMs: 1500,
    dialogs: [
      {
        kind: 'trust',
        edge: frameAbove,
        top: '^│ Confirm folder trust$',
        last: frameBelow,
        question: '^Do you trust the files in this folder\\?$',
      },
      {
        kind: 'edit',
        edge: frameAbove,
        // a command has its description there; of a file that moves the new place alone is named
        top: '^│ (?:Create|Delete|Edit|Move and update|Update|Write) file$',
        last: frameBelow,
        asking: '^Do you want to ',
        question: '^Do you want to (?:create|delete|edit|move and update|update|write|make) ',
      },
      {
        kind: 'approval',
        edge: frameAbove,
        // the model's description of a command, or a title
        top: '^│ \\S',
        last: frameBelow,
        question: '^Do you want to .*\\?$',
        subject: {
          is: 'command',
          asked: commandAsked,
          // the description may hold such a box
          isLowest: true,
          from: '^╭─{10,}╮$',
          to: '^╰─{10,}╯$',
          row: '^│ (.*)$',
          indent: '^│ ?',
          // it leaves out a title that a command sets (OSC 0), with all words in it: `npm test` may be what is left
          mostRows: 0,
        },
      },
      // one that is taller than the screen: its beginning is out of sight
      {
        kind: 'approval',
        top: '^│ Do you want to .*\\?$',
        last: frameBelow,
        question: '^Do you want to .*\\?$',
        subjectFrom: header,
        subject: {
          is: 'command',
          asked: commandAsked,
          row: '^│ (.*)$',
          indent: '^│ ?',
          to: '^╰─{10,}╯$',
          mostRows: 0,
        },
      },
      {
        kind: 'choice',
        edge: ruleAbove,
        top: '^ \\S.* needs information\\.$',
        last: '\\benter accept · .*\\besc cancel$',
        tail: 2,
        question: '^ \\S.*\\?$',
        options: { row: '^ [❯ ] (\\S.*)$', highlighted: '^ ❯ ' },
      },
      {
        kind: 'choice',
        edge: ruleAbove,
        top: '^ Session only\\. ',
        last: '\\benter to select · .*\\besc to cancel$',
      },
      {
        kind: 'other',
        top: '^ any key close help\\b',
        last: '^ any key close help\\b',
        options: { row: '^ (any key close help)\\b', key: 'Escape' },
      },
    ],
    header,
    transcript: {
      // the time at its right end tells an input from a folded thought; the rest of a long one stands under its text
      input: '^ ❯ (.*?)(?= {2,}\\d{1,2}:\\d\\d(?: [AP]M)?$)',
      own: '^ ● ',
      tool: '^ (?:[$✗] |[A-Z]{2} )(?:Shell|Create|Asked user) ',
      notice:
        '^ ❯ Thought for |^ ● (?:Tip: |No copilot-instructions\\.md |Operation cancelled by user$|Request failed due to )|^ ! ',
      error: '^ ✗ ',
      gutter: 3,
      erasedMark: '^\\s*<>$',
    },
  }),
  hooks: {
    folder: { env: 'COPILOT_HOME', name: '.copilot' },
    settings: {
      file: 'settings.json',
      events: ['SessionStart', 'UserPromptSubmit', 'Notification', 'Stop', 'SessionEnd'],
      timeout: 10,
      fields: {},
    },
    trust: null,
    signals: {
      ...usualSignals,
      notices: waitingNotices,
      // its notices have the other spelling
      session: ['session_id', 'sessionId'],
    },
  },
  launch: {
    executable: 'copilot',
    guarded: [],
    guardedBy: 'its approval questions',
    yolo: ['--allow-all'],
    controller: ['--deny-tool', 'shell', '--deny-tool', 'write'],
    promptPrefix: ['--interactive'],
    guardedEnv: { COPILOT_ALLOW_ALL: 'false' },
    install: 'npm install -g @github/copilot',
  },
};
