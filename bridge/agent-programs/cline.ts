import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram } from './agent-program.ts';
import { fileReferences, usualComposer } from './composers.ts';

/** cline 3.0.65. What it works on begins with a spinner where a star stands later; its title is the last input. */
export const cline: AgentProgram = {
  name: 'cline',
  programs: ['cline'],
  seenWith: ['3.0.65'],
  composer: {
    agent: 'cline',
    ...usualComposer,
    settleMs: 400,
    interruptKey: 'Escape',
    longPasteMarkers: ['\\[.*\\.\\.\\. Pasted \\+([0-9]+) lines\\]'],
    references: fileReferences,
    changes: { trims: true },
    dialogWords: ['Cline needs permission', 'Press Enter to open, any other key to close'],
  },
  screen: declared('cline', {
    composer: {
      top: '^\\s*─{10,}$',
      bottom: '^\\s*─{10,}$',
      prompt: '^\\s*❯(?: |$)',
      indent: '^ {2,30}',
      mostRows: 5,
      placeholders: ['^Ask anything', '^What can I do for you\\?$'],
      below: 14,
      footer: '[○●] Plan [○●] Act|^\\s*Auto-approve |^\\s+╰─+╯$',
      cursor: 'shown',
    },
    busy: { turn: ['^ [⠀-⣿] \\S'] },
    takesKeysAtOnce: true,
    quietMs: 800,
    quietAloneMs: 1500,
    dialogs: [
      {
        kind: 'approval',
        top: '^ Cline needs permission',
        isTinted: true,
        last: '^ {1,3}\\[y\\] Approve|^ Auto-approve ',
        tail: 4,
        question: '^ Approve tool call\\?$',
        buttons: '^\\s*\\[y\\] ',
        subject: {
          is: 'command',
          row: '^ {3}\\$ (.*)$',
          indent: '^ ',
          // a file that a patch changes may be named `$ npm test`
          from: '^ run_commands$',
          // `npm test` may be what is left of `npm test`, four bells, `; ls`: it cuts as many characters off the end as there are control characters
          mostRows: 0,
        },
      },
      {
        kind: 'login',
        top: '^\\s+Welcome to Cline$',
        last: '^\\s+↑/↓ navigate, Enter to select, Ctrl\\+C to exit$',
        options: {
          row: '^\\S (Sign in with (?:Cline|ClinePass|ChatGPT)|Bring your own provider)(?: +→)?$',
          highlighted: ' →$',
        },
      },
      {
        kind: 'other',
        top: '^\\s+Try ClinePass$',
        last: 'Press Enter to open, any other key to close',
        tail: 5,
        options: { row: 'Press Enter to open, (any other key to close)$', key: 'Escape' },
      },
      {
        kind: 'other',
        top: '^\\s{8,}\\S.*\\S$',
        last: 'Press Enter to open, any other key to close',
        tail: 5,
      },
    ],
    transcript: {
      input: '^ ❯ (.*)$',
      own: '^ \\* ',
      tool: '^ [*x⠀-⣿] \\w+\\(.*',
      error: '^ \\* Error: ',
      gutter: 3,
    },
  }),
  launch: {
    executable: 'cline',
    guarded: ['--tui', '--auto-approve', 'false'],
    guardedBy: 'its approval questions',
    yolo: ['--tui', '--auto-approve', 'true'],
    controller: ['--tui', '--plan', '--auto-approve', 'false'],
    install: 'npm install -g cline',
  },
  hooks: {
    none: 'has hooks that belong to each workspace, which bridge does not write to; its screen is read instead',
  },
};
