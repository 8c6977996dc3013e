// Meaner variants of recorded screens, whose right reading is still known. Plain data in and out: they are made of a
// snapshot and of what was read from it, and know nothing of agent programs.

/** What a mutation promises: the label stays right; only that it is not ready unless it was; the program has ended. */
const keeps = 'label';
const safe = 'safety';
const ended = 'exited';

/**
 * @param sample  { entry, snapshot, reading, expected }: one recorded screen and what it reads as
 * @param corpus  every sample there is: quoted dialogs and half-drawn frames are taken from the same agent's
 * @returns list of { name, snapshot, promises, mayBeReady, noNewRequest }
 */
export function mutationsOf(sample, corpus) {
  const { snapshot, expected } = sample;
  const mutants = [];
  const add = (name, mutated, promises, more = {}) => {
    if (mutated === null) return;
    const mayBeReady = promises === ended ? false : expected.isReady;
    mutants.push({ name, snapshot: mutated, promises, mayBeReady, noNewRequest: false, ...more });
  };
  add('wider', wider(snapshot, 24), keeps);
  add('narrower', narrower(snapshot, 6), keeps);
  add('without title', withFacts(snapshot, { title: '' }), safe);
  add('title of the user', withFacts(snapshot, { title: 'my terminal' }), safe);
  add('title of a spinner program', withFacts(snapshot, { title: 'Ready? npm run dev' }), safe);
  add(
    'text only',
    withRows(snapshot, ({ text }) => ({ text, dim: [] })),
    safe,
  );
  add(
    'backgrounds lost',
    withRows(snapshot, ({ text, dim }) => ({ text, dim })),
    safe,
  );
  const half = Math.ceil(snapshot.rows.length / 2);
  if (isToldBelow(sample, half))
    add(
      'upper half not drawn yet',
      withRows(snapshot, (row, at) => (at < half ? blank : row)),
      safe,
    );
  add(
    'lower half not drawn yet',
    withRows(snapshot, (row, at) => (at < half ? row : blank)),
    safe,
  );
  add('cursor hidden', withFacts(snapshot, { cursorVisible: false }), safe);
  add('cursor at the top', { ...withFacts(snapshot, { cursorX: 0, cursorY: 0 }), cursorRow: 0 }, safe);
  const shell = withFacts(snapshot, { command: 'bash', title: 'bash' });
  add('ended to a shell', { ...shell, program: null, foreground: 'shell' }, ended);
  add('ended to a remote shell', { ...shell, program: null, foreground: 'remote' }, safe, { mayBeReady: false });
  for (const [name, lines] of Object.entries(prose)) add(name, sayMore(sample, lines), keeps);
  for (const dialog of dialogsOf(sample, corpus)) add('quoted dialog', sayMore(sample, dialog), keeps);
  add('old screen in the history', withHistory(sample, corpus), keeps);
  add('request in a tool’s output', toolSays(sample, documentation), keeps, { noNewRequest: true });
  add('request in an echoed input', inputSays(sample, documentation), keeps, { noNewRequest: true });
  add('request quoted', sayMore(sample, quotedRequest), keeps, { noNewRequest: true });
  add('request in a code fence', sayMore(sample, fencedRequest), keeps, { noNewRequest: true });
  for (const torn of tornFrames(sample, corpus))
    add('half drawn', torn.snapshot, safe, { mayBeReady: torn.mayBeReady });
  return mutants;
}

const documentation = [
  'To ask the controller write:',
  '<<CONTROLLER_REQUEST>>',
  'Which port should the server use?',
  '<<CONTROLLER_REQUEST_END>>',
];
const quotedRequest = [
  'The README says:',
  '> <<CONTROLLER_REQUEST>>',
  '> Which port should the server use?',
  '> <<CONTROLLER_REQUEST_END>>',
  'and `<<CONTROLLER_REQUEST_END>>` ends it.',
];
const fencedRequest = ['The README shows an example:', '```text', ...documentation.slice(1), '```', 'I have read it.'];

