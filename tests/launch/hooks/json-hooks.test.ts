import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { mark } from '../../../bridge/launch/hooks/hook-target.ts';
import { addHooks, hooksIn, removeHooks, type WantedHook } from '../../../bridge/launch/hooks/json-hooks.ts';

const wanted: readonly WantedHook[] = ['Stop', 'SessionStart'].map((event) => ({
  event,
  hook: { type: 'command', command: `node signal --event ${event} 2>/dev/null || true ${mark}`, timeout: 3 },
}));

function installed(before: string | null): string {
  const result = addHooks(before, wanted);
  if ('fault' in result) throw new Error(result.fault.reason);
  return result.text!;
}

function removed(text: string): string | null {
  const result = removeHooks(text);
  if ('fault' in result) throw new Error(result.fault.reason);
  return result.text;
}

const theirs = '{ "matcher": "x", "hooks": [{ "type": "command", "command": "say done", "timeout": 1 }] }';

/** Files as people keep them. */
const files: Record<string, string> = {
  'an empty object': '{}',
  'an empty object over two lines': '{\n}\n',
  'one line without blanks': '{"a":1}',
  'one line with blanks': '{ "a": [1, 2] }\n',
  'no newline at the end': '{\n  "a": 1\n}',
  'a comment behind the last value': '{\n  "a": 1, // one\n  "b": 2 // two\n}\n',
  'a comment behind it, and blanks behind that': '{\n  "b": 2   // two  \n\n}\n',
  'a comment on lines of its own': '{\n  "a": 1\n  // the end\n  /* really */\n}\n',
  'a block comment and a comma': '{\n  "a": 1 /* x, */ , // y\n}\n',
  'a comma at the end': '{\n  "a": 1,\n}\n',
  'a comma and a comment at the end': '{\n  "a": 1, // ,\n}\n',
  tabs: '{\n\t"a": {\n\t\t"b": 2\n\t}\n}\n',
  'four blanks and Windows lines': '{\r\n    "a": 1,\r\n    "b": [\r\n    ]\r\n}\r\n',
  'odd order and odd blanks': '{"z":1 ,\n      "a"  :   2}\n',
  'hooks of theirs, other events': `{\n  "hooks": {\n    "PreToolUse": [\n      ${theirs}\n    ]\n  },\n  "z": 1\n}\n`,
  'hooks of theirs, the same event': `{\n  "hooks": {\n    "Stop": [\n      ${theirs} // mine\n    ]\n  }\n}\n`,
  'hooks of theirs on one line': `{"hooks":{"Stop":[${theirs}]},"b":"{[,"}`,
  'an empty list for the event': '{\n  "hooks": {\n    "Stop": [],\n    "Other": []\n  }\n}\n',
  'blanks in an empty object': '{ }',
  'blanks and a line end in an empty object': '{ \t \n }\n',
  'an empty line in an empty object': '{\r\n\r\n}\r\n',
  'a comment in an empty object': '{ // nothing yet\n}\n',
  'no hooks': '{"hooks":{}}',
  'no hooks, over lines': '{\n  "a": 1,\n  "hooks": {\n  }\n}\n',
  'no hooks, but a blank': '{\n  "hooks": { },\n  "a": 1\n}\n',
  'no hooks, but a comment': '{\n  "hooks": { // none yet\n  }\n}\n',
  'no hooks, and a comma': '{"hooks":{},}',
  'blanks in an empty list for the event': '{"hooks":{"Stop":[ ]}}',
  'a line end in an empty list for the event': '{\n  "hooks": {\n    "Stop": [ \n\n    ]\n  }\n}\n',
  'hooks that are not last': `{\n  "hooks": { "Stop": [${theirs}], },\n  "b": 1\n}\n`,
};

