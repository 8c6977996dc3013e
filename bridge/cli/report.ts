/** Kept of a report; what matters of it stands in short fields, and prompts are rarely longer. */
const keptBytes = 1024 * 1024;
/** Read and thrown away beyond that: an agent whose pipe breaks may call it a failed hook. */
const drainedBytes = 64 * 1024 * 1024;
/** An agent that does not close its end is not waited for. */
const readLimitMs = 500;

/** An agent's report: its last argument, else what it writes on stdin. Null where there is none that can be read. */
export async function readReport(argument: string | undefined): Promise<unknown> {
  const text = argument ?? (process.stdin.isTTY === true ? null : await readStdin());
  if (text === null || text.length > keptBytes) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // cut short, or no JSON: the event may still be named by a flag
  }
}

function readStdin(): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (text: string | null) => {
      clearTimeout(limit);
      process.stdin.removeAllListeners();
      process.stdin.destroy();
      resolve(text);
    };
    const all = () => end(size > keptBytes ? null : Buffer.concat(chunks).toString('utf8'));
    const limit = setTimeout(all, readLimitMs);
    process.stdin.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= keptBytes) chunks.push(chunk);
      if (size > drainedBytes) end(null);
    });
    process.stdin.once('end', all);
    process.stdin.once('error', () => end(null));
  });
}
