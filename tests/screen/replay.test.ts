import { describe, expect, test } from 'vitest';
import { simulate } from '../../bridge/recordings/replay.ts';

const size = { columns: 80, rows: 24 };
const block = (text: string) => `<<CONTROLLER_REQUEST>>\n${text}\n<<CONTROLLER_REQUEST_END>>\n`;

describe('a plain log', () => {
  test('each request is reported once, in order, with its line and byte', async () => {
    const log = `hello\n${block('first?')}words\n${block('second?')}${block('first?')}`;
    const found = await simulate(Buffer.from(log), size);
    expect(found.map(({ text, line, offset }) => [text, line, offset])).toEqual([
      ['first?', 4, log.indexOf('words')],
      ['second?', 8, log.lastIndexOf('<<CONTROLLER_REQUEST>>')],
    ]);
  });

  test('spinners, questions, templates without END and echoes raise nothing', async () => {
    const spinner = Array.from({ length: 2000 }, (_, at) => `\r${'|/-\\'[at % 4]} ${at} done?`).join('');
    expect(await simulate(Buffer.from(`${spinner}\n<<CONTROLLER_REQUEST>>\nnever ended`), size)).toEqual([]);
  });

  test('a long log is read whole', async () => {
    const log = Array.from(
      { length: 20_000 },
      (_, at) => `line ${at}\n${at % 2000 === 0 ? block(`question ${at}?`) : ''}`,
    ).join('');
    expect((await simulate(Buffer.from(log), size)).map(({ text }) => text)).toEqual(
      Array.from({ length: 10 }, (_, at) => `question ${at * 2000}?`),
    );
  });

  test('CRLF and bytes that are no UTF-8 do no harm', async () => {
    const log = Buffer.concat([
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from(block('é 日本?').replaceAll('\n', '\r\n')),
    ]);
    expect((await simulate(log, size)).map(({ text }) => text)).toEqual(['é 日本?']);
  });
});