describe.each(Object.entries(files))('a file with %s', (_, before) => {
  test('keeps every byte when hooks come and go', () => {
    expect(removed(installed(before))).toBe(before);
  });

  test('says the same as before, and our hooks besides', () => {
    const after = parse(installed(before), [], { allowTrailingComma: true });
    const was = parse(before, [], { allowTrailingComma: true });
    for (const { event, hook } of wanted) {
      expect(after.hooks[event]).toEqual([...(was.hooks?.[event] ?? []), { hooks: [hook] }]);
      if (was.hooks?.[event]) after.hooks[event] = was.hooks[event];
      else delete after.hooks[event];
    }
    if (!was.hooks) delete after.hooks;
    expect(after).toEqual(was);
  });

  test('does not change when they come again', () => {
    expect(installed(installed(before))).toBe(installed(before));
  });

  test('loses no line of what was there', () => {
    const kept = installed(before).split('\n');
    for (const line of before.split('\n').filter((one) => one.includes('//'))) {
      expect(kept.join('\n')).toContain(line.slice(line.indexOf('//')).trimEnd());
    }
  });
});

test('a file that was not there is made, and goes again', () => {
  const made = installed(null);
  expect(parse(made).hooks.Stop).toEqual([{ hooks: [wanted[0]!.hook] }]);
  expect(removed(made)).toBeNull();
  expect(installed(made)).toBe(made);
});

test('hooks of an older bridge are renewed, and what was added behind ours stays', () => {
  const old = addHooks('{\n  "a": 1\n}\n', [
    { event: 'Stop', hook: { type: 'command', command: `old ${mark}`, timeout: 9 } },
    { event: 'Gone', hook: { type: 'command', command: `old ${mark}`, timeout: 9 } },
  ]);
  const text = ('text' in old && old.text) || '';
  const renewed = installed(text.replace('\n}\n', ',\n  "later": true\n}\n'));
  expect(hooksIn(renewed)).toEqual({ hooks: wanted.map(({ event, hook }) => ({ event, hook })) });
  expect(removed(renewed)).toBe('{\n  "a": 1,\n  "later": true\n}\n');
});

test('a hook that a person put into our group stays there', () => {
  const before = installed('{\n  "a": 1\n}\n').replace(
    '"hooks": [{ "type"',
    '"hooks": [{ "type": "command", "command": "mine" }, { "type"',
  );
  const after = removed(before)!;
  expect(parse(after)).toEqual({ a: 1, hooks: { Stop: [{ hooks: [{ type: 'command', command: 'mine' }] }] } });
});

test.each([
  ['{\n  "a": 1\n  "b": 2\n}\n', 3],
  ['{\n  "a": [1, 2\n}\n', 3],
  ['[]', 1],
  ['', 1],
  ['{\n  "hooks": []\n}\n', 2],
  ['{\n  "hooks": {\n    "Stop": {}\n  }\n}\n', 3],
])('%j is refused with its line', (text, line) => {
  expect(addHooks(text, wanted)).toMatchObject({ fault: { line } });
});

test('whatever a file holds, it is the same text again after hooks came and went', () => {
  const json = fc.dictionary(
    fc.string({ maxLength: 6 }).filter((key) => key !== 'hooks'),
    fc.jsonValue({ maxDepth: 2 }),
    {
      maxKeys: 4,
    },
  );
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 1, 2, 4, '\t'), (value, indent) => {
      const before = JSON.stringify(value, null, indent);
      expect(removed(installed(before))).toBe(before);
    }),
    { numRuns: 300 },
  );
});

test.each(['{"a":'.repeat(20_000), `{"a":${'['.repeat(50_000)}`])(
  'a file that is nested without end is not edited',
  (text) => {
    const fault = { line: 1, reason: 'it is nested too deeply' };
    expect(addHooks(text, wanted)).toEqual({ fault });
    expect(hooksIn(text)).toEqual({ fault });
  },
);

test.each([
  ['{"hooks":{},"hooks":{"Stop":[]}}', 1, 'hooks'],
  ['{\n  "hooks": {\n    "Stop": [],\n    "Stop": []\n  }\n}', 4, 'Stop'],
  ['{\n  // one\n  "a": 1,\n  "a": 2\n}', 4, 'a'],
  ['{"b":[{"c":1,"\\u0063":2}]}', 1, 'c'],
])('a file that names a key twice is not edited, nor taken from: %s', (text, line, key) => {
  const fault = { line, reason: `it names the key "${key}" twice` };
  expect(addHooks(text, wanted)).toEqual({ fault });
  expect(removeHooks(text)).toEqual({ fault });
  expect(hooksIn(text)).toEqual({ fault });
});
