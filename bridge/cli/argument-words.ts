import { BridgeError, ExitCode, usageError } from '../core/failure.ts';

/** What people call the arguments of methods that commands give under another name. */
const words: Readonly<Record<string, string>> = {
  answers: 'message',
  as: 'name',
  body: 'message',
  ids: 'message',
  idempotencyKey: '--idempotency-key',
  last: '-n',
  lines: 'lines',
  to: 'member',
  token: 'BRIDGE_TOKEN',
  ttlMs: '--ttl',
  waitMs: '--timeout',
};

/** By so many characters one knows what one has typed. */
const shownLength = 24;

/**
 * A fault of an argument as whoever ran the command knows it: `member: aaa…: is longer than 256 characters`, where the
 * method says `tell: to.0: …`. Every other fault is itself.
 * @param args what the method was given
 */
export function inUsersWords(fault: unknown, method: string, args: Readonly<Record<string, unknown>>): unknown {
  if (!(fault instanceof BridgeError) || fault.what !== method) return fault;
  // a worker may be called `worker`: what is wrong with an argument is a usage error, and needs no next step
  if (fault.exitCode !== ExitCode.usageError || fault.nextStep !== undefined) return fault;
  const path = fault.target.split('.');
  if (!Object.hasOwn(args, path[0]!)) return fault;
  const name = path.findLast((part) => !/^\d+$/.test(part))!;
  const word = words[name] ?? name;
  const value = path.reduce<unknown>((node, key) => (node as Record<string, unknown> | null | undefined)?.[key], args);
  const isText = typeof value === 'string' && value !== '' && name !== 'token';
  // times are not typed in milliseconds
  const isShown = isText || (typeof value === 'number' && !name.endsWith('Ms'));
  return isShown ? usageError(word, inShort(String(value)), fault.reason) : usageError(method, word, fault.reason);
}

function inShort(value: string): string {
  const [line = ''] = value.split('\n', 1);
  return line.length < value.length || line.length > shownLength ? `${line.slice(0, shownLength)}…` : line;
}
