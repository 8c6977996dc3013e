import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { mark } from '../../../bridge/launch/hooks/hook-target.ts';
import type { WantedHook } from '../../../bridge/launch/hooks/json-hooks.ts';
import { addHooks, hooksIn, removeHooks } from '../../../bridge/launch/hooks/toml-hooks.ts';

const wanted: readonly WantedHook[] = ['Stop', 'SessionStart'].map((event) => ({
  event,
  hook: { type: 'command', command: `node "it's" --event ${event} 2>/dev/null || true ${mark}`, timeout: 10 },
}));
const tables = wanted.map(({ event, hook: { type: _type, ...fields } }) => ({ event, ...fields }));

function textOf(result: ReturnType<typeof addHooks>): string | null {
  if ('fault' in result) throw new Error(result.fault.reason);
  return result.text;
}
const installed = (before: string | null) => textOf(addHooks(before, wanted))!;
const removed = (text: string) => textOf(removeHooks(text));

const theirs = '[[hooks]]\nevent = "Stop"\ncommand = "chime"\n';

const files: Record<string, string> = {
  'keys, tables and comments': '# mine\nmodel = "x"   # best\n\n[tui]\na = true\n',
  'no line break at its end': '[tui]\na = true',
  'hooks of theirs': `model = "x"\n\n${theirs}`,
  'hooks of theirs that are not last': `${theirs}\n[tui]\na = [\n  1,\n]\n`,
  'lines that look like ours': 'text = """\n[[hooks]]\ncommand = "x # bridge hooks"\n"""\n',
  'Windows lines': 'model = "x"\r\n[tui]\r\na = 1\r\n',
  'a mark of its encoding': '\ufeffmodel = "x"\n',
  'large numbers and dates': 'a = 9007199254740993\nb = 1979-05-27T07:32:00Z\n',
  'nothing but a comment': '# empty\n',
};

describe.each(Object.entries(files))('a file with %s', (_, before) => {
  const valuesOf = (text: string) => parse(text.replace('\ufeff', ''), { integersAsBigInt: true });

  test('keeps every byte when hooks come and go', () => {
    expect(removed(installed(before))).toBe(before);
    expect(removed(before)).toBe(before);
  });

  test('says the same as before, and our hooks besides', () => {
    const { hooks: had = [], ...rest } = valuesOf(before);
    const { hooks, ...others } = valuesOf(installed(before));
    expect(others).toEqual(rest);
    expect(
      JSON.parse(JSON.stringify(hooks, (_key, value) => (typeof value === 'bigint' ? Number(value) : value))),
    ).toEqual([...(had as object[]), ...tables]);
  });

  test('is left alone where they are there already, and has each once where they were others', () => {
    expect(installed(installed(before))).toBe(installed(before));
    const older = textOf(addHooks(before, [{ ...wanted[0]!, hook: { ...wanted[0]!.hook, timeout: 1 } }]))!;
    expect(installed(older)).toBe(installed(before));
  });
});

test('a file that was not there goes with them', () => {
  expect(removed(installed(null))).toBeNull();
});

test('a program that writes its file anew drops our marks: the tables are ours by their command', () => {
  const rewritten = installed(`model = "x"\n\n${theirs}\n`).replace(/^#.*\n/gm, '');
  expect(hooksIn(rewritten)).toEqual({ hooks: wanted });
  const after = removed(`${rewritten}\n[tui]\na = 1\n`)!;
  expect(after).toBe(`model = "x"\n\n${theirs}\n[tui]\na = 1\n`);
});

test.each([
  ['hooks = [{ event = "Stop", command = "chime" }]\n', /no table \[\[hooks\]\] can be added/],
  ['model = "x"\n\nmodel = \n', /invalid|expected|redefine/i],
])('%j is refused', (before, reason) => {
  const result = addHooks(before, wanted);
  expect('fault' in result && result.fault.reason).toMatch(reason);
});

test('a hook of ours in a list on one line is not taken out by force', () => {
  const result = removeHooks(`hooks = [{ event = "Stop", command = "x ${mark}" }]\n`);
  expect('fault' in result && result.fault.reason).toMatch(/cannot be taken out/);
});