describe('a raw terminal log', () => {
  const at = (row: number, text: string) => `\x1b[${row};1H\x1b[K${text}`;
  const drawn = (row: number, ...lines: string[]) => lines.map((line, index) => at(row + index, line)).join('');
  const ask = (row: number, text: string) =>
    drawn(row, '  <<CONTROLLER_REQUEST>>', `  ${text}`, '  <<CONTROLLER_REQUEST_END>>');

  test('a block drawn with cursor moves, from the bottom up, is one request', async () => {
    const log = `\x1b[?1049h\x1b[2J${at(4, '  <<CONTROLLER_REQUEST_END>>')}${at(3, '  whi')}${at(3, '  which?')}${at(2, '  <<CONTROLLER_REQUEST>>')}`;
    expect((await simulate(Buffer.from(log), size)).map(({ text }) => text)).toEqual(['which?']);
  });

  test('three hundred redraws of one screen are one request', async () => {
    const frame = `\x1b[2J${ask(2, 'which?')}${at(20, '> ')}`;
    expect(await simulate(Buffer.from(`\x1b[?1049h${frame.repeat(300)}`), size)).toHaveLength(1);
  });

  test('the same request after another input is another request', async () => {
    const log = `> go\r\n<<CONTROLLER_REQUEST>>\r\nProceed?\r\n<<CONTROLLER_REQUEST_END>>\r\n\x1b[0m> yes\r\n<<CONTROLLER_REQUEST>>\r\nProceed?\r\n<<CONTROLLER_REQUEST_END>>\r\n> `;
    expect((await simulate(Buffer.from(log), size)).map(({ text, turn }) => [text, turn])).toEqual([
      ['Proceed?', 1],
      ['Proceed?', 2],
    ]);
  });

  const update = (drawn: string) => `\x1b[?2026h${drawn}\x1b[?2026l`;

  test('nothing is judged inside a synchronized update, and its place is the end of that', async () => {
    // the frame below is drawn over: what stood there begins a block that nobody wrote
    const torn = `${at(2, '<<CONTROLLER_REQUEST>>')}${at(3, 'half?')}${at(4, '<<CONTROLLER_REQUEST_END>>')}`;
    const whole = `${at(2, 'words')}\x1b[K${at(3, 'words')}\x1b[K${at(4, 'words')}\x1b[K`;
    const log = `\x1b[?1049h${update(torn + whole)}`;
    expect(await simulate(Buffer.from(log), size)).toEqual([]);
    expect(await simulate(Buffer.from(log.slice(0, log.indexOf('words'))), size)).toEqual([]);
    const asked = `\x1b[?1049h${update(ask(2, 'a?') + at(9, 'more'))}rest`;
    expect(await simulate(Buffer.from(asked), size)).toMatchObject([{ text: 'a?', offset: asked.length - 4 }]);
  });

  test('nothing is judged where a piece of the log happens to end', async () => {
    const drawnOver = [at(2, '<<CONTROLLER_REQUEST>>'), at(3, 'half?'), at(4, '<<CONTROLLER_REQUEST_END\x1b[m>>')].join(
      '',
    );
    for (let from = 1_920; from < 2_060; from += 3) {
      const log = `\x1b[?1049h${'\x1b[m'.repeat(from / 3)}${drawnOver}${at(2, 'words')}\x1b[K\r\n`;
      expect([from, await simulate(Buffer.from(log), size)]).toEqual([from, []]);
    }
  });

  test('a block cleared away before the next look is reported', async () => {
    const log = `\x1b[?1049h${ask(2, 'a?')}\x1b[2J${at(1, 'gone')}`;
    expect((await simulate(Buffer.from(log), size)).map(({ text }) => text)).toEqual(['a?']);
  });

  test('lines that scroll far out of sight are all read', async () => {
    const log = Array.from(
      { length: 3000 },
      (_, line) =>
        `\x1b[32mline ${line}\x1b[0m\r\n${line % 300 === 0 ? block(`q ${line}?`).replaceAll('\n', '\r\n') : ''}`,
    ).join('');
    const found = await simulate(Buffer.from(log), size);
    expect(found.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, index) => `q ${index * 300}?`));
    expect(found[0]).toMatchObject({ line: 4, kind: 'request' });
  });

  test('what a codex user typed, and what its tools printed, is not reported', async () => {
    const tint = '\x1b[48;2;68;68;68m';
    const log = [
      '\x1b[?1049h\x1b[2J\x1b]7501;state=idle:app=codex\x1b\\',
      at(1, `${tint} \x1b[0m`),
      at(2, `${tint}\x1b[1;2m› \x1b[22;39m${tint}Ask like this:\x1b[0m`),
      drawn(
        3,
        ...['<<CONTROLLER_REQUEST>>', 'template?', '<<CONTROLLER_REQUEST_END>>'].map(
          (line) => `${tint}  ${line}\x1b[0m`,
        ),
      ),
      at(7, '\x1b[1m•\x1b[0m \x1b[1mRan\x1b[0m cat README'),
      drawn(
        8,
        ...['  └ <<CONTROLLER_REQUEST>>', '    tool?', '    <<CONTROLLER_REQUEST_END>>'].map(
          (line) => `\x1b[2m${line}\x1b[0m`,
        ),
      ),
      at(12, '\x1b[2m• \x1b[0mI ask:'),
      ask(13, 'really?'),
      at(17, '\x1b[1m›\x1b[0m \x1b[2mAsk Codex to do anything\x1b[0m'),
      at(19, '  model · /home/ada/work'),
      '\x1b[17;3H',
    ].join('');
    expect((await simulate(Buffer.from(log), { ...size, agent: 'codex' })).map(({ text }) => text)).toEqual([
      'really?',
    ]);
    expect((await simulate(Buffer.from(log), size)).map(({ text }) => text)).toEqual(['really?']);
  });

  test('a log cut in the middle of an escape or a character is read as far as it goes', async () => {
    const log = Buffer.from(`\x1b[?1049h${ask(2, '日本?')}\x1b[38;2`);
    expect((await simulate(log, size)).map(({ text }) => text)).toEqual(['日本?']);
    expect(await simulate(log.subarray(0, log.indexOf(Buffer.from('本')) + 1), size)).toEqual([]);
  });
});

test('how turns ended is told at their place, when somebody wants it judged', async () => {
  const turn = (input: string, said: string) =>
    `\x1b]2;✦  Working (x)\x07▄▄▄▄▄▄▄▄▄▄▄▄\r\n > ${input}\r\n▀▀▀▀▀▀▀▀▀▀▀▀\r\n\r\n✦ ${said}\r\n`;
  const composer = `${'─'.repeat(20)}\r\n Shift+Tab to accept edits\r\n${'▄'.repeat(20)}\r\n >   Type your message or @path/to/file\r\n${'▀'.repeat(20)}\r\n workspace branch\r\n main\x1b[3A\x1b[4G\x1b]2;◇  Ready (x)\x07`;
  const log = turn('go', 'Should I use SQLite or Postgres?') + composer;
  const judged = await simulate(Buffer.from(log), { ...size, agent: 'gemini', closingLines: 20 });
  expect(judged.map(({ kind, text }) => [kind, text])).toEqual([['question', 'Should I use SQLite or Postgres?']]);
  expect(await simulate(Buffer.from(log), { ...size, agent: 'gemini' })).toEqual([]);
});
