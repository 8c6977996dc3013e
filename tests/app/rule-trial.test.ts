import { describe, expect, test } from 'vitest';
import { rulesIn, tryRules } from '../../bridge/app/rule-trial.ts';
import type { Dialog } from '../../bridge/core/reading.ts';
import { sampleRequest } from '../journal/samples.ts';

const tried = async (rule: string, ...requests: ReturnType<typeof sampleRequest>[]) =>
  (await tryRules(rulesIn(rule), requests)).decided.map(({ request: { id }, would, what, why }) => [
    id,
    would,
    what,
    why,
  ]);

describe('what is no rule is named, with what is wrong with it', () => {
  test.each([
    ['', 'is empty'],
    ['when: [', /./],
    ['when: { colour: red }\nanswer: x', 'unknown condition'],
    ['answer: x\nchoose: y', 'exactly one of'],
    ['just words', 'not a rule'],
    ['[{ then: ignore }, { then: sleep }]', '2.then'],
    [`[${'{ then: ignore },'.repeat(21)}]`, 'more than 20'],
    ['a: &a [x]\nb: *a', /./],
    ["when: { text: '/(/' }\nanswer: x", /./],
  ])('%j', (text, said) => {
    expect(() => rulesIn(text)).toThrow(said);
  });
});

test('it decides what it fits, at the time at which that was asked, and nothing else', async () => {
  const asks = sampleRequest('asks', { text: 'Which port?' });
  const other = sampleRequest('other', { text: 'Which colour?' });
  expect(await tried("when: { text: '/port/' }\nanswer: '8080'", asks, other)).toEqual([
    ['asks', 'answer', '8080', null],
  ]);
  expect(await tried('then: ignore', asks, other)).toEqual([
    ['asks', 'ignore', null, null],
    ['other', 'ignore', null, null],
  ]);
});

test('what only a person may decide stays left to one, and says why', async () => {
  const dialog: Dialog = {
    ...{ kind: 'approval', question: 'Run?', subject: { is: 'command', text: 'npm test', isWhole: true } },
    ...{ options: [{ label: 'Yes', key: null, isHighlighted: true }], fingerprint: 'f' },
  } as Dialog;
  const free = sampleRequest('free', { kind: 'approval', dialog });
  const doubted = sampleRequest('doubted', { kind: 'approval', dialog, noChoice: 'its record says otherwise' });
  const yours = sampleRequest('yours', { text: 'Push?', humanOnly: 'it holds a secret' });
  const elided = sampleRequest('elided', {
    kind: 'approval',
    dialog: { ...dialog, subject: { is: 'command', text: 'npm te', isWhole: false } } as Dialog,
  });
  const rule =
    "- when: { kind: approval, command: '^npm test$' }\n  choose: Yes\n- when: { kind: request }\n  answer: Do.";
  expect(await tried(rule, free, doubted, yours, elided)).toEqual([
    ['free', 'choose', 'Yes', null],
    ['doubted', 'human', null, 'its record says otherwise'],
    ['yours', 'human', null, 'it holds a secret'],
  ]);
});

test('a pattern that takes for ever on every request is given up, and says on how many it was tried', async () => {
  const requests = Array.from({ length: 50 }, (_, at) => sampleRequest(`r${at}`, { text: `${'a'.repeat(40)}b` }));
  const { tried, decided } = await tryRules(rulesIn("when: { text: '/^(a+)+$/' }\nanswer: x"), requests);
  expect(tried).toBeGreaterThan(0);
  expect(tried).toBeLessThan(10);
  expect(decided[0]).toMatchObject({ would: 'human', why: expect.stringContaining('takes too long') });
});