const prose = {
  'old spinner': [
    'It printed this while it worked:',
    '• Working (12s • esc to interrupt)',
    '⠏ Thinking... (esc to cancel, 2s)',
  ],
  'old spinner footer': ['⬝⬝■■ esc interrupt', '(1s • esc to interrupt)', '⠹ Working...', 'I waited for that.'],
  'old end of a turn': ['The log ends with', 'Worked for 7s • 17:53', 'and that was all.'],
  'words of a dialog': [
    'Would you like to run the following command?',
    'Press enter to confirm or esc to cancel',
    'Allow execution of [Shell]?',
  ],
  'status bar of tmux': ['[macs] 0:bash- 1:codex* 2:node          "ada@example" 17:53 21-Nov-26'],
  'a shell prompt': ['It ended at the prompt', 'ada@example:~/work$ ', '> ', 'which is empty.'],
  german: ['Die Tests laufen durch. Möchten Sie, dass ich fortfahre? Drücken Sie Esc zum Abbrechen.'],
  japanese: ['テストは成功しました。続行しますか？ 処理中… (esc で中断)'],
  arabic: ['اكتملت الاختبارات. هل تريد المتابعة؟'],
  'a line of marks': ['────────────────────────────────────────', '✓ done', '✗ failed', '❯ next', '│ a │ b │'],
};

function withFacts(snapshot, facts) {
  return { ...snapshot, facts: { ...snapshot.facts, ...facts } };
}

const blank = { text: '', dim: [] };

function withRows(snapshot, change) {
  return { ...snapshot, rows: snapshot.rows.map(change) };
}

/** Where something stands at the right edge (a sidebar, a frame, a wrapped line), a wider pane would have it elsewhere. */
function wider(snapshot, by) {
  const { width } = snapshot.facts;
  if (snapshot.rows.some(({ text }) => [...text].length >= width - 4)) return null;
  return withFacts(snapshot, { width: width + by });
}

/** Cuts the right margin, where nothing stands in it but rules, blanks, and the right side of a frame. */
function narrower(snapshot, by) {
  const width = snapshot.facts.width - by;
  if (snapshot.facts.cursorX >= width) return null;
  const rows = [];
  for (const row of snapshot.rows) {
    const cut = [...row.text].length > width ? cutRow(row.text, width) : row.text;
    if (cut === null) return null;
    const dim = row.dim.filter(([from]) => from < cut.length).map(([from, to]) => [from, Math.min(to, cut.length)]);
    rows.push({ ...row, text: cut, dim });
  }
  return { ...withFacts(snapshot, { width }), rows };
}

function cutRow(text, width) {
  const letters = [...text];
  const lost = letters.slice(width - 1, -1).join('');
  if (/^[─━═▀▄]*$/.test(lost)) return [...letters.slice(0, width - 1), letters.at(-1)].join('');
  const corner = /[│┃║╮╯┐┘]/.test(letters.at(-1)) && /^\s*$/.test(lost);
  return corner ? [...letters.slice(0, width - 1), letters.at(-1)].join('') : null;
}

/** More of the agent's own words: they go on with the last that are on the screen, or begin below the last input. */
function sayMore(sample, lines) {
  const { snapshot } = sample;
  const at = lastOwnRow(sample);
  if (at < 0) return sayFirst(sample, lines);
  const indent = ' '.repeat(indentOf(snapshot.rows[at].text));
  return inserted(
    snapshot,
    at + 1,
    ['', ...lines].map((text) => ({ text: text && `${indent}${text}`.trimEnd(), dim: [] })),
  );
}

/** How an agent's message begins, and where an echoed input ends: codex 0.169.0, gemini-cli 0.61.0, qwen-code 0.24.4, opencode 1.18.33. */
const speech = {
  codex: {
    first: '• ',
    rest: '  ',
    dim: [[0, 2]],
    endsInput: (row, next) => row.tinted === true && next?.tinted !== true,
  },
  gemini: { first: '✦ ', rest: '  ', dim: [], endsInput: ({ text }) => /^▀{10,}$/.test(text) },
  qwen: { first: '  ◆\ufe0e ', rest: '    ', dim: [], endsInput: (_, next) => next?.text === '' },
  opencode: {
    first: '     ',
    rest: '     ',
    dim: [],
    endsInput: (_, next) => next !== undefined && !/^\s*┃/.test(next.text),
  },
};

function sayFirst(sample, lines) {
  const { entry, snapshot } = sample;
  const style = speech[entry.agent];
  const echo = lastEcho(sample);
  if (style === undefined || echo === null) return null;
  const { rows } = snapshot;
  const end = rows.findIndex((row, at) => at >= echo.at && style.endsInput(row, rows[at + 1]));
  if (end < 0 || end > echo.at + 12 || end >= endOfTranscript(sample)) return null;
  const said = lines.map((line, at) =>
    at === 0 ? { text: `${style.first}${line}`, dim: style.dim } : { text: `${style.rest}${line}`.trimEnd(), dim: [] },
  );
  return inserted(snapshot, end + 1, [...(rows[end + 1]?.text ? [] : [{ text: '', dim: [] }]), ...said]);
}

