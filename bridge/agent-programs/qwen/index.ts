import { declared } from '../../screen/declared/reader.ts';
import type { AgentProgram } from '../agent-program.ts';
import { fileReferences, paths, usualComposer } from '../composers.ts';
import { usualSignals, waitingNotices } from '../hook-events.ts';
import { qwenInputFile } from './native-input.ts';

/** qwen-code 0.24.4. Its title tells its state, by a first character that says it works, asks or rests. */
export const qwen: AgentProgram = {
  name: 'qwen',
  programs: ['qwen'],
  seenWith: ['0.24.4'],
  // an Enter before it has made its marker of a long paste sends the marker and loses the text
  composer: {
    agent: 'qwen',
    ...usualComposer,
    settleMs: 600,
    longPasteMarkers: ['\\[Pasted Content ([0-9]+) chars\\]'],
    commandOpenings: [
      { pattern: paths, prefix: 'Answer: ' },
      { pattern: '^\\s*[!/?]', prefix: 'Answer: ' },
    ],
    references: fileReferences,
    changes: { trims: true, joinsFailed: '' },
    dialogTitles: ['✳'],
    dialogWords: ['Waiting for user confirmation', 'Allow execution of', 'Apply this change'],
  },
  screen: declared('qwen', {
    title: { busy: '^[◐◓◑◒⠀-⣿]', dialog: '^✳', rest: '^Qwen - ' },
    composer: {
      mostRows: 10,
      top: '^─{10,}$',
      bottom: '^─{10,}$',
      prompt: '^[>!*](?: |$)',
      indent: '^ {2}',
      placeholders: ['^Type your message or @path/to/file$'],
      isSuggestionInked: true,
      below: 14,
      cursor: 'shown',
    },
    busy: {
      status: [
        '^ {2}\\S{1,3} +\\S.*\\((?:\\d+[hms] ?)+.*\\besc to cancel\\)$',
        // a narrow screen breaks the row
        '^ {2,}(?:(?:· )?esc )?(?:to )?cancel\\)$',
      ],
      // a part of a long paste is in, and its rest is still to come
      footer: ['^ {2}Pasting… \\d+ K?B$'],
    },
    queue: '\\bto edit queued messages?$',
    starting: ['^ {2}[.⠀-⣿]{1,3} +Initializing\\.\\.\\.$'],
    quietMs: 600,
    quietAloneMs: 2000,
    dialogs: [
      {
        kind: 'approval',
        top: '^ {3}Allow execution of|^ {3}Allow .*\\?$',
        last: '^ {2}\\S+ +Waiting for user confirmation\\.\\.\\.$',
        subjectFrom: '^ {2}\\? ',
        // it cuts as many characters off the end of a line as there are tabs and control characters in it, and a terminal shows no bell: `npm test`
        // may be what is left of `npm test`, four bells, `; ls`. In the title, too, which holds what the model says of the command
        subject: { is: 'command', from: '^$', row: '^ {5}(.*)$', indent: '^ {5}', mostRows: 0 },
      },
      {
        kind: 'edit',
        top: '^ {3}Apply this change',
        last: '^ {2}\\S+ +Waiting for user confirmation\\.\\.\\.$',
        subjectFrom: '^ {2}\\? ',
        subject: { is: 'file', row: '^ {2}\\? WriteFile Writing to (.+?) +←$', to: '^$', mostRows: 0 },
      },
      {
        kind: 'trust',
        edge: '^ {3}╭─{10,}',
        top: '^ {3}│ {1,2}Do you trust this folder\\?$',
        last: '^ {3}╰─{10,}',
      },
      {
        kind: 'login',
        edge: '^ {2}┌─{10,}',
        top: '^ {2}│ Connect a Provider\\b',
        last: '^ {2}└─{10,}',
        options: {
          row: '^(?:› | {2})(Alibaba ModelStudio|Third-party Providers|Custom Provider)$',
          highlighted: '^› ',
        },
      },
    ],
    transcript: {
      input: '^ {2}> (.*)$',
      own: '^ {2}[◆✦]\\uFE0E? ',
      tool: '^ {2}(?:[?✓✔xo⊷✕\\-.⠀-⣿]|\\.{1,3})\\uFE0E? +[A-Z]\\w+(?: |$)',
      notice: '^ {2}(?:●|∴|∵|✕|ℹ|⚠|Tips:)',
      error: '^ {2}✕ ',
      gutter: 4,
    },
  }),
  launch: {
    executable: 'qwen',
    guarded: ['--approval-mode', 'default'],
    guardedBy: 'its approval questions',
    yolo: ['--approval-mode', 'yolo'],
    controller: ['--approval-mode', 'default'],
    promptPrefix: ['--prompt-interactive'],
    install: 'npm install -g @qwen-code/qwen-code',
  },
  hooks: {
    folder: { env: 'QWEN_HOME', name: '.qwen' },
    settings: {
      file: 'settings.json',
      events: [
        'SessionStart',
        'UserPromptSubmit',
        'PermissionRequest',
        'Stop',
        'StopFailure',
        'Notification',
        'SessionEnd',
      ],
      timeout: 10,
      fields: { name: 'bridge' },
    },
    trust: null,
    signals: {
      ...usualSignals,
      notices: waitingNotices,
      turn: ['prompt_id'],
      prompt: ['submitted_prompt', 'prompt'],
      said: ['last_assistant_message'],
    },
  },
  nativeInput: qwenInputFile,
};
