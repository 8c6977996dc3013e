import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram } from './agent-program.ts';
import { usualComposer } from './composers.ts';

/** pi 0.73.1. Inputs and tools stand on a background of their own; nothing marks its words. It asks for no approval. */
export const pi: AgentProgram = {
  name: 'pi',
  programs: ['pi'],
  seenWith: ['0.73.1'],
  composer: {
    agent: 'pi',
    ...usualComposer,
    settleMs: 100,
    longPasteMarkers: ['\\[paste #[0-9]+ \\+?([0-9]+) (lines|chars)\\]'],
    commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
    // pi trims what it submits: the model gets the text as it was
    references: [],
    commandEndings: [{ pattern: '\\\\$', append: ' ' }],
    // a paste opens no list; what is no command goes to the model
    commands: { erase: 'C-u', echoes: false },
    changes: { trims: true, tab: '    ' },
    dialogTitles: [],
    dialogWords: [],
    rescueEnters: 1,
  },
  screen: declared('pi', {
    composer: {
      top: '^─{10,}',
      bottom: '^─{10,}',
      prompt: '^',
      below: 14,
      footer: '\\d(?:\\.\\d+)?%/\\d',
      cursor: 'drawn',
    },
    busy: { status: ['^ [⠀-⣿] \\S'], isStatusInked: true },
    queue: '^ (?:Steering|Follow-up|Queued): |^ ↳ Alt\\+Up to edit',
    quietMs: 600,
    quietAloneMs: 1000,
    dialogs: [],
    transcript: {
      block: 'tinted',
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
    controller: ['--tools', 'read,grep,find,ls'],
    promptPrefix: [],
    resume: ['--continue'],
    clear: '/new',
    guardedEnv: {},
    install: 'npm install -g @mariozechner/pi-coding-agent',
  },
  hooks: {
    none: 'has no hooks or notify program; an extension of yours may call `bridge signal --agent pi --event turn-ended`',
  },
};
