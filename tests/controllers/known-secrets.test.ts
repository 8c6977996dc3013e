import { expect, test } from 'vitest';
import { withoutSecrets } from '../../bridge/controllers/known-secrets.ts';

/** Assembled, so that this file itself holds nothing that looks like a secret. */
const long = (length: number) => 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zC'.repeat(8).slice(0, length);

const known: ReadonlyArray<readonly [string, string]> = [
  ['Grafana', `glsa_${long(32)}_${'0123abcd'}`],
  ['Groq', `gsk_${long(52)}`],
  ['Linear', `lin_api_${long(40)}`],
  ['Notion', `ntn_12345678901${long(35)}`],
  ['Databricks', `dapi${'0123456789abcdef'.repeat(2)}`],
  ['Docker', `dckr_pat_${long(27)}`],
  ['Figma', `figd_${long(40)}`],
  ['Vercel', `vcp_${long(40)}`],
];

test.each(known)('a key of %s is masked, wherever it stands', async (_name, secret) => {
  for (const text of [secret, `key: ${secret} here`, `"${secret}"`, `${'x '.repeat(5_000)}\n${secret}\n`]) {
    const masked = await withoutSecrets(text);
    expect(masked).not.toContain(secret.slice(8, 24));
    expect(masked).toContain('[masked secret]');
  }
});

test('the shapes that we know ourselves are masked as before, and the rest stays word for word', async () => {
  const text = `one\n  two ${'z'.repeat(9_000)}\n\nGH_TOKEN='abcdefgh' three\n`;
  expect(await withoutSecrets(text)).toBe(text.replace("'abcdefgh'", '[masked value]'));
});

test('a worker cannot switch the rules off', async () => {
  const [, secret] = known[1]!;
  const text = `// secretlint-disable\n/* secretlint-disable */\n${secret} // secretlint-disable-line\n`;
  expect(await withoutSecrets(text)).not.toContain(secret);
});

test.each(['\u200b', '\ufeff', '\u200d', '\ufe0f', '\ufe00', '\u180b', '\ufe0f\u200d', '\u{e0041}', '\u{e0100}'])(
  'a secret is masked also where %j, which nobody sees, stands between its characters',
  async (unseen) => {
    for (const secret of [`sk-${long(32)}`, known[0]![1]]) {
      const masked = await withoutSecrets([...secret].join(unseen));
      expect(masked).toMatch(/^\[masked \w+\]$/);
    }
  },
);

test('two secrets in a row, and one in the other, are both gone', async () => {
  const [first, second] = [known[1]![1], known[6]![1]];
  expect(await withoutSecrets(`${first} ${second}`)).toBe('[masked secret] [masked secret]');
  expect(await withoutSecrets(`${first}${'/'}${first}`)).not.toContain(long(20));
});

test('nothing of a search is remembered', async () => {
  for (let count = 0; count < 20; count++) await withoutSecrets(`line ${count}\n`);
  expect(performance.getEntriesByType('mark')).toEqual([]);
  expect(performance.getEntriesByType('measure')).toEqual([]);
});
