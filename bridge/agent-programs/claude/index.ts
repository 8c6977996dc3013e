import { declared } from '../../screen/declared/reader.ts';
import type { AgentProgram } from '../agent-program.ts';
import { usualComposer } from '../composers.ts';
import { claudeController } from './controller.ts';
import { claudeHooks } from './hooks.ts';

/** Rules begin in column 0, and what the model wrote in column 1 (2.1.332): nothing in a command looks like one. */
const ruleAbove = '^(?:[─▔]{10,}|╭─{10,}╮)$';
const dashedRule = '^╌{10,}$';

/**
 * Claude Code 2, built from its public documentation and what its users publish; its dialogs of a command and of a file from
 * screens of 2.1.332. Where it is not sure it reads `unknown`.
 */
export const claude: AgentProgram = {
  name: 'claude',
  programs: ['claude'],
  seenWith: [],
  // never measured, so that no Enter is pressed twice
  composer: {
    agent: 'claude',
    ...usualComposer,
    settleMs: 400,
    longPasteMarkers: ['\\[Pasted text #[0-9]+ \\+([0-9]+) lines\\]'],
    commandOpenings: [{ pattern: '^\\s*[!/#]', prefix: 'Answer: ' }],
    references: [],
    commandEndings: [{ pattern: '\\\\$', append: ' ' }],
    changes: {},
    dialogTitles: [],
    dialogWords: [
      'Do you want to (proceed|make this|create|allow)',
      'Do you trust the files',
      'Esc to cancel',
      'Enter to confirm',
    ],
    rescueEnters: 0,
  },
  screen: declared('claude', {
    title: { busy: '^[⠀-⣿] ', rest: '^✳ ' },
    composer: {
      top: '^(?:[─━]{10,}|╭─{10,}╮)',
      bottom: '^(?:[─━]{10,}|╰─{10,}╯)$',
      prompt: '^(?:│ )?[>❯!#](?: |$)',
      indent: '^(?:│ )?  ?',
      placeholders: ['^Try ".*"(?:\\s*│)?$'],
      below: 12,
      cursor: 'shown',
    },
    busy: {
      status: ['^\\s*[·✢✳✶✻✽*] \\S.*…(?: \\(.*\\))?$', '^\\s*\\S.*\\((?:\\d+[hms] ?)+.*\\besc to interrupt\\b.*\\)'],
      footer: ['\\besc to interrupt\\b'],
    },
    queue: '^\\s*(?:Press up to edit queued messages|\\d+ queued)',
    quietMs: 800,
    quietAloneMs: 2000,
    dialogs: [
      {
        kind: 'trust',
        top: 'Do you trust the files in this folder|Is this a project you created or one you trust|Accessing workspace',
        last: '\\b[Ee]nter to confirm\\b|^\\s*[│╰]',
        tail: 3,
      },
      {
        kind: 'edit',
        edge: ruleAbove,
        top: '^\\s*(?:│ )?(?:Edit file|Create file|Overwrite file|Write\\()',
        last: '\\b[Ee]sc to cancel\\b|^\\s*(?:│\\s+)?\\d\\. No\\b|^\\s*╰─+╯',
        tail: 3,
        question: '^ ?Do you want to (?:make this edit|create|overwrite)\\b',
        // the question names the file without its folder
        subject: {
          is: 'file',
          from: '^ (?:Edit|Create|Overwrite) file$',
          to: dashedRule,
          row: '^ (\\S.*)$',
          isMarked: false,
          blanksBelow: [0, 0],
        },
      },
      {
        kind: 'approval',
        edge: ruleAbove,
        top: '^\\s*(?:│ )?Bash command\\s*$',
        last: '\\b[Ee]sc to cancel\\b|^\\s*(?:│\\s+)?\\d\\. No\\b|^\\s*╰─+╯',
        tail: 3,
        question: '^ ?Do you want to ',
        // a description of the model's stands above the dashed rules; what is wrapped has a bar before each row
        subject: {
          is: 'command',
          from: dashedRule,
          to: dashedRule,
          row: '^ (?:│ )?(.*)$',
          indent: '^ (?:│ )?',
          isMarked: false,
          above: ['^'],
          blanksBelow: [0, 0],
        },
      },
      {
        kind: 'approval',
        top: '^\\s*(?:│ )?(?:(?:Tool use|Fetch|Read file)\\s*$|Do you want to (?:proceed|allow)\\b)',
        question: '^ ?Do you want to ',
        last: '\\b[Ee]sc to cancel\\b|^\\s*(?:│\\s+)?\\d\\. No\\b|^\\s*╰─+╯',
        tail: 3,
      },
      {
        kind: 'plan',
        top: 'Would you like to proceed\\?|Ready to code\\?',
        last: '^\\s*(?:(?:│ |❯)[ ❯]*)?\\d\\. |\\bctrl-g to edit\\b|^\\s*╰─+╯',
        tail: 3,
      },
      {
        kind: 'login',
        top: 'Select login method|Paste code here|Browser didn.t open',
        last: '^\\s*(?:(?:│ |❯)[ ❯]*)?\\d\\. |Paste code here|\\b[Ee]nter to\\b|\\b[Ee]sc to\\b',
        tail: 4,
      },
      {
        kind: 'choice',
        top: '^\\s*(?:│ )?\\S.*\\?\\s*│?$|^\\s*☐ ',
        last: '\\b[Ee]nter to (?:select|confirm)\\b.*',
        tail: 2,
      },
    ],
    transcript: {
      input: '^[>❯] (.*)$',
      own: '^[⏺●] ',
      tool: '^[⏺●] (?:[A-Z]\\w*|mcp__\\S+|\\S+ - \\S+)\\(|^ {2}⎿ ',
      notice: '^(?:[✻✳✽✶✢·∴] |※ |╭|│|╰| ▐| ▝|▘)|^ {2}⎿ {1,2}Interrupted',
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
    promptPrefix: [],
    resume: ['--continue'],
    clear: '/clear',
    guardedEnv: {},
    install: 'npm install -g @anthropic-ai/claude-code',
  },
  hooks: claudeHooks,
  controller: claudeController,
};
