import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ControlMessage, ControlParser, quoteArgument, unescapeOctal } from '../../bridge/tmux/control-mode.ts';
import { fuzz } from '../fixtures/fuzz.ts';
import { growsInProportion } from '../fixtures/growth.ts';

/** What tmux may send, as it means it. */
type Sent =
  | { readonly is: 'reply'; readonly ok: boolean; readonly lines: readonly string[] }
  | { readonly is: 'output'; readonly pane: number; readonly bytes: Uint8Array; readonly extended: boolean }
  | { readonly is: 'notification'; readonly name: string; readonly rest: string };

const imitation = fc.constantFrom(
  ...['%begin 1 1 1', '%begin 1700000000 2 1', '%end 1 1 1', '%error 1700000000 2 0', '%output %1 x', '%exit', '%'],
  ...['%extended-output %1 5 : x', '%session-changed $1 x', '', ' ', '\\033', '\\', '<<CONTROLLER_REQUEST>>'],
);
const shown = fc.oneof(
  imitation,
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\n', '')),
  // surrogates that stand alone have no bytes of their own
  fc.nat(3_000).map((length) => 'x'.repeat(length)),
);
const sent: fc.Arbitrary<Sent> = fc.oneof(
  fc.record({ is: fc.constant('reply' as const), ok: fc.boolean(), lines: fc.array(shown, { maxLength: 8 }) }),
  fc.record({
    is: fc.constant('output' as const),
    pane: fc.nat(99),
    bytes: fc.uint8Array({ maxLength: 300 }),
    extended: fc.boolean(),
  }),
  fc.record({
    is: fc.constant('notification' as const),
    name: fc.constantFrom('exit', 'pause', 'layout-change', 'window-close', 'anything-new'),
    rest: fc.constantFrom('', '%3', '@1 abc,80x24 *', '$1 a name with  blanks'),
  }),
);

function escaped(bytes: Uint8Array): Buffer {
  const written = [...bytes].flatMap((byte) =>
    byte < 0x20 || byte === 0x5c ? [...Buffer.from(`\\${byte.toString(8).padStart(3, '0')}`)] : [byte],
  );
  return Buffer.from(written);
}

/** The stream as tmux writes it, and the messages that it stands for. */
function written(stream: readonly Sent[]): { bytes: Buffer; means: ControlMessage[] } {
  const parts = stream.map(partOf);
  return { bytes: Buffer.concat(parts.map(({ bytes }) => bytes)), means: parts.map(({ means }) => means) };
}

function partOf(one: Sent, at: number): { bytes: Buffer; means: ControlMessage } {
  switch (one.is) {
    case 'reply': {
      const guard = `17000000${at} ${at + 7} 1`;
      const text = [`%begin ${guard}`, ...one.lines, `%${one.ok ? 'end' : 'error'} ${guard}`, ''].join('\n');
      const lines = one.lines.map((line) => Buffer.from(line).toString());
      return { bytes: Buffer.from(text), means: { type: 'reply', ok: one.ok, number: at + 7, ours: true, lines } };
    }
    case 'output': {
      const head = one.extended ? `%extended-output %${one.pane} 12 : ` : `%output %${one.pane} `;
      const bytes = Buffer.concat([Buffer.from(head), escaped(one.bytes), Buffer.from('\n')]);
      return { bytes, means: { type: 'output', paneId: `%${one.pane}`, bytes: Buffer.from(one.bytes) } };
    }
    case 'notification': {
      const text = `%${one.name}${one.rest === '' ? '' : ` ${one.rest}`}\n`;
      return { bytes: Buffer.from(text), means: { type: 'notification', name: one.name, rest: one.rest } };
    }
  }
}

test('whatever panes show, and however the stream is cut, each message is read as it was meant', () => {
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 20 }), fc.array(fc.nat(700), { maxLength: 40 }), (stream, sizes) => {
      const { bytes, means } = written(stream);
      const parser = new ControlParser();
      const read: ControlMessage[] = [];
      let from = 0;
      for (const size of [...sizes, bytes.length]) {
        read.push(...parser.push(bytes.subarray(from, from + size)));
        from += size;
      }
      expect(read).toEqual(means);
    }),
    fuzz(700),
  );
});

test('bytes of no protocol at all, between messages: no throw, and after a line break the stream is read again', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 10 }), fc.array(sent), (noise, stream) => {
      const parser = new ControlParser();
      for (const chunk of noise) parser.push(Buffer.from(chunk));
      // noise that happens to begin a block would swallow what follows, as it should; its own end closes it
      fc.pre(!Buffer.concat(noise.map((chunk) => Buffer.from(chunk))).includes('%begin'));
      parser.push(Buffer.from('\n'));
      const { bytes, means } = written(stream);
      expect(parser.push(bytes)).toEqual(means);
    }),
    fuzz(300),
  );
});

test('no stream takes longer than in proportion to its bytes, whole or cut', () => {
  const inPieces = (text: string, size: number) => {
    const bytes = Buffer.from(`%begin 1 2 1\n${text}\n%end 1 2 1\n%output %1 ${text.replaceAll('\n', '')}\n`);
    const parser = new ControlParser();
    for (let from = 0; from < bytes.length; from += size) parser.push(bytes.subarray(from, from + size));
  };
  growsInProportion(
    {
      whole: (text) => inPieces(text, Number.MAX_SAFE_INTEGER),
      'in blocks of 64': (text) => inPieces(text, 64),
      'byte by byte': (text) => inPieces(text, 1),
      unescapeOctal: (text) => unescapeOctal(Buffer.from(text)),
      quoteArgument: (text) => quoteArgument(text),
    },
    12,
  );
});
