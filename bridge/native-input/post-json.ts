import { request } from 'node:http';
import type { HttpEnd } from '../agent-programs/native-input.ts';

/** One POST to 127.0.0.1 over a connection of its own. */
export function postJson(to: { port: number; path: string; limitMs: number }, body: object): Promise<HttpEnd> {
  const { port, path, limitMs } = to;
  return new Promise((resolve) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const call = request({
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(limitMs),
      headers: { 'content-type': 'application/json', 'content-length': bytes.length },
    });
    call.on('response', (response) => {
      response.resume();
      resolve({ is: 'answered', status: response.statusCode ?? 0 });
    });
    call.on('error', (fault: NodeJS.ErrnoException) => {
      resolve(fault.code === 'ECONNREFUSED' ? { is: 'nobody' } : { is: 'failed', reason: fault.message });
    });
    call.end(bytes);
  });
}
