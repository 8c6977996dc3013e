import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Dialog } from '../../bridge/core/reading.ts';
import { decide, type Rule, type Subject } from '../../bridge/requests/policy.ts';
import { parsePolicy } from '../../bridge/requests/policy-rules.ts';
import { makeDialog } from '../../bridge/screen/dialog.ts';
import { codexOptions, commandDialog } from './dialogs.ts';

const subject: Subject = { kind: 'request', agent: 'codex', worker: 'worker', text: 'May I add a dependency?' };

/** The rules as they stand in bridge.yaml. */
function rules(yaml: string): readonly Rule[] {
  const parsed = parsePolicy(parse(yaml));
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.rules;
}

function errors(yaml: string) {
  const parsed = parsePolicy(parse(yaml));
  return 'errors' in parsed ? parsed.errors.map(({ rule, key, reason }) => `${rule} ${key}: ${reason}`) : [];
}

test('a pattern that would take for ever on a text sends it to the human within a moment', () => {
  const policy = rules('[{ when: { text: /^(a+)+$/ }, answer: Yes. }, { answer: No. }]');
  const text = `${'a'.repeat(60)}!`;
  const startedAt = performance.now();
  expect(decide(policy, { ...subject, text })).toMatchObject({ is: 'human', rule: 0, why: expect.any(String) });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(decide(policy, { ...subject, text: 'aaa' })).toEqual({ is: 'answer', text: 'Yes.', rule: 0 });
});

