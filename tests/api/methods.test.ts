import { expect, test } from 'vitest';
import type * as z from 'zod';
import { methods } from '../../bridge/api/index.ts';
import { type Method, type StreamMethod, served } from '../../bridge/api/method.ts';
import { maxText } from '../../bridge/core/cleaning.ts';
import { BridgeError } from '../../bridge/core/failure.ts';
import { examples } from './examples.ts';

type Path = ReadonlyArray<string | number>;
type Any = Method<never> | StreamMethod<never>;

/** Nothing of it is used where the arguments are wrong. */
const nothing = new Proxy({}, { get: (_, key) => expect.unreachable(`${String(key)} is used`) }) as never;
const closed = new AbortController().signal;

function refusal(method: Any, args: Record<string, unknown>): BridgeError {
  try {
    void served(method, nothing)(args, closed);
  } catch (fault) {
    if (fault instanceof BridgeError) return fault;
    throw fault;
  }
  return expect.unreachable(`${method.name} takes ${JSON.stringify(args).slice(0, 200)}`);
}

/** Every argument, and every part of one. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  const parts = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const below = parts.flatMap(([key, part]) => pathsOf(part, [...at, Array.isArray(value) ? Number(key) : key]));
  return at.length === 0 ? below : [at, ...below];
}

function changed<T>(value: T, [key, ...rest]: Path, change: (part: unknown) => unknown): T {
  if (key === undefined) return change(value) as T;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = changed(copy[key], rest, change);
  if (copy[key] === undefined) delete copy[key];
  return copy as T;
}

function partOf(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], value);
}

const named = methods as unknown as readonly Any[];

test('every method has a name of its own, and all of its arguments stand in the examples', () => {
  expect(new Set(named.map(({ name }) => name)).size).toBe(named.length);
  for (const { name, args } of named) {
    const example = examples[name as keyof typeof examples];
    expect([name, Object.keys(example).sort()]).toEqual([name, Object.keys((args as z.ZodObject).shape).sort()]);
    expect([name, args.safeParse(example)]).toEqual([name, expect.objectContaining({ success: true })]);
  }
});

test.each(named)('$name: an argument of another type is a usage error that names it', (method) => {
  const example = examples[method.name as keyof typeof examples];
  for (const path of pathsOf(example)) {
    const isText = typeof partOf(example, path) === 'string';
    const fault = refusal(
      method,
      changed(example, path, () => (isText ? 12 : 'none of these')),
    );
    expect(fault).toMatchObject({ what: method.name, exitCode: 64 });
    expect(path.join('.')).toMatch(new RegExp(`^${fault.target.replaceAll('.', '\\.')}`));
  }
});

test.each(named)('$name: one that is missing is named, or has a default', (method) => {
  const example = examples[method.name as keyof typeof examples];
  for (const path of pathsOf(example)) {
    const args = changed(example, path, () => undefined);
    if (method.args.safeParse(args).success) continue;
    expect(refusal(method, args)).toMatchObject({ what: method.name, exitCode: 64, target: path.join('.') });
  }
});

test.each(named)('$name: a text or a list larger than any is refused, and named', (method) => {
  const example = examples[method.name as keyof typeof examples];
  for (const path of pathsOf(example)) {
    const part = partOf(example, path);
    if (typeof part !== 'string' && !Array.isArray(part)) continue;
    const larger = typeof part === 'string' ? 'x'.repeat(maxText + 1) : Array.from({ length: 1_000 }, () => part[0]);
    const fault = refusal(
      method,
      changed(example, path, () => larger),
    );
    expect(fault).toMatchObject({ what: method.name, exitCode: 64, target: path.join('.') });
    expect(fault.message.length).toBeLessThan(1_000);
  }
});

test.each(named)('$name: what is no object is refused', (method) => {
  for (const args of [null, [], 'x', 7]) expect(refusal(method, args as never)).toMatchObject({ exitCode: 64 });
});
