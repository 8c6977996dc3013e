import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end as a person's shell would: nothing of ours above it. The bridge judges a command by its real
 * process tree, and above these tests there may be an agent program whose developer runs them. So the program is started
 * by a shell that has lost its parent: the system is what stands above it then, wherever the tests run. No setting could
 * do that without being a way around the check.
 */
export async function runAsPerson(
  command: readonly string[],
  more: { cwd: string; env: NodeJS.ProcessEnv; input?: string; killed?: AbortSignal },
): Promise<Ran> {
  // 3: the program's pid, then its exit code; 4: its input, for what a shell starts beside itself reads nothing else; 5: go
  const script = 'exec 4<&0; { read -r go <&5; "$@" <&4 3>&- 4<&- 5<&- & echo "$!" >&3; wait "$!"; echo "$?" >&3; } &';
  const parent = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    cwd: more.cwd,
    env: more.env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'ignore', 'pipe'],
  });
  const [stdin, stdout, stderr, said, , go] = parent.stdio as unknown as [
    NodeJS.WritableStream,
    NodeJS.ReadableStream,
    NodeJS.ReadableStream,
    NodeJS.ReadableStream,
    null,
    NodeJS.WritableStream,
  ];
  const texts = [stdout, stderr, said].map(collect);
  const kill = () => {
    const pid = Number(texts[2]!().split('\n')[0]);
    if (pid > 0) process.kill(pid, 'SIGKILL');
    else said.once('data', kill);
  };
  more.killed?.addEventListener('abort', kill);
  stdin.end(more.input ?? '');
  const closed = once(parent, 'close');
  await once(parent, 'exit');
  go.end('go\n');
  await closed;
  const code = Number(texts[2]!().split('\n')[1]);
  return { code: more.killed?.aborted ? null : code, stdout: texts[0]!(), stderr: texts[1]!() };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
