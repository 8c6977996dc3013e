import { declared } from '../../screen/declared/reader.ts';
import type { AgentProgram } from '../agent-program.ts';
import { endingsWithNames, usualComposer } from '../composers.ts';
import { opencodeController } from './controller.ts';
import { opencodePort } from './native-input.ts';

/** opencode 1.18.33. A bar stands before its composer, its user's inputs and the output of its tools. */
export const opencode: AgentProgram = {
  name: 'opencode',
  programs: ['opencode'],
  seenWith: ['1.18.33'],
  // it appends one blank to some pastes
  composer: {
    agent: 'opencode',
    ...usualComposer,
    settleMs: 400,
    longPasteMarkers: ['\\[Pasted ~([0-9]+) lines\\]'],
    commandEndings: endingsWithNames,
    changes: { mayAppend: ' ' },
    dialogWords: ['△ Permission required', 'Allow once +Allow always +Reject'],
  },
  screen: declared('opencode', {
    composer: {
      row: '^\\s*┃',
      bottom: '^\\s*╹▀{10,}',
      prompt: '^\\s*┃ {0,2}',
      chrome: '^\\s*┃\\s+(?:\\S.* · \\S.*)?$',
      placeholders: ['^Ask anything…'],
      below: 4,
      cursor: 'shown',
    },
    // in a narrow pane its words wrap each for itself (Kilo at 60 columns): the sign alone stays
    busy: { footer: ['\\besc (?:again to )?interrupt\\b', '^ *[■⬝]{4,}'] },
    rest: {
      ended: '^ {5}[▣◉■] +\\S.* · (?:\\d+(?:\\.\\d+)?m?s|\\d+m(?: \\d+s)?|\\d+h.*|interrupted)$',
      footer: '^ {1,3}[~/]\\S*:\\S+(?: |$)|^ {3}[~/]\\S* {2,}\\d[\\d.,KM]* \\(\\d+%\\)',
    },
    sidebar: { columns: 42, fromWidth: 121 },
    quietMs: 600,
    quietAloneMs: 1500,
    dialogs: [
      {
        kind: 'approval',
        top: '^\\s*┃\\s+△ Permission required',
        last: '\\benter confirm\\b|^\\s*┃\\s+Allow once\\b',
        tail: 3,
        // its user's inputs and its tools' output have bars too, and a row without one between
        // what has no width may stand before a bar that was drawn again (1.18.33 at 60 and 100 columns)
        edge: '^(?![\\s\\u200b-\\u200d]*┃)',
        subject: {
          is: 'command',
          row: '^ \\$ (.*)$',
          indent: '^ ',
          // `npm test` may be what is left of `npm test`, four bells, `; ls`: it cuts as many characters off the end as there are control characters
          mostRows: 0,
        },
        buttons: '^\\s*Allow once\\b',
      },
    ],
    transcript: {
      block: 'bar',
      input: '^\\s*┃ {2}\\S',
      tool: '^\\s*┃ {2}(?:\\$ |[⠀-⣿] |# |← |→ |✱ |% |⚙ )|^ {5}(?:\\$ |→ |← |✱ |% |⚙ |~ )',
      notice: '^ {5}\\+ Thought|^ {5}Thinking:|^[\\s█▀▄]+$',
      gutter: 5,
    },
  }),
  launch: {
    executable: 'opencode',
    guarded: [],
    guardedBy: 'its approval questions',
    yolo: ['--auto'],
    controller: [],
    promptPrefix: ['--prompt'],
    guardedEnv: { OPENCODE_PERMISSION: JSON.stringify({ edit: 'ask', bash: 'ask', webfetch: 'ask' }) },
    install: 'npm install -g opencode-ai',
  },
  hooks: { none: 'has no hooks or notify program; its own HTTP port and its screen are read instead' },
  controller: opencodeController,
  nativeInput: opencodePort,
};
