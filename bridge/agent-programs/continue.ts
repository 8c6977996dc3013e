import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram } from './agent-program.ts';
import { usualComposer } from './composers.ts';

/** continue (cn) 1.5.47. It sets no title; the same mark stands before inputs, which are dim, and before its words. */
export const continueAgent: AgentProgram = {
  name: 'continue',
  programs: ['cn', 'continue'],
  seenWith: ['1.5.47'],
  composer: {
    agent: 'continue',
    ...usualComposer,
    settleMs: 400,
    interruptKey: 'Escape',
    // of one line it tells no size
    longPasteMarkers: ['\\[Paste #[0-9]+, ([0-9]+) lines\\]', '\\[Paste #[0-9]+\\]'],
    commandEndings: [
      { pattern: '\\\\\\s*$', append: null },
      { pattern: '@\\S*$', append: ' ' },
    ],
    changes: { trims: true },
    dialogWords: ['Would you like to continue\\?'],
  },
  screen: declared('continue', {
    composer: {
      top: '^╭─{10,}╮$',
      bottom: '^╰─{10,}╯$',
      prompt: '^│ [●○!] ?',
      indent: '^│ {0,3}',
      // where tmux draws emoji wider than the program counts them, it stands beyond the last column
      edge: '(?<=.) *│$',
      placeholders: ['^▋?Ask anything, @ for context'],
      below: 40,
      footer: '◉ Continue CLI$',
      cursor: 'drawn',
    },
    busy: { status: ['^ \\S{1,4} {2}\\( \\d+[hms].* • esc to interrupt\\b.*\\)$'] },
    quietMs: 800,
    quietAloneMs: 1500,
    dialogs: [
      {
        kind: 'approval',
        top: '^│ {2}Bash\\(',
        edge: '^╭─{10,}╮$',
        last: '^╰─{10,}╯$|◉ Continue CLI$',
        tail: 2,
        question: '^ Would you like to ',
        // it hands control characters to the terminal: what follows may lie over what was before
        subject: { is: 'command', row: '^ ⎿ ?Will run: (.*)$', indent: '^ {3}', mostRows: 0 },
      },
      {
        kind: 'edit',
        top: '^│ {2}(?:Write|Edit|MultiEdit)\\(',
        edge: '^╭─{10,}╮$',
        last: '^╰─{10,}╯$|◉ Continue CLI$',
        tail: 2,
        question: '^ Would you like to ',
        subject: { is: 'file', row: '^ \\w+\\((.*)\\)$', to: '^ ⎿', mostRows: 0 },
      },
      { kind: 'login', top: '^To get started, enter your', last: '^Enter your .* API key:|^[│╰]' },
    ],
    transcript: {
      input: '^● (.*)$',
      isInputDim: true,
      own: '^● ',
      tool: '^[○●] [A-Z]\\w+\\(',
      notice: '^(?:\\[Tool canceled|Retrying request| Interrupted by user| Config: | Model: | ⚠| The model )|^ {2}[█╚]',
      gutter: 2,
    },
  }),
  launch: {
    executable: 'cn',
    guarded: [],
    guardedBy: 'its approval questions',
    yolo: ['--allow', '*'],
    controller: ['--exclude', 'Write', '--exclude', 'Edit', '--exclude', 'MultiEdit', '--exclude', 'Bash'],
    install: 'npm install -g @continuedev/cli',
  },
  hooks: { none: 'has no hooks or notify program; its screen is all there is' },
};
