import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram } from './agent-program.ts';
import { usualComposer } from './composers.ts';

/** What it runs itself, without asking, when it is the first word of what is submitted. */
const shellWords = 'ls|pwd|cd|cat|mkdir|touch|echo|grep|find|cp|mv|rm';

const last = '↑↓ navigate • Enter select • Esc cancel$';
const question = 'Do you want to proceed with this operation\\?$';
/** The marked one is told by a colour alone. */
const options = { row: '^ {1,3}\\d\\. (.*)$' };

/**
 * grok-cli 0.0.34. It reads no paste as one: what comes in is drawn as it comes. Enter while it works breaks off the answer
 * on its screen and begins another turn beside it, and after an Escape or a denial it goes on without a sign of it.
 */
export const grok: AgentProgram = {
  name: 'grok',
  programs: ['grok'],
  seenWith: ['0.0.34'],
  composer: {
    agent: 'grok',
    ...usualComposer,
    bracketed: false,
    maxLineBytes: 1000,
    whileBusy: 'grok would break off its answer and begin another turn beside it',
    settleMs: 400,
    interruptKey: 'Escape',
    longPasteMarkers: [],
    commandOpenings: [{ pattern: `^\\s*(?:/|(?:${shellWords}|exit|quit)(?: |$))`, prefix: 'Answer: ' }],
    commandEndings: [],
    dialogWords: [
      'Do you want to proceed with this operation\\?',
      'Type your feedback and press Enter',
      'Enter/Tab select',
    ],
    rescueEnters: 0,
  },
  screen: declared('grok', {
    composer: {
      top: '^ {2}╭─{10,}╮$',
      bottom: '^ {2}╰─{10,}╯$',
      prompt: '^ {2}│ ?❯ ?',
      indent: '^ {2}│ {0,2}',
      edge: ' *│$',
      placeholders: ['^Ask me anything\\.\\.\\.$'],
      below: 12,
      footer: '^ {2}[⏸▶] auto-edit: (?:on|off)\\b',
      cursor: 'drawn',
    },
    busy: {
      // in 60 columns it has no blank before its bracket, and goes on below that; in fewer its word is broken, or stands below too
      status: ['^ {2}[-/|\\\\](?: [^\\s(]+)? *\\(\\d+s\\b'],
      details: '^ {2}[A-Za-z.]* *(?:(?:esc )?to )?interrupt\\)$',
      turn: ['^ {4}█$'],
    },
    firstScreen: '^ {2}Tips for getting started:$',
    rest: { inWords: true },
    quietMs: 800,
    quietAloneMs: 2000,
    dialogs: [
      {
        kind: 'approval',
        top: '^ {2}⏺ Run bash command\\(',
        last,
        question,
        options,
        // of several rows its bracket is a part of the last one
        subject: {
          is: 'command',
          row: '^ {2}⏺ Run bash command\\((.*?)\\)?$',
          indent: '^ {3}',
          to: '^ {4}⎿ Requesting user confirmation$',
          // it hands control characters to the terminal, so that a command may be drawn over by its own words
          mostRows: 0,
        },
      },
      { kind: 'edit', top: '^ {2}⏺ (?:Write|Edit file|Replace lines)\\b.*\\(', last, question, options },
      // one that is taller than the screen
      { kind: 'approval', top: question, last, question, options },
      {
        kind: 'choice',
        top: '^ {2}Select Grok Model \\(',
        last: '• Enter/Tab select • Esc cancel$',
      },
      { kind: 'other', top: '^ {3}Type your feedback and press Enter', last: '^ {3}╰─{10,}╯$' },
    ],
    transcript: {
      input: '^ {2}> (.*)$',
      wrapsLeft: true,
      own: '^ {2}⏺ ',
      // a long one loses its sign in 60 columns; the agent's words stand further in
      tool: '^ {2}(?:⏺ | )(?:Bash|Run \\w+ command|Read|Update|Create|Search|Created Todo|Updated Todo|Tool)(?:\\(|$)',
      error: '^ {2}⏺ (?:Sorry, I encountered an error|Error): ',
      gutter: 4,
    },
  }),
  launch: {
    executable: 'grok',
    guarded: [],
    guardedBy: 'its approval questions',
    // Shift+Tab does it, in its screen
    yolo: null,
    controller: null,
    install: 'npm install -g @vibe-kit/grok-cli',
  },
  hooks: { none: 'has no hooks or notify program; its screen is all there is' },
};
