import type { DialogFacts, ScreenFacts } from '../screen/declared/facts.ts';
import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram, Launch } from './agent-program.ts';
import { opencode } from './opencode/index.ts';

const facts = opencode.screen.facts as ScreenFacts;
const [approval] = facts.dialogs as readonly [DialogFacts];
const launch = opencode.launch as Launch;

/** Kilo 7.7.9, a fork of opencode: what is not said here is as there, but for its port, which asks for a password, and its `run`, which nobody has tried. */
export const kilo: AgentProgram = {
  name: 'kilo',
  programs: ['kilo'],
  seenWith: ['7.7.9'],
  composer: {
    ...opencode.composer,
    agent: 'kilo',
    dialogWords: [...opencode.composer.dialogWords, '△ Reject permission'],
  },
  screen: declared('kilo', {
    ...facts,
    composer: { ...facts.composer, placeholders: ['^Ask anything\\.\\.\\. '] },
    // its first screen, with the folder below it, is there a while before it takes keys
    rest: { ended: facts.rest!.ended! },
    dialogs: [
      approval,
      // after "Reject" and after Escape: Enter denies, Escape goes back
      {
        kind: 'other',
        edge: approval.edge!,
        top: '^\\s*┃\\s+△ Reject permission$',
        last: '\\benter confirm +esc cancel$',
        tail: 3,
      },
      {
        kind: 'choice',
        edge: approval.edge!,
        top: '^\\s*┃ {2}\\S.*[?.:]$',
        last: '\\benter submit +esc dismiss$',
        tail: 3,
        question: '\\?$',
      },
    ],
    transcript: { ...facts.transcript, notice: `${facts.transcript.notice}|^[\\s█▀▄🬀-🬻]+$` },
  }),
  launch: {
    ...launch,
    executable: 'kilo',
    guardedEnv: { KILO_PERMISSION: launch.guardedEnv!.OPENCODE_PERMISSION! },
    install: 'npm install -g @kilocode/cli',
  },
  hooks: { none: 'has no hooks or notify program; its screen is read instead' },
};
