import { declared } from '../../screen/declared/reader.ts';
import type { AgentProgram } from '../agent-program.ts';
import { picture, usualComposer, wordReferences } from '../composers.ts';
import { claudeController } from './controller.ts';
import { claudeHooks } from './hooks.ts';
import { pasted } from './pasted.ts';

/** Rules begin in column 0, and what the model wrote in column 1 (2.1.332): nothing in a command looks like one. */
const rule = '^─{10,}$';
const panelEdge = '^▔{10,}$';
const dashedRule = '^╌{10,}$';
const escToCancel = '^ Esc to cancel\\b';
/** its cursor keys and Enter choose; what is marked at first is No */
const unnumbered = { row: '^ (?:❯ |  )(\\S.*)$', highlighted: '^ ❯ ' };
const none = { row: '^$' };
/** who asks, where it is not the agent itself: it wraps in a narrow pane */
const ofSubagent = '(?: · from the .*)?';
const changesFile = `^ (?:Edit|Create|Overwrite) file${ofSubagent}$`;
const command = {
  kind: 'approval',
  edge: rule,
  top: `^ Bash command${ofSubagent}$`,
  question: '^ Do you want to ',
  // a description of the model's stands above the dashed rules; what is wrapped has a bar before each row
  subject: {
    is: 'command',
    from: dashedRule,
    to: dashedRule,
    row: '^ (?:│(?: |$))?(.*)$',
    indent: '^ (?:│(?: |$))?',
    isMarked: false,
    above: ['^'],
    blanksBelow: [0, 0],
  },
} as const;

/**
 * Claude Code 2.1.332. Its title and its cursor are the same at rest and at work; what tells the two apart is its footer,
 * which a draft, its shortcuts and its lists hide. Where it is not sure it reads `unknown`.
 */
