// Approval dialogs as agents draw them, for commands and words of the model that nobody has recorded. Each is held against
// the recorded dialogs by tests/screen/drawn-dialogs.test.ts: drawn from the same command it is the same, row by row.

/**
 * @param request { command, reason, width, height }: `reason` is what the model says of the command, where the agent shows it
 * @returns the whole screen's rows, with the background of a dialog that has one, the transcript above the dialog; where it is too tall its beginning is cut
 */
export function drawDialog(agent, { command, reason = '', width = 120, height = 40 }) {
  const { said, dialog, background = '' } = agents[agent]({ command, reason, width });
  const shown = background === '' ? dialog : dialog.map((row) => `\x1b[${background}m${row}\x1b[49m`);
  const rows = [...Array(height).fill(''), ...said, ...shown];
  return rows.slice(rows.length - height);
}

/** The dialog alone. */
export function drawnRows(agent, { command, reason = '', width = 120 }) {
  return agents[agent]({ command, reason, width }).dialog;
}

/** A dialog that asks whether a file may be written, below a transcript. */
export function drawEdit(agent, { file, content = '# Notes', width = 120, height = 40 }) {
  const rows = [...Array(height).fill(''), ...said[agent], ...editRows(agent, { file, content, width })];
  return rows.slice(rows.length - height);
}

/** That dialog alone. */
export function editRows(agent, { file, content = '# Notes', width = 120 }) {
  return edits[agent]({ file, lines: content.split('\n'), width });
}

const said = {
  gemini: ['✦ I will write it.', ''],
  qwen: ['  ◆︎ I will write it.'],
  continue: ['● I will write it.', '', ' ⣧⣻⣾  ( 0s • esc to interrupt )'],
  claude: ['● I will write it.', ''],
};

const edits = {
  gemini: ({ file, lines, width }) =>
    boxed(width, [
      ...wrap(`? WriteFile  Writing to ${file}`, width - 4),
      ...boxed(
        width - 4,
        lines.flatMap((line, at) => wrap(`${at + 1} ${line}`.trimEnd(), width - 8)),
      ),
      'Apply this change?',
      '',
      '● 1. Allow once',
      '  2. Allow for this session',
      '  3. Modify with external editor',
      '  4. No, suggest changes (esc)',
    ]),
  qwen: ({ file, lines, width }) => [
    ...wrap(`${cutAsQwen(`? WriteFile Writing to ${file}`)} ←`, width - 4).map((row, at) =>
      at === 0 ? `  ${row}` : `    ${row}`,
    ),
    '',
    ...lines.map((line, at) => `   ${at + 1} ${line}`.trimEnd()),
    '',
    '   Apply this change?',
    '',
    '   › 1. Yes, allow once',
    '     2. Yes, allow always',
    '     3. No, suggest changes (esc)',
    '',
    '',
    '  ⠏ Waiting for user confirmation...',
  ],
  continue: ({ file, lines, width }) =>
    continueBox(width, [
      ...wrap(` Write(${file})`, width - 4),
      '',
      ' ⎿ New file content:',
      ...lines.map((line) => `   ${line}`),
      '',
      ' Would you like to continue?',
    ]),
  claude: ({ file, lines, width }) => [
    ...wrap(`● Write(${/[\p{Cc}\p{Cf}]/u.test(file) ? 'Path hidden (unsupported characters)' : file})`, width),
    '',
    '─'.repeat(width),
    ' Create file',
    ...wrap(file, width - 2).map((row) => ` ${row}`),
    '╌'.repeat(width),
    ...lines.map((line, at) => `  ${at + 1} ${line}`.trimEnd()),
    '╌'.repeat(width),
    ` Do you want to create ${file.split('/').at(-1)}?`,
    ' ❯ 1. Yes',
    '   2. Yes, and switch to accept edits (auto-approve file edits and common file commands) for this session (shift+tab)',
    '   3. No',
    '',
    ' Esc to cancel · Tab to amend',
  ],
};

/** The agents whose dialogs of a file are drawn. */
export const editAgents = Object.keys(edits);

