import { declared } from './declared.ts';
import { claudeManner } from './manners.ts';

/**
 * Claude Code 2, built from its public documentation and what its users publish; never seen live here. Where it is not
 * sure it reads `unknown`.
 */
export const claude = declared({
  name: 'claude',
  programs: ['claude'],
  manner: claudeManner,
  screen: {
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
        top: '^\\s*(?:│ )?(?:Edit file|Create file|Write\\()|Do you want to (?:make this edit|create|overwrite)\\b',
        last: '\\b[Ee]sc to cancel\\b|^\\s*(?:│\\s+)?\\d\\. No\\b|^\\s*╰─+╯',
        tail: 3,
        question: 'Do you want to ',
        subject: { is: 'file', row: 'Do you want to (?:make this edit to|create|overwrite) (.+?)\\?' },
      },
      {
        kind: 'approval',
        top: '^\\s*(?:│ )?(?:Bash command|Tool use|Fetch|Read file)\\s*$',
        last: '\\b[Ee]sc to cancel\\b|^\\s*(?:│\\s+)?\\d\\. No\\b|^\\s*╰─+╯',
        tail: 3,
        question: '^\\s*Do you want to ',
        subject: { is: 'command', row: '^ {2,4}(\\S.*)$' },
      },
      {
        kind: 'approval',
        top: '^\\s*(?:│ )?Do you want to (?:proceed|allow)\\b',
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
  },
});