test('every fault of a policy is named with its rule and key', () => {
  expect(errors('answer: yes')).toEqual(['0 : policy is not a list of rules']);
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

test('the first rule whose conditions all match decides', () => {
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

const dialogOf = (parts: Partial<Parameters<typeof makeDialog>[0]>) =>
  makeDialog({ kind: 'approval', question: 'Would you like to?', options: codexOptions, ...parts });
const approval = (dialog: Dialog): Subject => ({ ...subject, kind: 'approval', text: 'npm test', dialog });
const npmTest = rules(`[{ when: { kind: approval, command: '^npm test$' }, choose: 'Yes, proceed' }]`);

test('a rule approves exactly the command it names, and everything else is the human’s', () => {
  expect(decide(npmTest, approval(commandDialog('npm test')))).toEqual({
    is: 'choose',
    option: 'Yes, proceed',
    key: 'y',
    rule: 0,
  });
  for (const command of ['npm test; rm -rf /', 'npm test\nrm', 'npm test && x', 'npm tests', 'sudo npm test']) {
    expect(decide(npmTest, approval(commandDialog(command)))).toMatchObject({ is: 'human' });
  }
});

test('what is elided, scrolled or not shown at all is the human’s, whatever the rules say', () => {
  const all = rules(`
- { when: { kind: approval, command: '^npm.*$' }, choose: 1 }
- { when: { dialog: edit, path: '^.*$' }, choose: 1 }
- { then: ignore }
`);
  for (const kind of ['approval', 'edit'] as const) {
    const hidden = [
      null,
      { is: kind === 'edit' ? ('file' as const) : ('command' as const), text: 'npm', isWhole: false },
    ];
    for (const what of hidden) {
      expect(decide(all, approval(dialogOf({ kind, subject: what })))).toMatchObject({ is: 'human', rule: null });
    }
  }
  expect(decide(all, approval({ ...commandDialog('npm test'), options: [] }))).toMatchObject({ is: 'human' });
  expect(decide(all, { ...subject, kind: 'approval' })).toMatchObject({ is: 'human' });
});

test('no text is typed into a dialog and no controller asked about one', () => {
  const dialog = commandDialog('npm test');
  for (const rule of ['[{ answer: ok }]', '[{ then: controller }]', 'null']) {
    expect(decide(rules(rule), approval(dialog), 'controller')).toMatchObject({ is: 'human', why: expect.any(String) });
  }
  expect(decide(rules('[{ then: ignore }]'), approval(dialog))).toEqual({ is: 'ignore', rule: 0 });
});

test('trust, login and update are decided only by a rule that names that dialog', () => {
  for (const kind of ['trust', 'login', 'update', 'choice', 'plan', 'other'] as const) {
    const open = approval(dialogOf({ kind, question: 'Do you trust this folder?' }));
    const broad = rules(`[{ when: { kind: approval, command: '^.*$' }, choose: 1 }, { answer: ok }]`);
    expect(decide(broad, open)).toMatchObject({ is: 'human' });
    const named = rules(`[{ when: { dialog: ${kind} }, choose: 'Yes, proceed' }]`);
    expect(decide(named, open)).toMatchObject({ is: 'choose', option: 'Yes, proceed' });
  }
});

test('an option is named by its label, key or number, and only where exactly one is meant', () => {
  const choosing = (name: string) =>
    decide(
      rules(`[{ when: { kind: approval, command: '^npm test$' }, choose: ${name} }]`),
      approval(commandDialog('npm test')),
    );
  for (const name of ['"Yes, proceed"', 'y', '1', '"1"'])
    expect(choosing(name)).toMatchObject({ option: 'Yes, proceed' });
  for (const name of ['3', 'esc', 'Escape']) expect(choosing(name)).toMatchObject({ key: 'Escape' });
  for (const name of ['"Yes"', '"yes, proceed"', '4', 'Y']) {
    expect(choosing(name)).toMatchObject({ is: 'human', why: expect.stringContaining('1. Yes, proceed (y)') });
  }
  const twins = commandDialog('npm test', true, [codexOptions[0]!, { ...codexOptions[0]!, key: 'n' }]);
  expect(decide(npmTest, approval(twins))).toMatchObject({ is: 'human' });
});

test('a position is not taken for the number of an option when the first ones have scrolled away', () => {
  const scrolled = commandDialog('npm test', true, [
    { label: 'Always', key: '2', isHighlighted: false },
    { label: 'Never', key: '3', isHighlighted: false },
  ]);
  const second = rules(`[{ when: { kind: approval, command: '^npm test$' }, choose: 2 }]`);
  expect(decide(second, approval(scrolled))).toMatchObject({ option: 'Always' });
});

test('a file is named whole, and never by a path that climbs', () => {
  const src = rules(`[{ when: { dialog: edit, path: '^src/.*$' }, choose: 1 }]`);
  const edit = (text: string) => approval(dialogOf({ kind: 'edit', subject: { is: 'file', text, isWhole: true } }));
  expect(decide(src, edit('src/a/b.ts'))).toMatchObject({ is: 'choose' });
  for (const path of ['src/../.ssh/config', 'src/..', '/src/a', 'lib/src/a', 'src/a;b']) {
    expect(decide(src, edit(path))).toMatchObject({ is: 'human' });
  }
});

test('a pattern of a repository that would need ages on a path decides nothing, and the human is asked', () => {
  const repository = `/${'a/'.repeat(2000)}`;
  const slow = rules(`[{ when: { repository: '/**a/**a/**a/**a/**a/**b' }, answer: ok }]`);
  expect(decide(slow, { ...subject, repository })).toMatchObject({
    is: 'human',
    why: expect.stringContaining('too long'),
  });
});

test('a command with a character that cannot be told from another goes to the human, whatever the rules say', () => {
  const wide = rules(`[{ when: { kind: approval, command: '^npm [^]*$' }, choose: y }]`);
  const decided = (text: string) => decide(wide, approval(commandDialog(text)));
  expect(decided('npm test').is).toBe('choose');
  expect(decided('npm run тесты').is).toBe('choose');
  for (const text of ['npm te\u200bst', 'npm\u00a0test', 'npm t\u0435st', 'npm \u202etset'])
    expect(decided(text)).toMatchObject({ is: 'human', rule: null, why: expect.stringContaining('escapes') });
});

test('a rule can be for one repository, by exact name, path or glob', () => {
  const at = (repository: string, rule: string) =>
    decide(rules(`[{ when: { repository: '${rule}' }, answer: ok }]`), { ...subject, repository }).rule;
  expect(at('/home/ada/work/site', 'site')).toBe(0);
  expect(at('/home/ada/work/site', '/home/ada/work/site/')).toBe(0);
  expect(at('/home/ada/work/site', '/home/ada/*/site')).toBe(0);
  expect(at('/home/ada/work/site', '/home/**')).toBe(0);
  for (const rule of ['sit', 'site.', '/home/ada/work', '/home/*', 'work', 'Site']) {
    expect(at('/home/ada/work/site', rule)).toBeNull();
  }
  expect(decide(rules(`[{ when: { repository: '*' }, answer: ok }]`), subject).rule).toBeNull();
});

test('a rule can be for a time of day and days, also across midnight', () => {
  const on = (time: string, local: string) =>
    decide(rules(`[{ when: { time: '${time}' }, answer: ok }]`), subject, 'human', new Date(local).getTime()).rule;
  // 2026-11-20 is a Friday
  expect(on('08:00-18:00', '2026-11-20T08:00')).toBe(0);
  expect(on('08:00-18:00', '2026-11-20T18:00')).toBeNull();
  expect(on('mon-fri 08:00-24:00', '2026-11-20T23:59')).toBe(0);
  expect(on('mon-fri 08:00-18:00', '2026-11-21T09:00')).toBeNull();
  expect(on('fri-mon 08:00-18:00', '2026-11-22T09:00')).toBe(0);
  expect(on('fri 22:00-06:00', '2026-11-21T05:59')).toBe(0);
  expect(on('fri 22:00-06:00', '2026-11-20T05:59')).toBeNull();
  expect(on('sat,sun 22:00-06:00', '2026-11-20T22:30')).toBeNull();
});

test('a rule that would approve without naming what is refused, with its rule and key', () => {
  expect(
    errors(`
- { when: { kind: approval }, choose: 1 }
- { when: { dialog: edit }, choose: 1 }
- { when: { command: '^npm test$' }, choose: 1 }
- { choose: 1 }
- { when: { kind: approval, command: 'npm test' }, choose: 1 }
- { when: { kind: approval, command: '^npm test$' }, choose: true }
- { when: { kind: approval, command: '^npm test$' }, choose: 1, then: human }
- { when: { dialog: popup }, then: human }
- { when: { time: 'noon' }, then: human }
- { when: { time: 'frday 08:00-09:00' }, then: human }
- { when: { repository: a/b }, then: human }
`).map((error) => error.split(': ').slice(0, 1)[0]),
  ).toEqual([
    '0 choose',
    '1 choose',
    '2 choose',
    '3 choose',
    '4 when.command',
    '5 choose',
    '6 ',
    '7 when.dialog',
    '8 when.time',
    '9 when.time',
    '10 when.repository',
  ]);
});

test.each(['completion', 'error', 'stuck'] as const)(
  '%s is the human’s, unless a rule sends it to a controller',
  (kind) => {
    const subject = { kind, agent: 'codex', worker: 'worker', text: 'All done.' };
    expect(decide([], subject, 'controller')).toMatchObject({ is: 'human', rule: null });
    const parsed = parsePolicy(parse(`[{ when: { kind: ${kind} }, then: controller }]`));
    expect('rules' in parsed && decide(parsed.rules, subject, 'human')).toMatchObject({ is: 'controller', rule: 0 });
    expect(decide([], { ...subject, kind: 'question' }, 'controller')).toMatchObject({ is: 'controller' });
  },
);
