import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generic } from '../../bridge/agent-programs/generic.ts';
import { unknown } from '../../bridge/agent-programs/unknown.ts';
import type { ComposerFacts } from '../../bridge/core/composer.ts';
import { prepare } from '../../bridge/delivery/text.ts';
import { fakeComposerFacts } from './fake-pane.ts';

const factsWith = (change: Partial<ComposerFacts> = {}): ComposerFacts => ({ ...fakeComposerFacts, ...change });
const typed = (body: string, change: Partial<ComposerFacts> = {}) => {
  const prepared = prepare(body, factsWith(change));
  return prepared.is === 'text' ? prepared.text : `REFUSED ${prepared.reason}`;
};

test('no paste can be ended from inside, however its end is spelled or hidden', () => {
  expect(typed('a\u001b[201~b')).toBe('ab');
  expect(typed('a\u009b201~b')).toBe('ab');
  expect(typed('a\u001b[200~b')).toBe('ab');
  for (const nested of ['\u001b[20\u001b[201~1~x', '\u001b\u001b[201~[201~x', '\u001b\r[201~x', '\u001b[201\u0000~x']) {
    expect(typed(nested)).not.toMatch(/[\u001b\u009b]/);
  }
});

test('escape sequences go whole, and control characters; tabs and line breaks stay', () => {
  expect(typed('a\u0000b\u0007c\u0008d\u007fe\u0085f\u001b[31mg\th\ni')).toBe('abcdefg\th\ni');
});

test('every line break is a plain one, and those at the end go', () => {
  expect(typed('a\r\nb\rc\n\nd\n\n\n')).toBe('a\nb\nc\n\nd');
  expect(typed('a\r')).toBe('a');
});

test('everything else arrives as it was written', () => {
  const bodies = [
    'trailing ;',
    'Up',
    'Escape',
    'C-c',
    '$(x) `y` "z" \\n',
    '  indented, with a space at the end ',
    'é e\u0301 日本語 👩‍👩‍👧 🇩🇪',
    'bidi \u202eabc\u202c zero\u200bwidth',
    'a\\\nb',
  ];
  for (const body of bodies) expect(typed(body)).toBe(body);
});

test('half a surrogate pair becomes the replacement character, a whole one stays', () => {
  expect(typed('a\ud83d b \ud83d\udc4d c \udc4d')).toBe('a\ufffd b 👍 c \ufffd');
});

test('delimiters in an answer lose their power, also when control characters hide them; in our own request they keep it', () => {
  expect(typed('see <<CONTROLLER_REQUEST>> x')).toBe('see < <CONTROLLER_REQUEST>> x');
  expect(typed('see <\u0000<CONTROLLER_REQUEST>> x')).toBe('see < <CONTROLLER_REQUEST>> x');
  const body = '<<CONTROLLER_REQUEST id=1>>\nhello\n<<CONTROLLER_REQUEST_END>>';
  expect(prepare(body, factsWith(), 'request')).toEqual({ is: 'text', text: body });
});

test('an empty text is refused', () => {
  for (const body of ['', ' ', '\n\n', '\u001b[201~', '\u0007\t', '\u200b', '\u2060\u00ad', '\u001b[32m\u001b[0m'])
    expect(typed(body)).toBe('REFUSED the text is empty');
});

test('what the agent would take for its own command is refused or made plain, also behind blanks', () => {
  const refusing = { commandOpenings: [{ pattern: '^!', prefix: null }] };
  expect(typed('!ls', refusing)).toMatch(/^REFUSED .*"!ls"/);
  expect(typed(' \n!ls', refusing)).toMatch(/^REFUSED/);
  expect(typed('ls !', refusing)).toBe('ls !');
  const plain = { commandOpenings: [{ pattern: '^/', prefix: ' ' }] };
  expect(typed('/etc/hosts is wrong', plain)).toBe(' /etc/hosts is wrong');
  expect(typed('/x', { commandOpenings: [{ pattern: '^ */', prefix: ' ' }] })).toMatch(
    /^REFUSED .*whatever is put before/,
  );
});

test('an ending at which Enter would do something else is completed, refused, or of no matter, as the composer facts say', () => {
  const ending = (append: string | null) => ({ commandEndings: [{ pattern: '\\\\$', append }] });
  expect(typed('C:\\', ending(' '))).toBe('C:\\ ');
  expect(typed('C:\\')).toBe('C:\\');
  expect(typed('C:\\', ending(null))).toMatch(/^REFUSED .*"C:\\"/);
  expect(typed('C:\\\n', ending(' '))).toBe('C:\\ ');
  expect(typed('C:\\x', ending(null))).toBe('C:\\x');
});

test('what the agent would replace by a file keeps its sign, wherever it stands, or is refused', () => {
  const escaping = { references: [{ pattern: '(?<!\\\\)@(?=\\S)', prefix: '\\' }] };
  expect(typed('@a, b@c @ d \\@e', escaping)).toBe('\\@a, b\\@c @ d \\@e');
  expect(typed('nothing', escaping)).toBe('nothing');
  expect(typed('see @a', { references: [{ pattern: '@', prefix: null }] })).toMatch(/^REFUSED .*"@a"/);
});

test('a program without bracketed paste gets one line of so many bytes, not characters', () => {
  const line = { bracketed: false, maxLineBytes: 10 };
  expect(typed('0123456789', line)).toBe('0123456789');
  expect(typed('0123456789\n', line)).toBe('0123456789');
  expect(typed('01234567890', line)).toMatch(/^REFUSED .*11 bytes/);
  expect(typed('日本語日', line)).toMatch(/^REFUSED .*12 bytes/);
  expect(typed('a\nb', line)).toMatch(/^REFUSED .*one line/);
});

test('whatever the body, what is typed is clean, and cleaning it again changes nothing', () => {
  const pieces = fc.constantFrom(
    '\u001b',
    '[201~',
    '\u009b',
    '201~',
    '\r',
    '\n',
    '<<',
    'CONTROLLER_REQUEST',
    '\ud83d',
    'x',
    '\u0000',
  );
  const bodies = fc
    .array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 12 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(bodies, (body) => {
      const once = prepare(body, factsWith());
      if (once.is === 'refused') return;
      expect(once.text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(once.text).not.toMatch(/<<\s*CONTROLLER_REQUEST/);
      expect(once.text).not.toMatch(/\n$/);
      expect(Buffer.from(once.text).toString()).toBe(once.text);
      expect(prepare(once.text, factsWith())).toEqual(once);
    }),
    { numRuns: 500 },
  );
});

test('what begins like a command is refused for programs that nobody knows', () => {
  for (const unmeasured of [generic.composer, unknown.composer]) {
    for (const body of ['!touch x', '/help', '/etc/hosts is wrong', '  !touch x', '\t/help', '\n/help'])
      expect(prepare(body, unmeasured)).toMatchObject({
        is: 'refused',
        reason: expect.stringContaining('for a command'),
      });
    for (const body of ['touch x!', 'see /etc/hosts', 'a\n!b']) expect(prepare(body, unmeasured).is).toBe('text');
  }
});
