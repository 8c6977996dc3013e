// What TUIs do to a request block, generated; and text about blocks, which is none.
import { normaliseWords } from '../../build/core/detection.js';
import { findRequests } from '../../build/screen/blocks.js';
import { cleanLines } from '../../build/screen/frame.js';

const start = '<<CONTROLLER_REQUEST>>';
const end = '<<CONTROLLER_REQUEST_END>>';
const bodies = [
  ['Which database should the service use?', '- sqlite', '- postgres'],
  ['May I delete the old migrations?'],
  [
    'The import takes four minutes on the large file, and half of that is spent in parsing dates that never change between two runs.',
    'Should I keep a cache beside the file, or leave it as it is?',
  ],
  ['type: decision', 'question: Which port?', 'options:', '- 8080', '- 3000', '- another one that you name'],
  ['Two things are open:', '', '1. the name of the table', '2. whether it is dropped first'],
  ['Soll ich die Prüfung überspringen? Die Datei größe.txt fehlt, und 漢字 steht darin.'],
];
const widths = [40, 60, 78, 118];

/** Detection on mangled blocks, and on text that only speaks of them. */
export function scoreBlocks() {
  const mangled = bodies.flatMap((body) => manglings(body).map((one) => ({ ...one, body: body.join('\n') })));
  const tally = { n: mangled.length, found: 0, right: 0 };
  const missed = [];
  for (const { name, lines, width, body } of mangled) {
    const blocks = findRequests(cleanLines(lines, width)).filter(({ complete }) => complete);
    const isRight = blocks.some(({ text }) => normaliseWords(text) === normaliseWords(body));
    tally.found += blocks.length;
    if (isRight) tally.right++;
    else missed.push(name);
  }
  const ghosts = documents.filter(({ lines }) => found(lines) > 0).map(({ name }) => name);
  return {
    precision: tally.found + ghosts.length === 0 ? 0 : tally.right / (tally.found + ghosts.length),
    recall: tally.right / tally.n,
    n: tally.n,
    falsePositives: ghosts.length,
    documents: documents.length,
    missed: countOf(missed),
    ghosts,
  };
}

function found(lines) {
  return findRequests(cleanLines(lines, 118)).filter(({ complete }) => complete).length;
}

function manglings(body) {
  const plain = [start, ...body, end];
  const bulleted = plain.map((line) => line.replace(/^- /, '• '));
  const pulled = [start, ...body.slice(0, -1), `${body.at(-1)} ${end}`];
  const eaten = ['<<CONTROLLERREQUEST>>', ...body, '<<CONTROLLERREQUEST_END>>'];
  const list = [];
  const add = (name, lines, width = 118) => list.push({ name, lines, width });
  add('as written', plain);
  for (let columns = 1; columns <= 5; columns++) add('indented', indented(plain, columns));
  add('bullets for dashes', indented(bulleted, 2));
  add(
    'bullets, blank lines between',
    indented(
      bulleted.flatMap((line) => (line.startsWith('•') ? ['', line] : [line])),
      2,
    ),
  );
  add('behind the agent’s bullet', [`• ${plain[0]}`, ...indented(plain.slice(1), 2)]);
  add('END pulled into the last item', indented(pulled, 2));
  add('END indented below the last item', [...indented(bulleted.slice(0, -1), 2), `    ${end}`]);
  add('underscore eaten', indented(eaten, 3));
  add('both underscores eaten', ['<<CONTROLLERREQUEST>>', ...body, '<<CONTROLLERREQUESTEND>>']);
  add(
    'underscores escaped',
    plain.map((line) => line.replaceAll('R_R', 'R\\_R').replaceAll('T_E', 'T\\_E')),
  );
  add('bold delimiters', [`**${start}**`, ...body, `**${end}**`]);
  for (const width of widths) {
    add('wrapped at words', indented(wrapped(plain, width - 2), 2), width);
    add('wrapped at words, hanging', indented(wrapped(bulleted, width - 4), 4), width - 2);
    add('bordered', bordered(wrapped(plain, width - 4), width), width);
    add(
      'behind a gutter',
      wrapped(plain, width - 4).map((line) => `┃ ${line}`),
      width,
    );
    add(
      'beside a scroll bar',
      wrapped(plain, width - 4).map((line, at) => `${line.padEnd(width - 1)}${at % 3 ? '█' : '░'}`),
      width,
    );
  }
  add('END wrapped in its word', [start, ...body, end.slice(0, 20), end.slice(20)], 22);
  return list;
}

function indented(lines, columns) {
  return lines.map((line) => (line === '' ? '' : `${' '.repeat(columns)}${line}`));
}

function bordered(lines, width) {
  const inner = width - 4;
  return [
    `╭${'─'.repeat(width - 2)}╮`,
    ...lines.map((line) => `│ ${line}${' '.repeat(Math.max(0, inner - columnsIn(line)))} │`),
    `╰${'─'.repeat(width - 2)}╯`,
  ];
}

function columnsIn(text) {
  return [...text].reduce((sum, letter) => sum + (/[\u2e80-\u9fff]/.test(letter) ? 2 : 1), 0);
}

/** As a TUI wraps: at words, the rest of a list item below its first word. */
function wrapped(lines, width) {
  return lines.flatMap((line) => {
    const hang = ' '.repeat(/^(?:[-•]|\d\.) /.exec(line)?.[0].length ?? 0);
    const rows = [];
    let row = '';
    for (const word of line.split(' ')) {
      const longer = row === '' ? word : `${row} ${word}`;
      if (row !== '' && columnsIn(longer) > width) {
        rows.push(row);
        row = hang + word;
      } else row = longer;
    }
    return [...rows, row];
  });
}

function countOf(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const block = [start, 'Which port?', end];
const documents = [
  { name: 'quoted', lines: ['The README says:', ...block.map((line) => `> ${line}`)] },
  { name: 'inline code', lines: [`Put your question between \`${start}\` and \`${end}\`.`] },
  { name: 'inline code at the line’s start', lines: [`\`${start}\``, 'Which port?', `\`${end}\``] },
  { name: 'named in a sentence', lines: [`A worker writes ${start}, then the question, then ${end}.`] },
  { name: 'only a beginning', lines: [start, 'the rest is never written', 'and the turn ends'] },
  { name: 'an END in a sentence', lines: [start, `the line ${end} closes it`, 'as the protocol says'] },
  { name: 'neutralised', lines: block.map((line) => line.replace('<<', '< <')) },
  { name: 'as placeholders', lines: ['<<CONTROLLER_…>>', 'Which port?', '<<CONTROLLER_…_END>>'] },
  { name: 'in a table', lines: [`| begins | ${start} |`, `| ends | ${end} |`] },
  { name: 'as a diff', lines: block.map((line) => `+ ${line}`.replace('+ <<', '+<<')) },
  { name: 'numbered by a viewer', lines: block.map((line, at) => `${at + 10} │ ${line}`) },
  { name: 'in a comment', lines: block.map((line) => `# ${line}`) },
  { name: 'in a string', lines: [`const start = '${start}';`, `const end = '${end}';`] },
  { name: 'in a code fence', lines: ['For example:', '```text', ...block, '```', 'That is all.'] },
  { name: 'as a response', lines: ['<<CONTROLLER_RESPONSE>>', 'Use 8080.', '<<CONTROLLER_RESPONSE_END>>'] },
  { name: 'in lower case', lines: block.map((line) => line.toLowerCase()) },
];
