import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ControlMessage,
  ControlParser,
  commandLine,
  quoteArgument,
  unescapeOctal,
} from '../../bridge/tmux/control-mode.ts';

const parse = (...chunks: Array<string | Buffer>): ControlMessage[] => {
  const parser = new ControlParser();
  return chunks.flatMap((chunk) => parser.push(Buffer.from(chunk)));
};

test('a reply is its lines, and whether it went well', () => {
  expect(parse('%begin 1 7 1\na\n\nb\n%end 1 7 1\n%begin 1 8 0\nno such pane\n%error 1 8 0\n')).toEqual([
    { type: 'reply', ok: true, number: 7, ours: true, lines: ['a', '', 'b'] },
    { type: 'reply', ok: false, number: 8, ours: false, lines: ['no such pane'] },
  ]);
});

test('a pane that shows %end, %error, %begin, %output and %exit is text, unless all three numbers are those of its %begin', () => {
  const shown = [
    '%end 1 2 1',
    '%error 1 7 0',
    '%begin 1 7 1',
    '%output %1 x',
    '%exit',
    '%end 1 7 1 ',
    ' %end 1 7 1',
    '%end 2 7 1',
  ];
  expect(parse(`%begin 1 7 1\n${shown.join('\n')}\n%end 1 7 1\n`)).toMatchObject([{ type: 'reply', lines: shown }]);
});

test('a line outside of a block that is no notification is stray, never a reply', () => {
  expect(parse('hello\n%begin x\n\n%end 1 1 1\n')).toEqual([
    { type: 'stray', text: 'hello' },
    { type: 'notification', name: 'begin', rest: 'x' },
    { type: 'stray', text: '' },
    { type: 'notification', name: 'end', rest: '1 1 1' },
  ]);
});

test('output is the bytes that the program wrote, with or without an age', () => {
  expect(
    parse('%output %12 a\\033[1m\\134 \\015\\012é\n%extended-output %3 1200 more : \\001 : x\n%output %4 \n'),
  ).toEqual([
    { type: 'output', paneId: '%12', bytes: Buffer.from('a\x1b[1m\\ \r\né') },
    { type: 'output', paneId: '%3', bytes: Buffer.from('\x01 : x') },
    { type: 'output', paneId: '%4', bytes: Buffer.alloc(0) },
  ]);
});

test('output of something that is no pane, or without data, is a notification that nobody knows', () => {
  expect(parse('%output 3 x\n%output %3\n%extended-output %3 12\n').map((message) => message.type)).toEqual([
    'notification',
    'notification',
    'notification',
  ]);
});

test('bytes that are no UTF-8 and a character cut by tmux come through whole', () => {
  const message = parse(Buffer.from([...Buffer.from('%output %1 '), 0xff, 0xe6, 0xbc, 0x0a]))[0];
  expect(message).toEqual({ type: 'output', paneId: '%1', bytes: Buffer.from([0xff, 0xe6, 0xbc]) });
});

test('an escape that is none stays as it is', () => {
  for (const text of ['\\', '\\1', '\\12', '\\128', '\\400', 'a\\xyz', '\\\\']) {
    expect(unescapeOctal(Buffer.from(text)).toString()).toBe(text);
  }
});

/** Streams that look much like tmux's, and are as hostile as a screen can be. */
const line = fc.oneof(
  fc.constantFrom('%begin 1 7 1', '%end 1 7 1', '%error 1 7 1', '%begin 1 8 0', '%end 1 8 0', '%exit', '%pause %3', ''),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\n', ' ')),
  fc.string({ maxLength: 30 }).map((text) => `%output %1 ${text.replaceAll('\n', '')}`),
  fc
    .string({ unit: fc.constantFrom('\\', '0', '3', '7', ' ', ':', '%'), maxLength: 30 })
    .map((text) => `%extended-output %2 ${text}`),
);

test('any chunking of a stream gives the same messages', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.array(fc.nat(40), { maxLength: 60 }), (lines, cuts) => {
      const stream = Buffer.from(`${lines.join('\n')}\n`);
      const chunks: Buffer[] = [];
      let from = 0;
      for (const size of cuts) {
        chunks.push(stream.subarray(from, from + size));
        from += size;
      }
      chunks.push(stream.subarray(from));
      expect(parse(...chunks)).toEqual(parse(stream));
    }),
    { numRuns: 500 },
  );
});

test('no bytes at all make it throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
      parse(...chunks.map((chunk) => Buffer.from(chunk)));
    }),
  );
});

test('whatever a program writes arrives as it wrote it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const escaped = [...bytes].flatMap((byte) =>
        byte < 0x20 || byte === 0x5c ? [...Buffer.from(`\\${byte.toString(8).padStart(3, '0')}`)] : [byte],
      );
      const [message] = parse(Buffer.from([...Buffer.from('%output %1 '), ...escaped, 0x0a]));
      expect(message).toEqual({ type: 'output', paneId: '%1', bytes: Buffer.from(bytes) });
    }),
  );
});

test('a long line in single bytes takes time in proportion to its length', () => {
  const parser = new ControlParser();
  const byte = Buffer.from('x');
  // Joining the pieces at every byte would copy 200 GB here.
  for (let sent = 0; sent < 600_000; sent++) parser.push(byte);
  expect(parser.push(Buffer.from('\n'))).toMatchObject([{ type: 'stray' }]);
});

test('an argument stays plain only if nothing in it means anything to tmux', () => {
  expect(commandLine(['send-keys', '-t', '%3', 'Enter'])).toBe('send-keys -t %3 Enter');
  expect(quoteArgument('')).toBe('""');
  expect(quoteArgument('a;')).toBe('"a;"');
  expect(quoteArgument('~x "$HOME" \\ \n\t')).toBe('"\\~x \\"\\$HOME\\" \\\\ \\012\\011"');
  expect(quoteArgument('%if')).toBe('"%if"');
  expect(quoteArgument('a=b')).toBe('"a=b"');
});

test('an empty command would detach the client, and a NUL cannot be sent: both are refused', () => {
  expect(() => commandLine([])).toThrow(RangeError);
  expect(() => quoteArgument('a\0b')).toThrow(RangeError);
});

test('no argument ever breaks out of its line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!text.includes('\0'));
      expect(quoteArgument(text)).not.toMatch(/[\n\r]/);
    }),
  );
});
