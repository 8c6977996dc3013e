import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { BridgeError } from '../core/failure.ts';

/** A bridge.yaml is some lines; what is larger is none. */
const mostBytes = 1024 * 1024;

/**
 * The bytes of a small regular file; null where there is none. Never waits: a FIFO or device is refused.
 * @throws BridgeError where it cannot be used
 */
export function readConfigFile(file: string): Buffer | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw unusable(file, `cannot be read (${code})`, cause);
  }
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) throw unusable(file, 'is not a regular file');
    if (facts.size > mostBytes) throw unusable(file, `has ${facts.size} bytes, and at most ${mostBytes} are read`);
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    if (length > mostBytes) throw unusable(file, `has more than ${mostBytes} bytes`);
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function unusable(file: string, reason: string, cause?: unknown): BridgeError {
  return new BridgeError({
    what: 'bridge.yaml',
    target: file,
    reason,
    nextStep: 'make it a readable file of your own, or move it away',
    cause,
  });
}
