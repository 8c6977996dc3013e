import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Unix sockets have short names (108 bytes on Linux, 104 on macOS): a deep home gets one beside the system's temp files. */
export function socketPath(home: string): string {
  const path = join(home, 'bridge.sock');
  if (Buffer.byteLength(path) <= 100) return path;
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return join(tmpdir(), `bridge-${process.getuid?.() ?? 0}-${name}.sock`);
}
