import { declared } from '../screen/declared/reader.ts';
import { piManner } from './manners.ts';

/** pi 0.73.1. Inputs and tools stand on a background of their own; nothing marks its words. It asks for no approval. */
export const pi = declared({
  name: 'pi',
  programs: ['pi'],
  manner: piManner,
  screen: {
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
  },
});
