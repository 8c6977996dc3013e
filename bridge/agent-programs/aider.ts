import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram } from './agent-program.ts';
import { usualComposer } from './composers.ts';

/**
 * aider, built from its public documentation; never seen live here. A line program: its prompt is `> `, with the mode's
 * name before it, and nothing else tells that it rests.
 */
export const aider: AgentProgram = {
  name: 'aider',
  programs: ['aider'],
  seenWith: [],
  composer: {
    agent: 'aider',
    ...usualComposer,
    settleMs: 200,
    longPasteMarkers: [],
    commandOpenings: [{ pattern: '^\\s*[!/{]', prefix: 'Answer: ' }],
    dialogWords: ['\\(Y\\)es/\\(N\\)o'],
    rescueEnters: 0,
  },
  screen: declared('aider', {
    composer: {
      row: '^(?:[a-z-]+(?: [a-z-]+)?)?> |^(?:[a-z-]+(?: [a-z-]+)?)?>$',
      prompt: '^(?:[a-z-]+(?: [a-z-]+)?)?> ?',
      below: 1,
      cursor: 'shown',
    },
    busy: { status: ['^[░█▏▎▍▌▋▊▉⠀-⣿= -]{1,12} *(?:Waiting for|Updating repo map|Scanning repo)\\b'] },
    quietMs: 1000,
    quietAloneMs: 1500,
    dialogs: [
      // it draws no frame: nothing tells a question of its own from one in the text of a command, so no command is known
      { kind: 'approval', top: '^Run shell commands?\\?', last: '\\(Y\\)es/\\(N\\)o.*:\\s*$' },
      { kind: 'choice', top: '\\(Y\\)es/\\(N\\)o.*:\\s*$', last: '\\(Y\\)es/\\(N\\)o.*:\\s*$' },
    ],
    transcript: {
      input: '^(?:[a-z-]+(?: [a-z-]+)?)?> (.+)$',
      tool: '^(?:Applied edit to|Commit [0-9a-f]{7}|Running |Added |Tokens: |Add command output)',
      notice: '^(?:─{10,}|Aider v|Main model:|Weak model:|Git repo:|Repo-map:|Use /help|Readonly:|Editor model:)',
      error: '^(?:litellm\\.|The API provider|Model .* has hit a token limit)',
      gutter: 0,
    },
  }),
  launch: {
    executable: 'aider',
    guarded: [],
    guardedBy: 'its questions before it runs a command',
    yolo: ['--yes-always'],
    controller: ['--chat-mode', 'ask', '--no-auto-commits'],
    // it takes no first prompt and stays: --message ends after its answer
    promptPrefix: ['--message'],
    install: 'python -m pip install aider-install && aider-install',
  },
  hooks: {
    none: 'has one notification command without an event: `--notifications-command` may call `bridge signal --agent aider --event turn-ended`',
  },
};