const agents = {
  codex: ({ command, reason, width }) => ({
    said: ['• I will run it.', '', `• Running ${command.split('\n')[0]}`, '', ''],
    dialog: [
      '  Would you like to run the following command?',
      '',
      '  Environment: local',
      '',
      ...(reason === '' ? [] : [...wrap(`Reason: ${reason}`, width - 2).map((row) => `  ${row}`), '']),
      ...wrap(`$ ${command}`, width - 2).map((row) => `  ${row}`.trimEnd()),
      '',
      '',
      '› 1. Yes, proceed (y)',
      '  2. No, and tell Codex what to do differently (esc)',
      '',
      '  Press enter to confirm or esc to cancel',
    ],
  }),
  gemini: ({ command, reason, width }) => ({
    said: ['✦ I will run it.', ''],
    dialog: boxed(width, [
      `? Shell  ${cut(command.split('\n')[0] + (reason === '' ? '' : ` (${reason.replaceAll('\n', ' ')})`), width - 14)}`,
      ...boxed(width - 4, wrap(command, width - 8)),
      'Allow execution of [Shell]?',
      '',
      '● 1. Allow once',
      '  2. Allow for this session',
      '  3. No, suggest changes (esc)',
    ]),
  }),
  qwen: ({ command, reason, width }) => ({
    said: ['  ◆︎ I will run it.'],
    dialog: [
      ...wrap(cutAsQwen(`? Shell ${command}${reason === '' ? '' : ` (${reason})`}`), width - 6).map((row, at) =>
        at === 0 ? `  ${row} ←` : `    ${row}`.trimEnd(),
      ),
      '',
      ...wrap(cutAsQwen(command), width - 8).map((row) => `     ${row}`.trimEnd()),
      '',
      `   Allow execution of: '${/^\S*/.exec(command)[0]}'?`,
      '',
      '   › 1. Yes, allow once',
      `     2. Always allow run '${/^\S*/.exec(command)[0]} *' commands in this project`,
      `     3. Always allow run '${/^\S*/.exec(command)[0]} *' commands for this user`,
      '     4. No, suggest changes (esc)',
      '',
      '',
      '  ⠏ Waiting for user confirmation...',
    ],
  }),
  cline: ({ command, width }) => ({
    background: '48;2;29;32;33',
    said: [' * I will run it.', ''],
    dialog: [
      ' Cline needs permission',
      '',
      ' Approve tool call?',
      '',
      ' run_commands',
      '',
      ...wrap(`  $ ${command}`, width - 2).map((row) => ` ${row}`.trimEnd()),
      '',
      '  [y] Approve   [n] Deny',
      '',
      '',
      ` scripted-model (100) $0.00${'○ Plan ● Act (Tab)'.padStart(width - 28)}`,
      ' shop (master)',
      ' Auto-approve all disabled (Shift+Tab)',
    ],
  }),
  continue: ({ command, width }) => ({
    said: ['● I will run it.', '', ' ⣧⣻⣾  ( 0s • esc to interrupt )'],
    dialog: continueBox(width, [
      ...wrap(` Bash(${command.includes('\n') ? `${command.split('\n')[0]}...` : command})`, width - 4),
      '',
      ...wrap(`⎿ Will run: ${command.length > 60 ? `${command.slice(0, 60)}...` : command}`, width - 6).map(
        (row, at) => (at === 0 ? ` ${row}` : `   ${row}`),
      ),
      '',
      ' Would you like to continue?',
      '',
      ' Note: Dangerous commands will be blocked regardless of your preference.',
    ]),
  }),
  opencode: ({ command, reason, width }) => ({
    said: ['     I will run it.', '', '     ▣  Build · Scripted Model', ''],
    dialog: [
      '',
      ' △ Permission required',
      ...wrap(`# ${reason === '' ? 'Shell command' : reason}`, width - 8).map((row) => `   ${row}`.trimEnd()),
      '',
      ...wrap(`$ ${command}`, width - 6).map((row) => ` ${row}`.trimEnd()),
      '',
      '',
      '  Allow once   Allow always   Reject                                 ctrl+f fullscreen  ⇆ select  enter confirm',
      '',
    ].map((row) => (row === '' ? '  ┃' : `  ┃ ${row}`.slice(0, width))),
  }),
  copilot: ({ command, reason, width }) => ({
    said: [
      ' ● I will run it.',
      '',
      ` $ Shell ${reason.split('\n')[0]}`,
      `   ${cut(command.replaceAll('\n', ' '), width - 6)}`,
      '',
    ],
    dialog: boxed(width, [
      ...wrap(reason === '' ? 'Run a shell command' : reason, width - 4),
      '─'.repeat(width - 4),
      ...boxed(width - 4, wrap(command, width - 8)),
      '',
      'Do you want to run this command?',
      '',
      '❯ 1. Yes',
      `  2. Yes, and don't ask again for \`${/^\S*/.exec(command)[0]}\` in this repo (/work/shop)`,
      '  3. No, and tell Copilot what to do differently (Esc to stop)',
      '',
      '↑/↓ to navigate · enter to select · esc to cancel',
    ]),
  }),
  claude: ({ command, reason, width }) => ({
    said: ['● I will run a command.', ''],
    dialog: [
      '─'.repeat(width),
      ' Bash command',
      ...wrap(reason === '' ? 'Run shell command' : reason, width - 2).map((row) => ` ${row}`.trimEnd()),
      '╌'.repeat(width),
      ...barred(wrap(command, width - 4)),
      '╌'.repeat(width),
      ' Do you want to proceed?',
      ' ❯ 1. Yes',
      '   2. Yes, and switch to auto mode · auto mode handles these prompts for you',
      '   3. No',
      '',
      ' Esc to cancel · Tab to amend',
    ],
  }),
};

