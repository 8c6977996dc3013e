import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { prepare } from '../../bridge/delivery/text.ts';

/** What is typed for texts that the known agents were seen to take for something else (npm run deliveries). */
const typed = (agent: string, text: string): string | null => {
  const prepared = prepare(text, programOf(null, { agent }).composer);
  return prepared.is === 'text' ? prepared.text : null;
};

test.each([
  ['codex', '!ls', ' !ls'],
  ['codex', '/help me', ' /help me'],
  ['codex', 'see @README', 'see @README '],
  ['codex', 'in $HOME', 'in $HOME '],
  ['codex', '/work/a.png', 'Answer: /work/a.png'],
  ['codex', '"my shots/a.PNG"', 'Answer: "my shots/a.PNG"'],
  ['gemini', '!ls', 'Answer: !ls'],
  ['gemini', 'see @README.md, a@b.example', 'see \\@README.md, a\\@b.example '],
  ['gemini', '@README.md, first', '\\@README.md, first'],
  ['qwen', '@README.md', '\\@README.md'],
  ['qwen', 'README.md', 'Answer: README.md'],
  ['qwen', 'src/a.ts\nsrc/b.ts', 'Answer: src/a.ts\nsrc/b.ts'],
  ['cline', 'see @README.md', 'see \\@README.md'],
  ['opencode', 'see @README', 'see @README '],
  ['opencode', 'C:\\', 'C:\\ '],
  ['continue', 'see @README', 'see @README '],
  ['continue', 'C:\\', null],
  ['copilot', '!touch proof', 'Answer: !touch proof'],
  ['copilot', '/help', 'Answer: /help'],
  ['copilot', '$', 'Answer: $'],
  ['copilot', '$HOME is kept', '$HOME is kept'],
  ['grok', 'find the bug', 'Answer: find the bug'],
  ['grok', ' cat', 'Answer:  cat'],
  ['grok', 'quit', 'Answer: quit'],
  ['grok', 'catch the error', 'catch the error'],
  ['grok', 'one\ntwo', null],
])('%s is typed %j as %j', (agent, text, right) => {
  expect(typed(agent, text)).toBe(right);
});

test.each(['codex', 'gemini', 'qwen', 'cline', 'opencode', 'continue', 'pi', 'copilot', 'grok'])(
  '%s is typed plain words as they are',
  (agent) => {
    for (const text of ['Yes.', 'OK, 1.5 times', 'a @ b', 'see a.png', 'the end…', 'e.g. this or that', '12:30']) {
      expect(typed(agent, text)).toBe(text);
    }
  },
);

test('no text, however made, takes long to prepare', () => {
  const long = [
    '.'.repeat(50_000),
    'a.b '.repeat(20_000),
    `${'./'.repeat(30_000)} x`,
    '\\ '.repeat(40_000),
    '@'.repeat(50_000),
  ];
  for (const agent of ['codex', 'gemini', 'qwen', 'cline', 'opencode', 'continue', 'pi']) {
    for (const text of long) {
      const from = performance.now();
      typed(agent, text);
      expect(performance.now() - from).toBeLessThan(1_000);
    }
  }
});
