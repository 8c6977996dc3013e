import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram } from './agent-program.ts';
import { endingsWithNames, usualComposer } from './composers.ts';
import { usualSignals } from './hook-events.ts';

/** All of its screen but what a model wrote begins before column 3. */
const rule = '^ ─{10,}$';
/** Below the options of an approval; with "Reject with feedback" another row stands there, and digits are text. */
const choices = '^ {3}↑/↓ select · [\\d/]+ choose · ';

/** Kimi Code 2.1.0. Its title is the first prompt in every state; only the row above its box tells that it works. */
export const kimi: AgentProgram = {
  name: 'kimi',
  programs: ['kimi', 'kimi-code'],
  seenWith: ['2.1.0'],
  composer: {
    agent: 'kimi',
    ...usualComposer,
    settleMs: 100,
    interruptKey: 'Escape',
    longPasteMarkers: ['\\[paste #[0-9]+ \\+?([0-9]+) (lines|chars)\\]'],
    commandEndings: endingsWithNames,
    changes: { trims: true, tab: '    ', joinsFailed: '\n\n' },
    dialogWords: ['↑/↓ select · [0-9/]+ choose', '↑↓ navigate · ', '▶ Run this command\\?'],
  },
  screen: declared('kimi', {
    composer: {
      top: '^ [╭├]─{3,}(?: ↑ \\d+ more ─+)?[╮┤]$',
      scrolled: ' ↑ \\d+ more ─',
      bottom: '^[ │]╰─{3,}(?: ↓ \\d+ more ─+)?╯$',
      // `!` stands there in the mode in which a text is a shell command
      prompt: '^ │ > ?',
      indent: '^ │ {0,3}',
      edge: '(?<=.) *│$',
      // what is left of its lower edge where emoji made a row too long: nothing of a draft begins in column 0
      chrome: '^│╰─{10,}╯?$',
      below: 14,
      // without a model it has no window to fill, and takes no prompt
      footer: '\\bcontext: \\d+(?:\\.\\d+)?% \\(',
      cursor: 'drawn',
    },
    busy: {
      // a list of tasks may stand between them and the composer
      turn: ['^ {2}[🌑-🌘](?: |$)', '^ {2}[⠀-⣿] \\S', '^ [● ] Compacting context…'],
    },
    queue: '^ {3}❯ |^ {3}↑ to edit · ',
    takesKeysAtOnce: true,
    quietMs: 600,
    quietAloneMs: 1500,
    dialogs: [
      {
        kind: 'approval',
        edge: rule,
        top: '^ {3}▶ Run this command\\?$',
        last: choices,
        tail: 4,
        // it hands escape sequences to the terminal, so that a command may be drawn over by its own words
        subject: { is: 'command', row: '^ {3}\\$ (.*)$', indent: '^ {3}· ?', mostRows: 0 },
      },
      {
        kind: 'edit',
        edge: rule,
        top: '^ {3}▶ Write this file\\?$',
        last: choices,
        tail: 4,
        subject: { is: 'file', from: '^$', row: '^ {3}(\\S.*)$', to: '^ {6}1(?: |$)', mostRows: 0 },
      },
      // taller than the screen, or its rules out of place: what it asks about is out of sight
      { kind: 'approval', top: '^ {3}\\S*[▶ ] 1\\. Approve once$', last: choices, tail: 4 },
      { kind: 'other', edge: rule, top: '^ {3}▶ ', last: '^ {3}Type feedback · ', tail: 4 },
      { kind: 'choice', edge: rule, top: '^ {2}question$', last: rule, tail: 4, question: '^ {2}\\? \\S' },
      {
        kind: 'trust',
        edge: rule,
        top: '^ {2}Trust this folder\\?$',
        last: rule,
        tail: 4,
        options: {
          row: "^ {3}[❯ ] (Trust this folder|Don't trust)$",
          highlighted: '^ {3}❯ ',
        },
      },
      { kind: 'other', edge: rule, top: '^ {2}\\S', last: rule, tail: 4 },
    ],
    transcript: {
      input: '^ ✨ (.*)$',
      own: '^ ● ',
      tool: '^ [●✗] (?:(?:Running|Ran) a command|Wrote|Used \\S|Collected your answers|.* Agent Completed \\()',
      notice:
        '^ {3}(?:Error: |Interrupted by user)|^ [╭│╰]|^ ─{10,}$|^ {1,2}[🌑-🌘⠀-⣿] |^ {2}─ Agent Swarm ─|^ ● Compaction complete ',
      error: '^ {3}Error: ',
      gutter: 3,
    },
  }),
  launch: {
    executable: 'kimi',
    guarded: [],
    guardedBy: 'its approval questions for commands; it writes files without asking',
    yolo: ['--auto'],
    // it takes no first prompt on its command line
    controller: null,
    install: 'npm install -g @moonshot-ai/kimi-code',
  },
  hooks: {
    folder: { env: 'KIMI_CODE_HOME', name: '.kimi-code' },
    settings: {
      file: 'config.toml',
      // its UserPromptSubmit gives the prompt in pieces, and the turn waits for it
      events: ['SessionStart', 'TurnStarted', 'PermissionRequest', 'Stop', 'StopFailure', 'Interrupt', 'SessionEnd'],
      timeout: 10,
      fields: {},
    },
    trust: null,
    signals: {
      ...usualSignals,
      events: { ...usualSignals.events, TurnStarted: 'turn-began', Interrupt: 'turn-ended' },
    },
  },
};
