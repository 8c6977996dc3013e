import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { decide, parsePolicy, type Rule, type Subject } from '../../bridge/desk/policy.ts';

const subject: Subject = { kind: 'request', agent: 'codex', worker: 'worker', text: 'May I add a dependency?' };

/** The rows as they stand in bridge.yaml. */
function rules(yaml: string): readonly Rule[] {
  const parsed = parsePolicy(parse(yaml));
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.rules;
}

function errors(yaml: string) {
  const parsed = parsePolicy(parse(yaml));
  return 'errors' in parsed ? parsed.errors.map(({ row, key, reason }) => `${row} ${key}: ${reason}`) : [];
}

test('a pattern that would take for ever on a text sends it to the human within a moment', () => {
  const policy = rules('[{ when: { text: /^(a+)+$/ }, answer: Yes. }, { answer: No. }]');
  const text = `${'a'.repeat(60)}!`;
  const startedAt = performance.now();
  expect(decide(policy, { ...subject, text })).toMatchObject({ is: 'human', rule: 0, why: expect.any(String) });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(decide(policy, { ...subject, text: 'aaa' })).toEqual({ is: 'answer', text: 'Yes.', rule: 0 });
});

test('every fault of a policy is named with its row and key', () => {
  expect(errors('answer: yes')).toEqual(['0 : policy is not a list of rows']);
  expect(
    errors(`
- answer: ok
- just text
- { when: { kind: wish }, answer: ok }
- { when: { text: dependency }, answer: ok }
- { when: { text: /(/ }, answer: ok }
- { when: { text: /a/g }, answer: ok }
- { when: { text: /${'a'.repeat(501)}/ }, answer: ok }
- { when: { worker: 3 }, answer: ok }
- { when: { pane: '%3' }, then: human }
- { when: [kind], then: human }
- { answer: ok, then: human }
- { when: {} }
- { then: approve }
- { answer: '  ' }
- { answer: true }
- { anser: ok, then: human }
`).map((error) => error.split(': ').slice(0, 1)[0]),
  ).toEqual([
    '1 ',
    '2 when.kind',
    '3 when.text',
    '4 when.text',
    '5 when.text',
    '6 when.text',
    '7 when.worker',
    '8 when.pane',
    '9 when',
    '10 ',
    '11 ',
    '12 then',
    '13 answer',
    '14 answer',
    '15 anser',
  ]);
});

test('no policy is an empty one, and the last word is the default', () => {
  expect(parsePolicy(undefined)).toEqual({ rules: [] });
  expect(decide(rules('null'), subject)).toEqual({ is: 'controller', rule: null });
  expect(decide([], subject, 'human')).toEqual({ is: 'human', rule: null });
});

test('the first row whose conditions all match decides', () => {
  const policy = rules(`
- when: { agent: gemini }
  answer: gemini only
- when: { worker: worker, kind: question }
  answer: questions only
- when: { text: /DEPENDENCY/ }
  answer: wrong case
- when:
    kind: request
    agent: codex
    worker: worker
    text: /DEPENDENCY\\?$/i
  answer: No new ones.
- when:
  then: ignore
`);
  expect(decide(policy, subject)).toEqual({ is: 'answer', text: 'No new ones.', rule: 3 });
  expect(decide(policy, { ...subject, text: 'Ready.' })).toEqual({ is: 'ignore', rule: 4 });
  expect(decide(policy, { ...subject, agent: 'gemini' })).toMatchObject({ rule: 0 });
});

test('names are matched whole, never as a prefix or a pattern', () => {
  const policy = rules('[{ when: { worker: work.* }, answer: ok }, { when: { worker: work }, answer: ok }]');
  expect(decide(policy, subject).rule).toBeNull();
});

test('a pattern remembers nothing from one text to the next', () => {
  const policy = rules('[{ when: { text: /a/ }, answer: ok }]');
  for (let turn = 0; turn < 3; turn += 1) expect(decide(policy, { ...subject, text: 'a' }).rule).toBe(0);
});