/** The agents that are drawn. */
export const drawnAgents = Object.keys(agents);

function barred(rows) {
  return rows.length === 1 ? [` ${rows[0]}`] : rows.map((row) => ` │ ${row}`.trimEnd());
}

/** Continue's frame, and below what it asks about always the same options and footer. */
function continueBox(width, asks) {
  return [
    ...boxed(width, [
      '',
      ...asks,
      '',
      ' > Continue (tab)',
      "   Continue + don't ask again (shift+tab)",
      '   No, and tell Continue what to do differently (esc)',
      '',
    ]),
    `  /home/adaaaaaaaaaaaaaaa/6/shop/shop ⊦master  • Context: 1%${'◉ Continue CLI'.padStart(width - 62)}`,
  ];
}

function boxed(width, rows) {
  return [
    `╭${'─'.repeat(width - 2)}╮`,
    ...rows.map((row) => `│ ${row}${' '.repeat(Math.max(0, width - 4 - columns(row)))} │`),
    `╰${'─'.repeat(width - 2)}╯`,
  ];
}

/** As terminals' text widgets do: at blanks, which the break swallows; a word that is too long in its middle. */
function wrap(text, width) {
  return text
    .replaceAll('\t', '    ')
    .split('\n')
    .flatMap((line) => wrapLine(line, width));
}

/** qwen 0.24.4: each line loses as many characters at its end as there are tabs and bells in it, and a bell is not drawn. */
function cutAsQwen(text) {
  return text
    .split('\n')
    .map((line) => line.slice(0, line.length - (line.match(/[\t\x07]/g) ?? []).length).replaceAll('\x07', ''))
    .join('\n');
}

function wrapLine(line, width) {
  const rows = [];
  let rest = line;
  while (columns(rest) > width) {
    let at = 0;
    while (columns(rest.slice(0, at + 1)) <= width) at++;
    const blank = rest[at] === ' ' ? at : rest.lastIndexOf(' ', at - 1);
    const end = blank > 0 && rest.slice(0, blank).trim() !== '' ? blank : at;
    rows.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...rows, rest];
}

function cut(text, width) {
  return columns(text) <= width ? text : `${text.slice(0, width - 1)}…`;
}

function columns(text) {
  let count = 0;
  for (const character of text) {
    if (/[\p{Mn}\p{Cf}]/u.test(character)) continue;
    count += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(character) ? 2 : 1;
  }
  return count;
}
