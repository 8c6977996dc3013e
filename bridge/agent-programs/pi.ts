import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram } from './agent-program.ts';
import { usualComposer } from './composers.ts';

/** pi 0.73.1 and 1.6.0. Inputs and tools stand on a background of their own; nothing marks its words. It asks for no approval. */
export const pi: AgentProgram = {
  name: 'pi',
  programs: ['pi'],
  seenWith: ['0.73.1', '1.6.0'],
  composer: {
    agent: 'pi',
    ...usualComposer,
    settleMs: 100,
    interruptKey: 'Escape',
    longPasteMarkers: ['\\[paste #[0-9]+ \\+?([0-9]+) (lines|chars)\\]'],
    // a paste opens no list; what is no command goes to the model
    commands: { erase: 'C-e C-u', echoes: false },
    // the model gets the text as it was
    changes: { trims: true, tab: '    ' },
  },
  screen: declared('pi', {
    composer: {
      // since 1.6 what it does stands in the rule: a spinner, then words
      top: '^─{10,}|^─{2,3} ?[⠀-⣿](?: |─)',
      bottom: '^─{10,}',
      isRuledAcross: true,
      scrolled: ' ↑ \\d+ more ─',
      prompt: '^',
      isDimText: true,
      below: 14,
      footer: '\\d(?:\\.\\d+)?%/\\d',
      cursor: 'drawn',
    },
    busy: { status: ['^ [⠀-⣿] \\S'], isStatusInked: true, rule: ['^─{2,3} ?[⠀-⣿](?: |─)'] },
    // it lies over whatever stands in that row
    scrolledBack: '^.{8,} ↓ Jump to latest message · Ctrl\\+End(?: |$)',
    takesKeysAtOnce: true,
    queue: '^ (?:Steering|Follow-up|Queued): |^ ↳ Alt\\+Up to edit',
    quietMs: 600,
    quietAloneMs: 1000,
    dialogs: [
      {
        kind: 'trust',
        top: '^ Trust project folder\\?$',
        last: '^─{10,}$',
        options: { row: '^ (?:→| ) (\\S.*)$', highlighted: '^ → ' },
      },
      {
        kind: 'choice',
        top: '^(?:Only showing models from |Model Configuration$|Thinking Level$| (?:MCP servers|Project trust)$| Select \\S)',
        // in a narrow window the hint takes two rows
        last: '\\b[Ee]scape/[Cc]trl\\+[Cc](?: (?:to )?(?:cancel|close))?$|\\bCtrl\\+S save · ',
        tail: 5,
      },
      { kind: 'choice', top: '^>$', last: '^ *Type to search · ', tail: 4, question: '^ *Type to search · ' },
      // these have rules of their own inside
      { kind: 'choice', top: '^ {3}Session Tree$', last: '^ {2}\\(\\d+/\\d+\\)', tail: 4 },
      { kind: 'other', top: '^ Report a bug$', last: '\\bexternal editor$', tail: 4 },
      { kind: 'choice', top: '^Resume Session \\(', last: '^─{10,}$', tail: 3 },
    ],
    transcript: {
      block: 'tinted',
      // 1.6 tints nothing where the terminal does not tell its colours
      parted: 2,
      input: '\\S',
      notice:
        '^ (?:Error: |Operation aborted|Warning: |pi v\\d|escape interrupt|Press ctrl|Pi can explain|and restart tmux)|^(?:fd|ripgrep) not found',
      error: '^ Error: ',
      gutter: 1,
    },
  }),
  launch: {
    executable: 'pi',
    guarded: null,
    guardedBy: 'nothing',
    yolo: [],
    // since 1.6.0 a list that names none keeps all tools of MCP servers
    controller: ['--tools', 'read,grep,find,ls,mcp__none'],
    install: 'npm install -g @earendil-works/pi-coding-agent',
  },
  hooks: {
    none: 'has no hooks or notify program; an extension of yours may call `bridge signal --agent pi --event turn-ended`',
  },
};
