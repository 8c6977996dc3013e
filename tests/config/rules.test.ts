import { expect, test } from 'vitest';
import { forProject, loadConfig } from '../../bridge/config/config.ts';
import { rulesOf } from '../../bridge/config/rules.ts';

const load = (text: string) =>
  loadConfig({ home: '/home', flags: {}, env: {}, file: { path: '/home/bridge.yaml', text } });
const project = (text: string) => forProject(load('policy:\n  - answer: Yes.\n'), { path: '/shop/bridge.yaml', text });

const yaml = `policy:
  - answer: Go on.
  - when:
      worker: docs
      KEY: VALUE
    ACTION
`;
const faulty = (when: string, action = 'answer: Yes.') => yaml.replace('KEY: VALUE', when).replace('ACTION', action);

test.each([
  ['a condition', faulty('kind: approvel'), '5: policy.1.when.kind: expected one of'],
  ['a condition that nobody knows', faulty('knd: approval'), '5: policy.1.when.knd: unknown condition'],
  ['an action', faulty('kind: request', 'then: nobody'), '6: policy.1.then: expected one of'],
  [
    'a key that nobody knows',
    faulty('kind: request', 'answer: Yes.\n    anwser: No.'),
    '7: policy.1.anwser: unknown key of a rule',
  ],
  ['a rule as a whole', faulty('kind: request', '{}').replace('    {}\n', ''), '3: policy.1: needs exactly one'],
  ['a rule that is no map', 'policy:\n  - answer: Yes.\n\n  - none\n', '4: policy.1: is not a rule'],
])('what is wrong in %s is named with the line of its own key', (_what, text, told) => {
  expect(() => rulesOf(load(text))).toThrow(`/home/bridge.yaml:${told}`);
  expect(() => rulesOf(project(text))).toThrow(`/shop/bridge.yaml:${told}`);
});