function lastOwnRow(sample) {
  const { snapshot, reading } = sample;
  const words = reading.turn.words.map(squeezed).filter((word) => word.length >= 4);
  for (let at = endOfTranscript(sample) - 1; at >= 0; at--) {
    const { text, dim, ink = [] } = snapshot.rows[at];
    // grey, too: a command below a tool's name, with the same words (Claude Code 2.1.332)
    const isAllDim = [...dim, ...ink].some(([from, to]) => from <= indentOf(text) && to >= text.length);
    const bare = squeezed(text.slice(indentOf(text)));
    if (!isAllDim && bare.length >= 4 && words.some((word) => word.includes(bare))) return at;
  }
  return -1;
}

/** Above the dialog, or above the cursor. */
function endOfTranscript({ snapshot, reading, expected }) {
  const decided = expected.says === 'dialog' ? reading.why.flatMap(({ rows = [] }) => rows) : [snapshot.cursorRow];
  return Math.min(snapshot.rows.length, ...decided);
}

/** Where the words begin: behind a glyph and the blanks around it. */
function indentOf(text) {
  return /^\s*(?:[^\p{L}\p{N}\s"'`(<>[]\p{Mn}?\s+)?/u.exec(text)[0].length;
}

function squeezed(text) {
  return text.replace(/\s+/g, '');
}

/** A taller screen, with rows that were not there. */
function inserted(snapshot, at, rows) {
  const below = snapshot.cursorRow >= at ? rows.length : 0;
  const { height, cursorY } = snapshot.facts;
  return {
    ...withFacts(snapshot, { height: height + rows.length, cursorY: cursorY + below }),
    rows: [...snapshot.rows.slice(0, at), ...rows, ...snapshot.rows.slice(at)],
    cursorRow: snapshot.cursorRow + below,
    firstVisible: snapshot.firstVisible,
  };
}

/** The agent's own dialogs, as it may quote them: on screens that show none. */
function dialogsOf({ entry, expected }, corpus) {
  if (expected.says === 'dialog') return [];
  return corpus
    .filter((other) => other.entry.agent === entry.agent && other.expected.says === 'dialog')
    .slice(0, 2)
    .map(({ snapshot }) => trimmed(snapshot.rows.map(({ text }) => text)).slice(-12));
}

function trimmed(lines) {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1).filter((line, at, all) => line !== '' || all[at - 1] !== '');
}

/** Outside the alternate screen the history above may hold any older frame: a busy one, a dialog. */
function withHistory({ entry, snapshot }, corpus) {
  if (snapshot.facts.alternateScreen || beginsInInput(snapshot)) return null;
  const old = corpus.find(
    (other) => other.entry.agent === entry.agent && other.expected.says === 'busy' && other.entry !== entry,
  );
  if (old === undefined) return null;
  const rows = old.snapshot.rows.slice(0, old.snapshot.rows.findLastIndex(({ text }) => text !== '') + 1);
  return {
    ...withFacts(snapshot, { historySize: snapshot.facts.historySize + rows.length }),
    rows: [...rows, ...snapshot.rows],
    firstVisible: snapshot.firstVisible + rows.length,
    cursorRow: snapshot.cursorRow + rows.length,
  };
}

/** Right above stands the bar that gemini-cli 0.61.0 draws above an input, and nothing else. */
function beginsInInput({ rows }) {
  const [top, bottom] = ['▄', '▀'].map((bar) => rows.findIndex(({ text }) => text.startsWith(bar.repeat(10))));
  return bottom >= 0 && bottom < top;
}

/** How an agent shows a tool's output, where that was seen: codex 0.169.0, gemini-cli 0.61.0. */
const toolRows = {
  codex: (lines) => [
    { text: '• Ran cat README.md', dim: [] },
    ...lines.map((line, at) => ({ text: `${at === 0 ? '  └ ' : '    '}${line}`, dim: [[0, line.length + 4]] })),
    { text: '', dim: [] },
  ],
  gemini: (lines, width) => [
    { text: `╭${'─'.repeat(width - 3)}╮`, dim: [] },
    ...['✓  Shell cat README.md', '', ...lines].map((line) => ({ text: `│ ${line.padEnd(width - 4)}│`, dim: [] })),
    { text: `╰${'─'.repeat(width - 3)}╯`, dim: [] },
    { text: '', dim: [] },
  ],
};

function toolSays(sample, lines) {
  const { entry, snapshot } = sample;
  const rows = toolRows[entry.agent]?.(lines, snapshot.facts.width);
  const last = lastOwnRow(sample);
  if (rows === undefined || last < 0) return null;
  const first = snapshot.rows.slice(0, last + 1).findLastIndex(({ text }) => /^[•✦]\s/.test(text));
  return first < 0 ? null : inserted(snapshot, first, rows);
}

/** The echo of the last input grows by these lines, drawn as its first is. */
function inputSays(sample, lines) {
  const { entry, snapshot } = sample;
  const echo = lastEcho(sample);
  if (echo === null) return null;
  const row = snapshot.rows[echo.at];
  // codex pins a scrolled input, on one line, to the top row: it does not grow
  if (entry.agent === 'codex' && row.tinted !== true) return null;
  // an emoji takes two columns, and what stands below it two blanks
  const before = row.text.slice(0, row.text.indexOf(echo.opening));
  const margin = before.replace(/\p{Emoji_Presentation}/gu, '  ').replace(/[^\s┃│]/g, ' ');
  return inserted(
    snapshot,
    echo.at + 1,
    lines.map((line) => ({ ...row, text: `${margin}${line}`, dim: [] })),
  );
}

function lastEcho({ snapshot, reading }) {
  const input = reading.turn.inputs.at(-1)?.replace(/^…|\s*…$/g, '');
  const opening = input?.split('\n')[0]?.trim() ?? '';
  if (opening.length < 3) return null;
  const at = snapshot.rows.findLastIndex((row, index) => index < snapshot.cursorRow && row.text.includes(opening));
  return at < 0 ? null : { at, opening };
}

/**
 * What tells that a frame is not ready is its title, or stands in its lower half. Where it is in the rows that a torn
 * frame does not show, nobody could know, and nothing is asked. A starting frame is known by its upper rows alone.
 */
function isToldBelow({ entry, reading, expected }, half) {
  if (expected.isReady) return true;
  const title = entry.title?.trim() ?? '';
  return (
    (titled.includes(entry.agent) && title !== '' && expected.says !== 'anything but ready') ||
    reading.why.some(({ rows = [] }) => rows.length > 0 && rows.every((row) => row >= half))
  );
}

/** Agents whose title says what they do: codex 0.169.0, gemini-cli 0.61.0, qwen-code 0.24.4. */
const titled = ['codex', 'gemini', 'qwen'];

/** The upper half of one frame over the lower half of another. Title and cursor are those of the frame that is not ready. */
function tornFrames({ entry, snapshot, expected }, corpus) {
  const others = corpus.filter(
    (other) =>
      other.entry.agent === entry.agent &&
      other.expected.isReady !== expected.isReady &&
      ![expected, other.expected].some(({ says }) => says === 'anything but ready') &&
      other.snapshot.facts.width === snapshot.facts.width &&
      other.snapshot.rows.length === snapshot.rows.length,
  );
  return others.slice(0, 4).flatMap((other) => {
    const half = Math.ceil(snapshot.rows.length / 2);
    const rows = [...snapshot.rows.slice(0, half), ...other.snapshot.rows.slice(half)];
    // what is not ready gives its upper half alone: then its title has to tell, and tell another thing
    const title = entry.title?.trim() ?? '';
    // of a draft no title tells: codex 0.171.0's differs by the name of the thread alone
    const isNews =
      titled.includes(entry.agent) &&
      title !== '' &&
      title !== other.snapshot.facts.title.trim() &&
      expected.says !== 'idle with a draft';
    if (expected.isReady ? !isToldBelow(other, half) : !isNews) return [];
    const { facts, cursorRow } = expected.isReady ? other.snapshot : snapshot;
    // of a draft whose row is in the upper half the lower one tells nothing
    const isMixed =
      facts.title !== snapshot.facts.title || rows.some(({ text }, at) => text !== snapshot.rows[at].text);
    if (expected.isReady && !isMixed) return [];
    return [{ snapshot: { ...snapshot, facts, cursorRow, rows }, mayBeReady: false }];
  });
}