export const claude: AgentProgram = {
  name: 'claude',
  programs: ['claude'],
  seenWith: ['2.1.332'],
  composer: {
    agent: 'claude',
    ...usualComposer,
    // an Enter in the same moment as the paste was taken, 80 of 80 up to 10,000 characters
    settleMs: 0,
    interruptKey: 'Escape',
    // and so a text that stands there whole need not stand for long
    stillMs: 8,
    // it counts the breaks; of one line it tells no size
    longPasteMarkers: ['\\[Pasted text #[0-9]+ \\+([0-9]+) lines?\\]', '\\[Pasted text #[0-9]+\\]'],
    commandOpenings: [
      { pattern: '^\\s*[!/]', prefix: 'Answer: ' },
      { pattern: picture, prefix: 'Answer: ' },
    ],
    references: wordReferences,
    changes: {
      tab: '    ',
      form: 'NFC',
      wrapped: pasted,
    },
    dialogWords: [
      'Do you want to (proceed|make this edit|create|overwrite|allow)',
      'Is this a project you created or one you trust',
      'Esc to (cancel|close|go back)',
      'Enter to (confirm|select)',
    ],
  },
  screen: declared('claude', {
    composer: {
      top: rule,
      bottom: rule,
      // its own blank is U+00A0, that of an echo a plain one; of an empty one no blank is captured
      prompt: '^[❯!](?:\\u00a0| $)',
      indent: '^ {0,2}',
      placeholders: ['^Press up to edit queued messages$'],
      below: 16,
      list: '^ {2}(?:❯ |  )\\S',
      cursor: 'placed',
    },
    busy: {
      status: ['^[·✢✳✶✻✽*] \\S.*(?:…(?: \\(.*)?|· retrying in .*)$', '^✻ Waiting for \\d+ background '],
      details: '^(?: {2}⎿ | {4})',
      footer: ['\\besc to interrupt\\b', '· e(?:s(?:c(?: .*)?)?)?…$'],
    },
    hasNoticeRow: true,
    queued: '^ {2}⎿\\s+Queued\\b',
    rest: {
      ended: '^✻ \\S+ for (?:\\d+[hms] ?)+· done\\b|^ {2}⎿\\s+Interrupted\\b',
      // on the main screen a notice stands at its right
      footer:
        '^(?=.*(?:\\? for shortcuts|shift\\+tab to cycle|↓ to manage)) {2}(?:⏸|⏵⏵) [a-z ]+ on(?: \\(shift\\+tab to cycle\\))?(?: · (?:\\d+ \\w+|\\? for shortcuts|← for agents|↓ to manage))*(?: · [←↓].*…| {4,}\\S.*)?$',
      // with a status line of the person's it has no hint; with the keys of vim it has none at work either
      bareFooter:
        '^ {2}(?:-- INSERT -- )?(?:⏸|⏵⏵) [a-z ]+ on(?: \\(shift\\+tab to cycle\\))?(?: · (?:\\d+ \\w+|← for agents))*(?: · …)?$',
    },
    takesKeysAtOnce: true,
    // on the alternate screen: to the last row's beginning, then to where its cursor is. Of 162 pieces of 2.1.332's drawing all
    // 147 frames ended so, and no piece within one
    frameEnd: '\\x1b\\[\\d+;1H\\x1b\\[\\d+;\\d+H$',
    quietMs: 800,
    quietAloneMs: 2000,
    dialogs: [
      {
        kind: 'trust',
        top: '^ Quick safety check: ',
        last: '^ Enter to confirm · Esc to cancel$',
        options: unnumbered,
      },
      {
        kind: 'login',
        top: '^ {2}Detected a custom API key',
        last: '^ {2}Enter to confirm · Esc to cancel$',
        question: '^ {2}Do you want to use this API key',
        options: { row: '^ {2}(?:❯ |  )(\\S.*)$', highlighted: '^ {2}❯ ' },
      },
      // no trust of a folder: a rule that names `trust` must not take its "Yes, I accept"
      {
        kind: 'other',
        // its heading is out of sight in a low pane
        top: '^ {2}By proceeding, you accept\\b',
        last: '^ {2}Enter to confirm · Esc to cancel$',
        options: { row: '^ {2}(?:❯ |  )(\\S.*)$', highlighted: '^ {2}❯ ' },
      },
      {
        kind: 'edit',
        edge: rule,
        top: changesFile,
        last: escToCancel,
        question: '^ Do you want to (?:make this edit|create|overwrite)\\b',
        // the question names the file without its folder
        subject: {
          is: 'file',
          from: changesFile,
          to: dashedRule,
          row: '^ (\\S.*)$',
          isMarked: false,
          blanksBelow: [0, 0],
          // characters without a width are not drawn in the dialog; the row above it says "Path hidden" then
          echo: '^● (?:Write|Update)\\((.*)\\)$',
        },
      },
      // auto mode asks so
      { ...command, last: '^ (?:❯ |  )(?:Yes|No)$', tail: 2, options: unnumbered },
      { ...command, last: escToCancel },
      {
        kind: 'approval',
        edge: rule,
        top: '^ \\S',
        last: '^ Esc to cancel\\b|^ (?:❯ |  )\\d\\. No\\b',
        question: '^ ?Do you want to ',
      },
      // one that is too tall loses its upper rows
      { kind: 'edit', top: '^ Do you want to (?:make this edit|create|overwrite)\\b', last: escToCancel },
      { kind: 'approval', top: '^ Do you want to ', last: escToCancel },
      {
        kind: 'other',
        edge: rule,
        top: "^ {2}Auto mode can't check",
        last: '^ {2}Enter to stay in',
        tail: 3,
        // of its three keys the one that changes nothing
        options: { row: '^ {2}(Enter to stay in auto mode)\\b', highlighted: '^ {2}Enter to stay\\b' },
      },
      // the plan stands above it, one column further in
      {
        kind: 'plan',
        edge: '^ {2}─{10,}$',
        top: '^ {3}Claude has written up a plan\\b',
        last: '^ {3}ctrl\\+g to edit in ',
        tail: 3,
        // the third asks for words first
        options: { row: '^ {3}(?:❯ |  )\\d\\. (Yes, .*)$', highlighted: '^ {3}❯ ' },
      },
      { kind: 'plan', top: '^ {3}Exit plan mode\\?$', last: '^ {3,}(?:❯ )?\\d\\. ' },
      {
        kind: 'choice',
        top: '^ ☐ |^← {2}',
        last: '^Enter to select · |^[❯ ] 2\\. Cancel$',
        tail: 3,
        question: '\\?$|^Review your answers$',
      },
      { kind: 'other', edge: panelEdge, top: '^ {2}\\S', last: '^', options: none },
      { kind: 'other', edge: rule, top: '^ {2}Search prompts', last: '· Esc to cancel$', options: none },
    ],
    transcript: {
      input: '^[>❯] (.*)$',
      own: '^[⏺●] ',
      tool: '^[⏺●] (?:[A-Z]\\w*|mcp__\\S+|\\S+ - \\S+)\\(|^ {2}⎿ ',
      notice: '^(?:[✻✳✽✶✢·∴] |※ )|^[^\\w❯●]* Claude Code v[\\d.]+$|^ {2}⎿\\s+Interrupted',
      error:
        '^(?: {2}⎿ {1,2}|[⏺●] )?API Error|^[⏺●] (?:Credit balance|Claude usage limit|Invalid API key|Prompt is too long)',
      gutter: 2,
    },
  }),
  launch: {
    executable: 'claude',
    guarded: ['--permission-mode', 'default'],
    guardedBy: 'its approval questions',
    yolo: ['--dangerously-skip-permissions'],
    // --disallowedTools takes every word up to the next flag, so it never stands last before the prompt
    controller: ['--disallowedTools', 'Edit,Write,NotebookEdit', '--permission-mode', 'default'],
    install: 'npm install -g @anthropic-ai/claude-code',
  },
  hooks: claudeHooks,
  controller: claudeController,
};
