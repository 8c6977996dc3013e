import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWholly, readWholePattern, type WholePattern } from '../../bridge/requests/whole-pattern.ts';

function pattern(written: string): WholePattern {
  const read = readWholePattern(written);
  if ('fault' in read) throw new Error(`${written}: ${read.fault}`);
  return read;
}

const says = (written: string, subject: string) => isWholly(pattern(written), subject);

test.each([
  ['^npm test$', 'npm test; rm -rf /'],
  ['^npm test$', 'npm test\nrm -rf /'],
  ['^npm test$', 'npm test\n'],
  ['^npm test$', 'npm test && x'],
  ['^npm test$', ' npm test'],
  ['^npm test$', 'npm test '],
  ['^npm test$', 'sudo npm test'],
  ['^npm test$', 'npm tests'],
  ['^npm .*$', 'npm run x; y'],
  ['^npm .*$', 'npm run x\ny'],
  ['^npm .*$', 'npm run x\ry'],
  ['^npm .*$', 'npm run x\u2028y'],
  ['^npm .*$', 'npm run x & y'],
  ['^npm .*$', 'npm run x | y'],
  ['^npm .*$', 'npm run x > y'],
  ['^npm .*$', 'npm run x < y'],
  ['^npm .*$', 'npm run `y`'],
  ['^npm .*$', 'npm run $(y)'],
  ['^npm .*$', 'npm run $HOME'],
  ['^npm .*$', 'npm run x\u001b[2K'],
  ['^npm \\S*$', 'npm a;b'],
  ['^npm [^a]*$', 'npm b;b'],
  ['^npm [^]*$', 'npm b;b'],
  ['^npm [;a-z]*$', 'npm b;b'],
  ['^npm [!-~ ]*$', 'npm b;b'],
  ['^npm [!-\uffff ]*$', 'npm b;b'],
  ['^npm [\\s\\S]*$', 'npm b\nb'],
  ['^npm [\\x00-\\uffff]*$', 'npm b;b'],
  ['^npm\\s+test$', 'npm\ntest'],
  ['^npm\\W+test$', 'npm;test'],
  ['^npm (a|.*)$', 'npm a|b'],
  ['^git (status|diff)$', 'git status|diff'],
  ['^git (status|diff)$', 'git (status)'],
  ['^git status|ls$', 'git status; rm -rf / ;ls'],
  ['^a|b$', 'ab'],
  ['^echo a > b\\.txt$', 'echo a >> b.txt'],
  ['^echo a > b\\.txt$', 'echo a > bxtxt'],
  ['^echo \\$HOME$', 'echo $HOME$HOME'],
  // a stand-in of ours, written by the worker itself
  ['^npm a;b$', 'npm a\ue03bb'],
  ['^npm .*$', 'npm \ue03b'],
  ['^echo a \\| b$', 'echo a \ue07c b'],
  // what a person cannot see, or tell from what the pattern says
  ['^npm .*$', 'npm te\u200bst'],
  ['^npm .*$', 'npm \u202etset'],
  ['^npm\\stest$', 'npm\u00a0test'],
  ['^npm .*$', 'npm t\u0435st'],
  ['^npm t\u0435st$', 'npm t\u0435st'],
  ['^npm .*$', 'npm \uff54est'],
  ['^src/.*\\.ts$', 'src\u2215a.ts'],
])('%s never speaks for %j', (written, subject) => {
  expect(says(written, subject)).toBe('no');
});

test.each([
  ['^npm test$', 'npm test'],
  ['^git (status|diff)$', 'git diff'],
  ['^npm .*$', 'npm run x'],
  ['^npm .*$', 'npm run "x y" --flag=1'],
  ['^echo a > b\\.txt$', 'echo a > b.txt'],
  ['^echo a \\> b\\.txt$', 'echo a > b.txt'],
  ['^npm test; npm run lint$', 'npm test; npm run lint'],
  ['^npm test && npm run [a-z:]+$', 'npm test && npm run lint:all'],
  ['^echo \\$\\(date\\)$', 'echo $(date)'],
  ['^cat a \\| sort$', 'cat a | sort'],
  ['^printf a\\nprintf b$', 'printf a\nprintf b'],
  ['^echo `date`$', 'echo `date`'],
  ['^(?:a|b){2}\\d$', 'ab1'],
  ['^cat .*$', 'cat src/тесты/測試.ts'],
])('%s speaks for %j', (written, subject) => {
  expect(says(written, subject)).toBe('yes');
});

test.each([
  ['npm test', /begin with \^ and end with \$/],
  ['/^npm test$/', /begin with \^ and end with \$/],
  ['^npm test', /begin with/],
  ['npm test$', /begin with/],
  ['^npm test\\$', /begin with/],
  ['^$', /names nothing/],
  ['^echo $HOME$', /\\\$/],
  ['^a$|^b$', /\\\$/],
  ['^a(?=b)b$', /\(\?:/],
  ['^a(?!b).*$', /\(\?:/],
  ['^(?<x>;)\\k<x>$', /\(\?:/],
  ['^(;)\\1$', /\\1/],
  ['^a\\x3bb$', /\\x/],
  ['^a\\u003bb$', /\\u/],
  ['^a\\cJb$', /\\c/],
  ['^a(b$', /.+/],
  ['^a\ue03bb$', /private/],
  [`^${'a'.repeat(600)}$`, /longer/],
])('%s is no pattern that names a whole command', (written, reason) => {
  const read = readWholePattern(written);
  expect('fault' in read ? read.fault : 'no fault').toMatch(reason);
});

test('whatever a wildcard pattern speaks for holds no character that a shell would act on', () => {
  const shellish = fc.constantFrom(...';&|><`$()\n\r\u2028\ue03b', ...'ab ');
  const wide = fc.constantFrom('^.*$', '^[^]*$', '^[\\s\\S]+$', '^\\W*.*\\S*$', '^(a|[^b])*.*$');
  fc.assert(
    fc.property(wide, fc.string({ unit: shellish, maxLength: 12 }), (written, subject) => {
      if (says(written, subject) === 'yes') expect(subject).toMatch(/^[ab ]*$/);
    }),
    { numRuns: 300 },
  );
});

test('a pattern that would need ages on a command decides nothing', () => {
  expect(says('^(a+)+$', `${'a'.repeat(60)}!`)).toBe('undecided');
});
